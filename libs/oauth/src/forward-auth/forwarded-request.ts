import { OAuthError } from '../errors.ts';
import { header, type OAuthRequest } from '../transport/exchange.ts';

const METHOD = /^[A-Za-z][A-Za-z-]{0,31}$/;
const MOST_CHARACTERS = 8192;

/**
 * The request that the gateway asks about, as its headers tell: `X-Forwarded-Method`, `-Uri`, `-Host`, `-Proto` (Traefik, Caddy)
 * or `X-Original-Method`, `-URI`, `-URL` (nginx). Where they say nothing, the gateway's own request stands for it.
 * Only for gateways that have been authenticated: anybody can send these headers.
 *
 * @throws OAuthError `invalid_request`
 */
export function forwardedRequest(request: OAuthRequest): OAuthRequest {
  const method = header(request, 'x-forwarded-method') ?? header(request, 'x-original-method') ?? request.method;
  if (!METHOD.test(method)) throw refused('X-Forwarded-Method', 'must be an HTTP method');
  const proto = header(request, 'x-forwarded-proto') ?? request.scheme;
  if (proto !== 'http' && proto !== 'https') throw refused('X-Forwarded-Proto', 'must be http or https');
  const base = `${proto}://${header(request, 'x-forwarded-host') ?? request.host}`;
  const target = header(request, 'x-forwarded-uri') ?? header(request, 'x-original-uri') ?? header(request, 'x-original-url');
  if (target === undefined) return { ...request, method, ...parts(base, '', request), body: '' };
  if (target.length > MOST_CHARACTERS) throw refused('X-Forwarded-Uri', 'is too long');
  return { ...request, method, ...parts(base, target, null), body: '' };
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
