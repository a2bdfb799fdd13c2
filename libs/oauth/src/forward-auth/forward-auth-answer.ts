import type { ForwardAuthSettings } from '../configuration/endpoint-settings.ts';
import type { IntrospectedToken } from '../introspection/introspected-token.ts';
import type { PassedOn } from '../introspection/introspection-answer.ts';
import type { OAuthResponse } from '../transport/exchange.ts';
import { claimHeaders } from './claim-headers.ts';

/**
 * The answer for a request that may pass: what the gateway puts onto it before it sends it on.
 *
 * @param isProven whether the token is bound, so that it came with a proof of its key or a certificate
 */
export function forwardAuthAnswer(
  { jwt, members, cacheSeconds, headers }: PassedOn,
  { data }: IntrospectedToken,
  settings: ForwardAuthSettings,
  isProven: boolean,
): OAuthResponse {
  // A proof is for one request: an answer that is kept would let the next one pass without.
  const life = isProven ? 0 : cacheSeconds;
  const told = Object.keys(settings.claimHeaders).length === 0 ? {} : { ...(JSON.parse(data) as object), ...members };
  return {
    status: 200,
    headers: [
      // Empty where there is none: gateways then overwrite the client's own, which is not for the API.
      ...['Authorization', jwt === null ? '' : `Bearer ${jwt}`],
      ...claimHeaders(settings.claimHeaders, told),
      ...headers,
      ...['Cache-Control', life < 1 ? 'no-store' : `max-age=${life}`],
    ],
    body: '',
  };
}
