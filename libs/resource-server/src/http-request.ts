import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { TokenRequest } from './token-request.ts';

/** A request as frameworks have it. */
export interface FrameworkRequest {
  readonly raw: IncomingMessage;
  /** As it came in, before a router took something off. */
  readonly url: string;
  /** `https` or `http`, as far as the framework trusts proxies to tell. */
  readonly protocol: string;
  readonly body: unknown;
}

/** Headers that say who somebody is. Node drops or joins repeated ones: here they count. */
const SINGLE = ['authorization', 'dpop', 'client-cert'];

export function tokenRequestOf({ raw, url, protocol, body }: FrameworkRequest): TokenRequest {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(raw.headers['content-type'] ?? '');
  // HTTP/2 has the host in a header of its own.
  const host = raw.headers.host ?? raw.headers[':authority'];
  return {
    method: raw.method ?? 'GET',
    url,
    headers: { ...raw.headers, ...Object.fromEntries(SINGLE.map((name) => [name, valuesOf(raw, name)])) },
    form: isForm && typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : undefined,
    certificate: raw.socket instanceof TLSSocket ? raw.socket.getPeerX509Certificate()?.raw : undefined,
    peerAddress: raw.socket.remoteAddress,
    origin: typeof host !== 'string' ? undefined : `${protocol}://${host}`,
  };
}

function valuesOf({ rawHeaders }: IncomingMessage, name: string): readonly string[] {
  const values: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) if (rawHeaders[i]?.toLowerCase() === name) values.push(rawHeaders[i + 1] as string);
  return values;
}
