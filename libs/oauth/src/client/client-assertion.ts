import { decodeJwt, decodeProtectedHeader } from 'jose';

/** Signature algorithms of assertions: key pairs only, for a shared secret is kept as a hash. RFC 7518 section 3.1, RFC 8037. */
export const ASSERTION_ALGORITHMS: readonly string[] = [
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
  ...['PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'],
];

/** Seconds by which the clocks of client and service may differ. */
export const ASSERTION_TOLERANCE = 30;
/** Seconds: an assertion is made for the request it comes with, and its id is kept for as long as it is good. */
const LONGEST_LIFE = 3600;
const MOST_CHARACTERS = 8192;
const MOST_JTI = 256;
/** Media types as `typ`: none, the general one, and the explicit one, so that no other JWT of the client is taken for an assertion. */
const TYPES: ReadonlySet<unknown> = new Set([undefined, 'jwt', 'client-authentication+jwt']);

/** What an assertion says; whether it may is another question. */
export interface ClientAssertion {
  readonly text: string;
  readonly algorithm: string;
  readonly clientId: string;
  readonly jti: string;
  /** Seconds since 1970; from then on it is refused, tolerance included. */
  readonly expiresAt: number;
}

/** An assertion is wrong by what it says itself. The message is fit for `error_description`. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';

  constructor(
    what: string,
    /** Whose it says to be, for the log. */
    readonly clientId = '',
  ) {
    super(`The client assertion ${what}`);
  }
}

/**
 * Reads a client assertion and checks all that needs neither a key nor the client. RFC 7523 section 3, RFC 8725 section 3.
 *
 * @param isAudience whether a value of `aud` means this service and this request
 * @param now seconds since 1970
 * @throws AssertionError
 */
export function readAssertion(text: string, isAudience: (value: string) => boolean, now: number): ClientAssertion {
  if (text.length > MOST_CHARACTERS) throw new AssertionError('is too long.');
  const { header, claims } = decoded(text);
  const { alg, typ } = header;
  const { iss, sub, aud, exp, iat, nbf, jti } = claims;
  const clientId = typeof sub === 'string' ? sub : '';
  const refuse = (what: string) => new AssertionError(what, clientId);
  if (typeof alg !== 'string' || !ASSERTION_ALGORITHMS.includes(alg))
    throw refuse(`must be signed with one of ${ASSERTION_ALGORITHMS.join(', ')}.`);
  if (!TYPES.has(typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : typ))
    throw refuse('is a JWT of another type.');
  if (clientId === '' || iss !== sub) throw refuse('must have the client id as iss and as sub.');
  if (!areAudiences(aud, isAudience)) throw refuse('is for another audience: aud must be the issuer.');
  if (!isTime(exp)) throw refuse('needs an exp.');
  if (exp + ASSERTION_TOLERANCE <= now) throw refuse('has expired.');
  if (exp > now + LONGEST_LIFE + ASSERTION_TOLERANCE) throw refuse(`must expire within ${LONGEST_LIFE} seconds.`);
  for (const start of [iat, nbf])
    if (start !== undefined && (!isTime(start) || start > now + ASSERTION_TOLERANCE)) throw refuse('is not valid yet.');
  if (typeof jti !== 'string' || jti === '' || jti.length > MOST_JTI) throw refuse(`needs a jti of at most ${MOST_JTI} characters.`);
  return { text, algorithm: alg, clientId, jti, expiresAt: Math.ceil(exp) + ASSERTION_TOLERANCE };
}

function decoded(text: string): { readonly header: Readonly<Record<string, unknown>>; readonly claims: Readonly<Record<string, unknown>> } {
  try {
    // The library leaves the number of parts to whoever verifies.
    if (text.split('.').length === 3) return { header: { ...decodeProtectedHeader(text) }, claims: decodeJwt(text) };
  } catch {
    // Whatever it stumbles over, it is not one.
  }
  throw new AssertionError('is not a signed JWT.');
}

/**
 * Whether `aud` means this service alone: all values must, so that an assertion cannot be made for this service and another one, which
 * would present it here.
 */
export function areAudiences(aud: unknown, isAudience: (value: string) => boolean): boolean {
  const values: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return values.length > 0 && values.every((value) => typeof value === 'string' && isAudience(value));
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 && value < Number.MAX_SAFE_INTEGER;
}
