import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';

/** What a server was asked. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Answer = (received: Received, response: ServerResponse, request: IncomingMessage) => void;

/** For specs: a server of this machine that notes everything it is asked, and every connection. */
export class TestServer {
  readonly received: Received[] = [];
  connections = 0;
  /** Most connections at once. */
  most = 0;
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async open(answer: Answer, tls?: TlsOptions, host = '127.0.0.1'): Promise<TestServer> {
    const noted: { server?: TestServer } = {};
    const listener: RequestListener = (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const received = {
          method: request.method ?? '',
          url: request.url ?? '',
          headers: request.headers as Record<string, string>,
          body: Buffer.concat(chunks).toString(),
        };
        noted.server?.received.push(received);
        answer(received, response, request);
      });
    };
    const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    const opened = new TestServer(server, (server.address() as AddressInfo).port);
    server.on('connection', (socket: Socket) => {
      opened.connections++;
      opened.#sockets.add(socket);
      opened.most = Math.max(opened.most, opened.#sockets.size);
      socket.on('error', () => undefined);
      socket.on('close', () => opened.#sockets.delete(socket));
    });
    noted.server = opened;
    return opened;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
