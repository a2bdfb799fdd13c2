import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it reached the API behind the gateway. */
export interface Received {
  readonly method: string;
  readonly url: string;
  /** Names in lower case, values in the order received. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
}

/** An API that answers with what it was sent, and remembers it. */
export interface EchoApi {
  readonly port: number;
  readonly received: readonly Received[];
  close(): Promise<void>;
}

export async function startEchoApi(): Promise<EchoApi> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const headers: Record<string, string[]> = {};
      for (let i = 0; i < request.rawHeaders.length; i += 2)
        (headers[(request.rawHeaders[i] ?? '').toLowerCase()] ??= []).push(request.rawHeaders[i + 1] ?? '');
      const one = { method: request.method ?? '', url: request.url ?? '', headers, body };
      received.push(one);
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(one));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
