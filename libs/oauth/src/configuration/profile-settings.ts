import type { AccessTokenFormat } from './entities.ts';

/** What holds for clients that say nothing else. */
export interface ProfileDefaults {
  /** Lifetime of an access token whose client names none. */
  readonly accessTokenLifetime: number;
  /** No access token of the profile outlives this, whatever a procedure asks for. */
  readonly maximumTokenLifetime: number;
  /** Of a refresh token whose client names none: for so long a client may rest. */
  readonly refreshTokenLifetime: number;
  /** Of a delegation whose tokens can be refreshed: after it the person is asked again, however often tokens were. */
  readonly delegationLifetime: number;
  /** Of an id token. */
  readonly idTokenLifetime: number;
  /** Whether DPoP proofs at the token endpoint must have a nonce of the service. RFC 9449 section 8. */
  readonly dpopNonces: boolean;
  /** For how long a client that has lost the answer to a refresh may present the old token again; 0 for never. */
  readonly refreshTokenGrace: number;
  readonly accessTokenFormat: AccessTokenFormat;
}

export interface Scope {
  readonly description?: string;
  /** A scope may have its own, shorter lifetime: after it the scope moves from `scope` to `expired_scope`. */
  readonly lifetime?: number;
  /** Claims about the person that the scope releases, beside those of OpenID Connect Core section 5.4. */
  readonly claims?: readonly string[];
}

/** An API that tokens can be asked for by its URI. RFC 8707 section 2. */
export interface Resource {
  readonly description?: string;
  /** `aud` of its tokens; null for the URI itself. */
  readonly audience: string | null;
  /** The scopes that mean something there; null for all. */
  readonly scopes: readonly string[] | null;
  /** Null for the client's. */
  readonly accessTokenFormat: AccessTokenFormat | null;
  /** Seconds that a token for it lives at most; null for no less than others. */
  readonly accessTokenLifetime: number | null;
}
