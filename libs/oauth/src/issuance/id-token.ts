import type { SigningAlgorithm } from '../configuration/entities.ts';
import type { IssuerView } from '../procedures/host-calls.ts';
import { CeilingError, givenMembers } from './claims.ts';

/** Names the one issuer of id tokens in contexts and host calls. */
export const ID_TOKEN_ISSUER = 'id-token';
/** `typ` of an id token: its own, so that nothing takes it for an access token. */
export const ID_TOKEN_TYPE = 'JWT';

/** Claims that the service sets, whatever the procedure put there. OpenID Connect Core section 2. */
export interface OwnedIdTokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string;
  readonly nonce: string | null;
  readonly auth_time: number | null;
  /** RFC 8176 and OpenID Connect Front-Channel Logout section 3. */
  readonly sid: string | null;
}

/** Seconds since 1970. */
export interface IdTokenTimes {
  readonly now: number;
  readonly latestExpiry: number;
}

const DROPPED = new Set(['jti', 'client_id', 'azp', 'purpose', 'delegationId', 'cnf', 'iat', 'nbf', 'exp']);

/**
 * JSON text of an id token's claims from what a procedure gave.
 *
 * @param subject the person, where the client knows them by another `sub`: a procedure may give either
 * @throws CeilingError when it is for somebody else, or lives too long
 */
export function idTokenClaims(data: string, owned: OwnedIdTokenClaims, { now, latestExpiry }: IdTokenTimes, subject = owned.sub): string {
  const given = givenMembers(data);
  const sub = given.get('sub') ?? owned.sub;
  if (sub !== owned.sub && sub !== subject) throw new CeilingError('sub of the id token differs from the authenticated subject');
  const exp = given.get('exp') ?? latestExpiry;
  if (typeof exp !== 'number' || !Number.isFinite(exp)) throw new CeilingError('exp must be a number of seconds since 1970');
  if (exp > latestExpiry) throw new CeilingError(`exp is ${exp - latestExpiry} seconds after the latest that idTokenLifetime allows`);
  const free = [...given].filter(([name]) => !DROPPED.has(name) && !name.startsWith('_') && !Object.hasOwn(owned, name));
  const claims = [...free, ...Object.entries(owned)].filter(([, value]) => value !== null);
  return JSON.stringify({ ...Object.fromEntries(claims), iat: now, exp: Math.floor(exp), purpose: 'id' });
}

/** The issuer as procedures see it. */
export function idTokenIssuer(algorithm: SigningAlgorithm): IssuerView {
  // The hash of `at_hash` is that of the signature: for EdDSA with Ed25519 SHA-512. OpenID Connect Core section 3.1.3.6.
  return { id: ID_TOKEN_ISSUER, kind: 'jwt', enabled: true, hash: algorithm === 'EdDSA' ? 'sha-512' : 'sha-256' };
}
