import { decodeProtectedHeader, decodeJwt, errors, jwtVerify } from 'jose';
import type { TokenClaims } from './auth.ts';
import type { KeySet } from './key-set.ts';
import { ServiceError } from './service-error.ts';
import { InvalidToken } from './invalid-token.ts';

/** Asymmetric ones only: who can verify must not be able to sign. RFC 8725 section 3.1. */
const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'];

/** Seconds by which the service's clock may be ahead. */
export const CLOCK_TOLERANCE = 5;

/** Claims that only ID tokens (OpenID Connect Core 1.0 section 2) and security events (RFC 8417 section 2.2) have. */
const OF_OTHER_JWTS = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events'];

/** Whether a token has the form of a JWT. An opaque one may have it too. RFC 7515 section 3.1. */
export function isCompactJws(token: string): boolean {
  return /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/.test(token);
}

/**
 * Whether a token says of itself that it is a JWT access token of this issuer: by type, `at+jwt` (RFC 9068 section 2.1) or the plain
 * `JWT`, and issuer. Nothing of it is trusted: such a token is verified here, any other is introspected, so saying something
 * else gains nothing. A wrapped opaque token has a type of its own and is introspected.
 */
export function isJwtAccessToken(token: string, issuer: string): boolean {
  if (!isCompactJws(token)) return false;
  try {
    const type = typeOf(decodeProtectedHeader(token).typ);
    return (type === 'at+jwt' || type === 'jwt') && decodeJwt(token).iss === issuer;
  } catch {
    // Three parts that are no JWT: an opaque token may look like that.
    return false;
  }
}

/** What is expected of a JWT access token. */
export interface JwtExpectation {
  readonly issuer: string;
  /** Seconds since 1970. */
  readonly now: number;
}

/**
 * Verifies signature, type, issuer and times of a JWT access token; the rest is the same for all tokens. RFC 9068 section 4.
 *
 * @throws InvalidToken with the reason, ServiceError when the keys cannot be had
 */
export async function verifyJwtAccessToken(token: string, keys: KeySet, { issuer, now }: JwtExpectation): Promise<TokenClaims> {
  const { payload, type } = await verified(token, keys, issuer, now);
  if (type !== 'at+jwt' && type !== 'jwt') throw new InvalidToken(`a JWT of the type ${JSON.stringify(type)} is no access token`);
  const other = OF_OTHER_JWTS.find((claim) => payload[claim] !== undefined);
  // An ID token has the plain type and the same issuer, and was never meant for an API. RFC 9068 section 5.
  if (type === 'jwt' && other !== undefined) throw new InvalidToken(`a JWT with "${other}" is no access token`);
  if (payload.exp === undefined) throw new InvalidToken('the JWT has no exp');
  return payload;
}

async function verified(token: string, keys: KeySet, issuer: string, now: number) {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys.keyFor, {
      issuer,
      algorithms: ALGORITHMS,
      currentDate: new Date(now * 1000),
      clockTolerance: CLOCK_TOLERANCE,
    });
    return { payload, type: typeOf(protectedHeader.typ) };
  } catch (cause) {
    if (cause instanceof ServiceError) throw cause;
    if (cause instanceof errors.JOSEError) throw new InvalidToken(`the JWT does not hold: ${cause.message}`, { cause });
    // Keys that WebCrypto cannot import, for one.
    throw new InvalidToken('the JWT cannot be verified', { cause });
  }
}

/** RFC 7515 section 4.1.9: the case does not count, and `application/` may be left out. */
function typeOf(type: unknown): string | undefined {
  return typeof type === 'string' ? type.toLowerCase().replace(/^application\//, '') : undefined;
}
