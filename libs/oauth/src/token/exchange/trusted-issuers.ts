import { decodeJwt, decodeProtectedHeader } from 'jose';
import { areAudiences } from '../../client/client-assertion.ts';
import type { ProfileSnapshot } from '../../configuration/snapshot.ts';
import type { TrustedIssuer } from '../../configuration/token-exchange-settings.ts';
import { OAuthError } from '../../errors.ts';
import { KEYS_RETRY_SECONDS, KeysUnavailable, WrongSignature, type ForeignKeys } from '../../foreign-keys.ts';
import { isNestedTooDeeply } from '../../issuance/claims.ts';
import { isObject } from '../../procedures/service-arguments.ts';
import { TOKEN_TYPE } from './token-types.ts';

/** A JWT of another service that holds. */
export interface ForeignToken {
  readonly claims: Readonly<Record<string, unknown>>;
  /** `sub` as it is known here. */
  readonly subject: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

/** Seconds by which the clocks of the issuer and of this service may differ. */
const TOLERANCE = 5;

/** Media types as `typ` by type of token: another JWT of the issuer, such as a logout token, is taken for none. RFC 8725 section 3.11. */
const TYPES: ReadonlyMap<string, ReadonlySet<unknown>> = new Map([
  [TOKEN_TYPE.accessToken, new Set([undefined, 'jwt', 'at+jwt'])],
  [TOKEN_TYPE.jwt, new Set([undefined, 'jwt', 'at+jwt'])],
  [TOKEN_TYPE.idToken, new Set([undefined, 'jwt'])],
]);

/** An assertion is the general sort of JWT: an access token of the issuer is no grant here. RFC 7523 section 3. */
const ASSERTION_TYPES: ReadonlySet<unknown> = new Set([undefined, 'jwt']);

/** What an assertion is for: to grant, or to say no more than who is meant. One is never taken for the other. */
const TYPES_OF_ASSERTIONS = {
  grant: ASSERTION_TYPES,
  /** OpenID Connect CIBA section 7.1 leaves its form open. */
  'login-hint': new Set<unknown>(['login-hint+jwt']),
} as const;

/** What a JWT must be. */
interface Expected {
  /** Media types as `typ`. */
  readonly types: ReadonlySet<unknown>;
  /** Null where the caller judges `aud`. */
  readonly audiences: readonly string[] | null;
}

/** The `iss` that a text says to have, if it is a JWT at all; nothing of it is verified. */
export function claimedIssuer(text: string): unknown {
  try {
    return text.split('.').length === 3 ? decodeJwt(text).iss : undefined;
  } catch {
    // Whatever it is, it is no JWT.
    return undefined;
  }
}

/** @throws ForeignTokenError for a text that has none */
function headerOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return { ...decodeProtectedHeader(text) };
  } catch {
    throw new ForeignTokenError('its header cannot be read');
  }
}

/** Verifies JWTs of issuers that a profile trusts. RFC 7519, RFC 8725. */
export class TrustedIssuers {
  constructor(private readonly keys: ForeignKeys) {}

  /**
   * What a JWT says; null when its issuer is not one of the profile's.
   *
   * @param type identifier of the type that it is presented as
   * @throws OAuthError `temporarily_unavailable` when the keys cannot be had
   * @throws ForeignTokenError when it does not hold
   */
  async verify(profile: ProfileSnapshot, text: string, type: string, now: number): Promise<ForeignToken | null> {
    const types = TYPES.get(type);
    const issuer = types === undefined ? undefined : profile.trustedIssuer(claimedIssuer(text));
    if (types === undefined || issuer === undefined) return null;
    return this.#verified(profile, text, issuer, { types, audiences: issuer.audiences }, now);
  }

  /**
   * What an assertion says that is a grant by itself. It must be for this service and no other, whatever the issuer's tokens that are
   * exchanged must be for: one that is good at two services could be presented at one by the other. RFC 7523 section 3.
   *
   * @param isAudience whether a value of `aud` means this service
   * @param purpose what it is for, which its `typ` tells
   * @throws OAuthError `temporarily_unavailable` when the keys cannot be had
   * @throws ForeignTokenError when it does not hold, or is of nobody that the profile trusts
   */
  async verifyAssertion(
    profile: ProfileSnapshot,
    text: string,
    isAudience: (value: string) => boolean,
    now: number,
    purpose: keyof typeof TYPES_OF_ASSERTIONS = 'grant',
  ): Promise<ForeignToken> {
    const issuer = profile.trustedIssuer(claimedIssuer(text));
    if (issuer === undefined) throw new ForeignTokenError('its issuer is not trusted');
    const token = await this.#verified(profile, text, issuer, { types: TYPES_OF_ASSERTIONS[purpose], audiences: null }, now);
    if (!areAudiences(token.claims['aud'], isAudience)) throw new ForeignTokenError('it is for another audience');
    return token;
  }

  async #verified(
    profile: ProfileSnapshot,
    text: string,
    issuer: TrustedIssuer,
    { types, audiences }: Expected,
    now: number,
  ): Promise<ForeignToken> {
    const { typ, alg } = headerOf(text);
    if (!types.has(typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : typ))
      throw new ForeignTokenError('it is a JWT of another type');
    if (typeof alg !== 'string' || !issuer.algorithms.includes(alg)) throw new ForeignTokenError('its algorithm is not taken');
    await this.#checkSignature(text, issuer, audiences, profile, now);
    // The text that was signed; a library that reads it again could read it in another way.
    const payload = Buffer.from(text.split('.')[1] ?? '', 'base64url').toString();
    if (isNestedTooDeeply(payload)) throw new ForeignTokenError('it is nested too deeply');
    const claims: unknown = JSON.parse(payload);
    if (!isObject(claims)) throw new ForeignTokenError('it is no object');
    const { sub, exp } = claims;
    if (typeof sub !== 'string' || sub === '') throw new ForeignTokenError('it has no sub');
    if (typeof exp !== 'number' || exp <= now) throw new ForeignTokenError('it has no exp, or has expired');
    return { claims, subject: (issuer.subjectPrefix ?? `${issuer.issuer}|`) + sub, expiresAt: Math.floor(exp) };
  }

  async #checkSignature(
    text: string,
    trusted: TrustedIssuer,
    audiences: Expected['audiences'],
    profile: ProfileSnapshot,
    now: number,
  ): Promise<void> {
    const { issuer, algorithms } = trusted;
    const audience = audiences === null ? {} : { audience: audiences };
    try {
      await this.keys.verify(text, trusted, { issuer, ...audience, algorithms, clockTolerance: TOLERANCE }, profile, now);
    } catch (error) {
      if (error instanceof WrongSignature) throw new ForeignTokenError(error.message);
      if (!(error instanceof KeysUnavailable)) throw error;
      throw new OAuthError('temporarily_unavailable', 'The keys of the issuer of a token cannot be had now. Try again later.', {
        retryAfter: KEYS_RETRY_SECONDS,
        cause: error,
      });
    }
  }
}

/** A JWT of a trusted issuer does not hold: what is wrong with it is nobody's business but the issuer's. */
export class ForeignTokenError extends Error {
  override readonly name = 'ForeignTokenError';
}
