import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came in. */
export interface CountedRequest {
  readonly method: string;
  readonly body: string;
  /** What it was answered: another text each time, so that a second answer to the same request would show. */
  readonly answer: string;
}

/**
 * A server of this machine that takes its time, and keeps every request by its path. What ends with `/reset` is read, counted
 * and never answered: the connection breaks. What ends with `/refused` is answered with status 503.
 */
export class CountingServer {
  readonly requests = new Map<string, CountedRequest[]>();
  /** Requests that are not answered yet. */
  open = 0;

  private constructor(private readonly server: Server) {}

  /** @param delay milliseconds until an answer */
  static async open(delay: () => number): Promise<CountingServer> {
    const server = createServer({ keepAliveTimeout: 60_000 });
    const made = new CountingServer(server);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        made.#count(request, response, Buffer.concat(chunks).toString(), delay());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return made;
  }

  /** Such as `127.0.0.1:34567`. */
  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What was asked at a path, as method, body and answer. */
  at(path: string): readonly CountedRequest[] {
    return this.requests.get(path) ?? [];
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #count({ method = '', url = '' }: IncomingMessage, response: ServerResponse, body: string, delay: number): void {
    const answer = randomUUID();
    const known = this.requests.get(url);
    if (known === undefined) this.requests.set(url, [{ method, body, answer }]);
    else known.push({ method, body, answer });
    this.open++;
    setTimeout(() => {
      this.open--;
      if (url.endsWith('/reset')) response.socket?.destroy();
      else response.writeHead(url.endsWith('/refused') ? 503 : 200).end(answer);
    }, delay);
  }
}
