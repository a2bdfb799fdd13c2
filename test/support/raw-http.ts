import { connect, type Socket } from 'node:net';

/** What came back on a socket, byte for byte. */
export interface RawAnswer {
  /** One element for each time the socket had something to read. */
  readonly chunks: readonly Buffer[];
  readonly bytes: Buffer;
  /** Whether the service ended the connection before the wait was over. */
  readonly closed: boolean;
  /** Of the connection, such as `ECONNRESET`; null when it ended in peace or still stands. */
  readonly error: string | null;
  readonly messages: readonly HttpMessage[];
}

/** An HTTP answer as it stood on the wire. */
export interface HttpMessage {
  readonly version: string;
  readonly status: number;
  /** Names in lower case, in the order sent. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

export interface RawOptions {
  /** Answers to wait for; with 0 the wait lasts until the connection ends. */
  readonly answers?: number;
  /** Of the answer to a HEAD request: it has a length and no body. */
  readonly withoutBody?: boolean;
  /** Milliseconds after which whatever came is the answer. */
  readonly patience?: number;
  /** Sends in its own way instead of in one write. */
  readonly send?: (socket: Socket) => void | Promise<void>;
}

/** Sends bytes as they are and gathers what comes back; a connection of its own each time. */
export function rawExchange(port: number, bytes: string | Buffer, options: RawOptions = {}): Promise<RawAnswer> {
  const { answers = 1, withoutBody = false, patience = 5000, send } = options;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let closed = false;
    let failure: string | null = null;
    const socket = connect(port, '127.0.0.1');
    const done = () => {
      clearTimeout(timer);
      socket.destroy();
      const all = Buffer.concat(chunks);
      try {
        resolve({ chunks, bytes: all, closed, error: failure, messages: readMessages(all, withoutBody) });
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    const timer = setTimeout(done, patience);
    const count = () => {
      try {
        return readMessages(Buffer.concat(chunks), withoutBody).length;
      } catch {
        // What is wrong with it is said in the end.
        return Infinity;
      }
    };
    socket.setNoDelay(true);
    socket.on('connect', () => {
      if (send === undefined) socket.write(bytes);
      else void send(socket);
    });
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      // A moment more, for bytes that should not follow.
      if (answers > 0 && count() >= answers) setTimeout(done, 60);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => (failure = error.code ?? error.message));
    socket.on('close', () => {
      closed = true;
      done();
    });
  });
}

/** A form request as bytes; headers given replace those made. */
export function formRequest(path: string, body: string | Buffer, headers: Readonly<Record<string, string>> = {}, version = '1.1'): Buffer {
  const content = typeof body === 'string' ? Buffer.from(body) : body;
  const all: Record<string, string> = {
    host: 'localhost',
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(content.length),
    ...headers,
  };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/${version}\r\n${head.join('')}\r\n`), content]);
}

/** The value of a header that occurs at most once. */
export function headerOf(message: HttpMessage, name: string): string | undefined {
  const values = message.headers.filter(([found]) => found === name);
  if (values.length > 1) throw new Error(`the header ${name} occurs ${values.length} times`);
  return values[0]?.[1];
}

/** Complete answers at the beginning of the bytes. An answer that is chunked throws: none may be. */
function readMessages(bytes: Buffer, withoutBody: boolean): HttpMessage[] {
  const messages: HttpMessage[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf('\r\n\r\n', start);
    if (end < 0) break;
    const [line = '', ...lines] = bytes.toString('latin1', start, end).split('\r\n');
    const [, version = '', status = ''] = /^HTTP\/(\d\.\d) (\d{3})/.exec(line) ?? [];
    const headers = lines.map(
      (text) => [text.slice(0, text.indexOf(':')).toLowerCase(), text.slice(text.indexOf(':') + 1).trim()] as const,
    );
    if (headers.some(([name]) => name === 'transfer-encoding')) throw new Error(`an answer is chunked:\n${line}\n${lines.join('\n')}`);
    const length = withoutBody ? 0 : Number(headers.find(([name]) => name === 'content-length')?.[1] ?? 0);
    const from = end + 4;
    if (bytes.length < from + length) break;
    messages.push({ version, status: Number(status), headers, body: bytes.subarray(from, from + length) });
    start = from + length;
  }
  return messages;
}
