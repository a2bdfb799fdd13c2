import { OAuthError } from '../errors.ts';
import { header, type OAuthRequest } from '../transport/exchange.ts';

const METHOD = /^[A-Za-z][A-Za-z-]{0,31}$/;
const MOST_CHARACTERS = 8192;

/**
 * The request that the gateway asks about, as its headers tell: `X-Forwarded-Method`, `-Uri`, `-Host`, `-Proto` (Traefik, Caddy)
 * or `X-Original-Method`, `-URI`, `-URL` (nginx). Where they say nothing, the gateway's own request stands for it.
 * A path below the endpoint's is that of the original request, and so is the method (Envoy).
 * Only for gateways that have been authenticated: anybody can send these headers.
 *
 * @param endpointPath where the gateway asks
 * @throws OAuthError `invalid_request`
 */
export function forwardedRequest(request: OAuthRequest, endpointPath: string): OAuthRequest {
  if (request.path !== endpointPath) {
    const proto = protoOf(request);
    return { ...request, path: request.path.slice(endpointPath.length), scheme: proto, body: '' };
  }
  const method = either(request, 'x-forwarded-method', 'x-original-method') ?? request.method;
  if (!METHOD.test(method)) throw refused('X-Forwarded-Method', 'must be an HTTP method');
  const base = `${protoOf(request)}://${header(request, 'x-forwarded-host') ?? request.host}`;
  const target = either(request, 'x-forwarded-uri', 'x-original-uri') ?? header(request, 'x-original-url');
  if (target === undefined) return { ...request, method, ...parts(base, '', request), body: '' };
  if (target.length > MOST_CHARACTERS) throw refused('X-Forwarded-Uri', 'is too long');
  return { ...request, method, ...parts(base, target, null), body: '' };
}

/** Of two names for one thing. When a gateway sets one and lets its client send the other, they contradict each other. */
function either(request: OAuthRequest, name: string, other: string): string | undefined {
  const [value, another] = [header(request, name), header(request, other)];
  if (value !== undefined && another !== undefined && value !== another)
    throw refused(name, `contradicts ${other}: the gateway must remove the one that it does not set`);
  return value ?? another;
}

function protoOf(request: OAuthRequest): 'http' | 'https' {
  const proto = header(request, 'x-forwarded-proto') ?? request.scheme;
  if (proto !== 'http' && proto !== 'https') throw refused('X-Forwarded-Proto', 'must be http or https');
  return proto;
}

function parts(
  base: string,
  target: string,
  own: Pick<OAuthRequest, 'path' | 'query'> | null,
): Pick<OAuthRequest, 'scheme' | 'host' | 'path' | 'query'> {
  const text = /^https?:\/\//i.test(target) ? target : base + target;
  if ((target !== '' && !target.startsWith('/') && text !== target) || !URL.canParse(text))
    throw refused('X-Forwarded-Uri', 'and its like must name the path of the original request');
  const { protocol, host, pathname, search } = new URL(text);
  return {
    scheme: protocol === 'http:' ? 'http' : 'https',
    host,
    path: own?.path ?? pathname,
    query: own?.query ?? search.slice(1),
  };
}

function refused(name: string, what: string): OAuthError {
  return new OAuthError('invalid_request', `The header ${name} ${what}.`);
}
