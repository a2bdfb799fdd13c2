/** Which tokens a client may introspect. */
export type IntrospectionPolicy =
  /** Any token of the profile. */
  | 'any'
  /** Only tokens whose audience or scope names the client; `scope` is narrowed to the client's own. */
  | 'audience-or-scope'
  /** Only tokens issued to the client itself. */
  | 'own';
export const INTROSPECTION_POLICIES: readonly IntrospectionPolicy[] = ['any', 'audience-or-scope', 'own'];

/** `json` is RFC 7662, `jwt` is `application/jwt`, `signed` is RFC 9701. */
export type IntrospectionFormat = 'json' | 'jwt' | 'signed';
export const INTROSPECTION_FORMATS: readonly IntrospectionFormat[] = ['json', 'jwt', 'signed'];

export interface IntrospectionSettings {
  /** Null: `any` when introspection is the client's only capability, else `own`. */
  readonly policy: IntrospectionPolicy | null;
  /** Null: all formats when introspection is the client's only capability, else `json`. */
  readonly formats: readonly IntrospectionFormat[] | null;
  /** When set, every answer is an RFC 9701 response encrypted to this key, and no plain format is given. */
  readonly encryption: IntrospectionEncryption | null;
  /** Tokens that nobody knows which it may present in a minute from an address, before it is slowed; null for the default. */
  readonly unknownTokensPerMinute: number | null;
}

/** A hundred a second: a gateway asks for everybody behind it, and some of these have kept tokens for too long. */
export const DEFAULT_UNKNOWN_TOKENS_PER_MINUTE = 6000;

/** What a client has that says nothing of introspection. */
export const PLAIN_INTROSPECTION: IntrospectionSettings = { policy: null, formats: null, encryption: null, unknownTokensPerMinute: null };

/** RFC 9701 section 6: `introspection_encrypted_response_alg`, `introspection_encrypted_response_enc`. */
export interface IntrospectionEncryption {
  readonly alg: string;
  readonly enc: string;
  /** The client's public key as a JWK. */
  readonly jwk: Readonly<Record<string, unknown>>;
}

export type BoundAccessTokens = 'dpop' | 'certificate';
export const BOUND_ACCESS_TOKENS: readonly BoundAccessTokens[] = ['dpop', 'certificate'];

/** How people are sent to and from a client. RFC 6749 section 4.1. */
export interface AuthorizationCodeSettings {
  /** Compared exactly; of a loopback address the port may differ. RFC 8252 section 7.3, RFC 9700 section 2.1. */
  readonly redirectUris: readonly string[];
  /** Where people may be sent after they have signed out. OpenID Connect RP-Initiated Logout section 3.1. */
  readonly postLogoutRedirectUris: readonly string[];
  /** Origins of pages that may call the token, revocation, userinfo and PAR endpoint from a browser. Fetch standard, section 3.3. */
  readonly webOrigins: readonly string[];
  /** Whether people are asked what the client may do. */
  readonly consent: boolean;
  /** Whether its requests must have been pushed. RFC 9126 section 6. */
  readonly pushedRequestsOnly: boolean;
  /** Whether its requests must be signed. RFC 9101 section 10.5. */
  readonly signedRequestsOnly: boolean;
  /** Whether nobody but the client itself has said where its redirect URIs may lead; absent for no. RFC 9700 section 4.11.2. */
  readonly isUnvouched?: boolean;
}

/** How a client gets new tokens without the person. RFC 6749 section 6, RFC 9700 section 4.14. */
export interface RefreshTokenSettings {
  /** Null for the profile's default. */
  readonly lifetime: number | null;
  /** Whether each use ends the token and gives another, so that a stolen one shows. Only clients that authenticate can do without. */
  readonly rotation: boolean;
  /** Null for the profile's default. */
  readonly grace: number | null;
}

/** A secret at rest: `sha256$<base64url>` where the service generated it, an argon2id string where a person chose it. */
export interface ClientSecret {
  readonly hash: string;
  readonly createdAt: number;
  /** After this the secret is refused; null for never. */
  readonly expiresAt: number | null;
}
