import { createServer, type IncomingHttpHeaders } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Terminal } from '../terminal.ts';

export interface RecordedRequest {
  readonly method: string;
  /** With the query, without `/admin/v1/`. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What it answers: a status, headers, and a body that is sent as JSON unless it is a text. */
export interface FakeAnswer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An admin API that answers what a spec tells it to, by `METHOD path`, and notes what it was asked. */
export class FakeAdminApi {
  readonly requests: RecordedRequest[] = [];
  readonly #answers = new Map<string, FakeAnswer>();
  #otherwise: FakeAnswer | null = null;
  readonly #server;

  constructor(private readonly tls?: { readonly cert: string; readonly key: string }) {
    const listener: Parameters<typeof createServer>[1] = (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const path = (request.url ?? '').replace(/^\/admin\/v1\//, '');
        this.requests.push({ method: request.method ?? '', path, headers: request.headers, body: Buffer.concat(chunks).toString() });
        const answer: FakeAnswer = this.#answers.get(`${request.method ?? ''} ${path}`) ??
          this.#otherwise ?? {
            status: 404,
            body: { type: 'urn:tokenwright:problem:not-found', title: 'There is no such thing', detail: path },
          };
        const { status = 200, body, headers = {} } = answer;
        response.statusCode = status;
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
        response.end(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body));
      });
    };
    this.#server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  }

  on(request: string, answer: FakeAnswer): this {
    this.#answers.set(request, answer);
    return this;
  }

  /** For requests without an answer of their own; unless told they are answered 404. */
  otherwise(answer: FakeAnswer): this {
    this.#otherwise = answer;
    return this;
  }

  /** A page of a list. */
  list(path: string, items: readonly unknown[]): this {
    return this.on(`GET ${path}`, { body: { items, next: null } });
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `${this.tls === undefined ? 'http' : 'https'}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

/** A terminal that keeps what is written. */
export class FakeTerminal implements Terminal {
  written = '';
  errors = '';

  constructor(
    readonly env: Readonly<Record<string, string | undefined>> = {},
    private readonly input = '',
    readonly isInteractive = false,
  ) {}

  out(text: string): void {
    this.written += text;
  }

  err(text: string): void {
    this.errors += text;
  }

  read(): Promise<string> {
    return Promise.resolve(this.input);
  }

  /** Whoever is there types the lines of the standard input, the last one again and again. */
  ask(questions: readonly string[]): Promise<readonly string[] | null> {
    const lines = this.input.split('\n');
    return Promise.resolve(this.input === '' ? null : questions.map((_, i) => lines[i] ?? lines.at(-1) ?? ''));
  }
}
