import { checkKey } from './client-authentication-rules.ts';
import type { Client, Profile } from './entities.ts';
import type { HttpClient } from './http-client-settings.ts';
import { clientReaching } from './host-rules.ts';

type Problems = (pointer: string, message: string) => void;

/** Reports what a client may not exchange after all, by pointer within the entity and message. */
export function checkTokenExchange({ capabilities, tokenExchange }: Client, { id, allowedAudiences }: Profile, report: Problems): void {
  if (tokenExchange === null) return;
  if (!capabilities.includes('token-exchange')) report('/tokenExchange', 'goes with the capability "token-exchange" only');
  tokenExchange.audiences?.forEach((audience, i) => {
    if (allowedAudiences?.includes(audience) === false)
      report(`/tokenExchange/audiences/${i}`, `profile "${id}" does not allow the audience "${audience}"`);
  });
}

/**
 * Reports what keeps a profile from trusting an issuer, likewise.
 *
 * @param httpClients those of the profile, by which key sets are fetched
 */
export function checkTrustedIssuers({ issuer: own, trustedIssuers }: Profile, httpClients: readonly HttpClient[], report: Problems): void {
  const names = trustedIssuers.map(({ issuer }) => issuer);
  trustedIssuers.forEach(({ issuer, jwks, jwksUri }, i) => {
    const reportWithin: Problems = (pointer, message) => report(`/trustedIssuers/${i}${pointer}`, message);
    if (names.indexOf(issuer) !== i) reportWithin('/issuer', `"${issuer}" is there already`);
    if (issuer === own) reportWithin('/issuer', 'is the profile itself, whose own tokens need no other trust');
    if ((jwks === null) === (jwksUri === null)) reportWithin('/jwks', 'give the public keys here or by "jwksUri": one of the two');
    const url = URL.parse(jwksUri ?? '');
    if (jwksUri !== null && (url === null || clientReaching(httpClients, url) === undefined))
      reportWithin('/jwksUri', `no HTTP client of the profile may fetch it: add ${url?.host ?? 'its host'} to the allowedHosts of one`);
    jwks?.keys.forEach((key, at) => checkKey(key, (pointer, message) => reportWithin(`/jwks/keys/${at}${pointer}`, message)));
  });
}
