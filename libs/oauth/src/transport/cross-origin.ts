import type { EndpointKind } from '../configuration/entities.ts';
import type { Route } from '../configuration/snapshot.ts';
import { header, type OAuthRequest, type OAuthResponse } from './exchange.ts';

/** Endpoints that applications in browsers call. Introspection is none of them: its callers are servers. */
const CALLED_BY_BROWSERS: ReadonlySet<EndpointKind> = new Set([
  'oauth-token',
  'oauth-revoke',
  'oauth-userinfo',
  'oauth-pushed-authorization',
  'oauth-dynamic-client-registration',
]);

/** Seconds for which a browser need not ask again. */
const PREFLIGHT_LIFETIME = '600';

/** The origin of a page that may call this endpoint; null for any other request. Fetch standard, section 3.3. */
export function allowedOrigin(request: OAuthRequest, { endpoint, profile }: Route): string | null {
  const origin = header(request, 'origin');
  if (origin === undefined || !CALLED_BY_BROWSERS.has(endpoint.kind)) return null;
  return profile.webOrigins.has(origin) ? origin : null;
}

/** The answer to a browser that asks whether a page may send what it wants to; null for what is no such question. */
export function preflightAnswer(request: OAuthRequest, origin: string): OAuthResponse | null {
  if (request.method !== 'OPTIONS' || header(request, 'access-control-request-method') === undefined) return null;
  return {
    status: 204,
    headers: [
      ...['Access-Control-Allow-Origin', origin, 'Vary', 'Origin'],
      ...['Access-Control-Allow-Methods', 'GET, POST, PUT, DELETE', 'Access-Control-Allow-Headers', 'Authorization, Content-Type, DPoP'],
      ...['Access-Control-Max-Age', PREFLIGHT_LIFETIME],
    ],
    body: null,
  };
}

/** The same answer, which the page may read. No cookie counts at these endpoints, so none is asked for. */
export function readableBy(origin: string, response: OAuthResponse): OAuthResponse {
  const headers = [
    'Access-Control-Allow-Origin',
    origin,
    'Access-Control-Expose-Headers',
    'DPoP-Nonce, WWW-Authenticate',
    'Vary',
    'Origin',
  ];
  return { ...response, headers: [...response.headers, ...headers] };
}
