import type { ResourceTarget } from './resource-target.ts';
import type { TokenRequest } from './grant-type.ts';

/**
 * What the service would put into an access token by itself. RFC 9068 section 2.2.
 *
 * @param delegationEnd seconds since 1970: no token outlives its delegation
 * @param target what it is for; null for the client's own audiences
 */
export function accessTokenDefaults(
  { route, client, now }: TokenRequest,
  subject: string,
  scope: string,
  delegationEnd = Infinity,
  target: ResourceTarget | null = null,
): Record<string, unknown> {
  return {
    iss: route.profile.issuer,
    sub: subject,
    aud: target?.audience ?? client.audience,
    scope,
    iat: now,
    nbf: now,
    exp: Math.min(now + (target?.lifetime ?? client.accessTokenLifetime), delegationEnd),
    purpose: 'access_token',
  };
}

/** The same for a refresh token. */
export function refreshTokenDefaults(
  { route, client, now }: TokenRequest,
  subject: string,
  scope: string,
  delegationEnd: number,
): Record<string, unknown> {
  return {
    iss: route.profile.issuer,
    sub: subject,
    aud: client.id,
    scope,
    iat: now,
    nbf: now,
    exp: Math.min(now + client.refreshTokens.lifetime, delegationEnd),
    purpose: 'refresh_token',
  };
}
