import type { SigningAlgorithm } from './entities.ts';

/** Which subject a client is told: the account's own, or one that no other sector knows the person by. OpenID Connect Core section 8. */
export type SubjectType = 'public' | 'pairwise';
export const SUBJECT_TYPES: readonly SubjectType[] = ['public', 'pairwise'];

/** How people are told to a client. The members are those of OpenID Connect Dynamic Client Registration section 2. */
export interface OpenIdSettings {
  /** `id_token_signed_response_alg`; null for what the profile signs with by itself. */
  readonly idTokenSignedResponseAlg: SigningAlgorithm | null;
  /** `userinfo_signed_response_alg`; null for plain JSON. OpenID Connect Core section 5.3.2. */
  readonly userinfoSignedResponseAlg: SigningAlgorithm | null;
  readonly subjectType: SubjectType;
  /** Whom its pairwise subjects are shared with; null for the one host of its redirect URIs. OpenID Connect Core section 8.1. */
  readonly sectorIdentifier: string | null;
  /** Which subject is in JWT access tokens, which the client can read. What nobody but APIs can read has the account's own. */
  readonly jwtAccessTokenSubject: SubjectType;
  /** `default_max_age`: seconds, of requests that say nothing of it; null for any. Absent where it was stored by an earlier version. */
  readonly defaultMaxAge?: number | null;
  /** `default_acr_values`: of requests that ask for none, most wanted first. Absent where it was stored by an earlier version. */
  readonly defaultAcrValues?: readonly string[];
}

/** `max_age` may be any number of seconds; a year is as good as any. */
export const LONGEST_MAX_AGE = 315_360_000;

/** Of a client that says nothing of it. */
export const DEFAULT_OPENID: OpenIdSettings = {
  idTokenSignedResponseAlg: null,
  userinfoSignedResponseAlg: null,
  subjectType: 'public',
  sectorIdentifier: null,
  jwtAccessTokenSubject: 'pairwise',
  defaultMaxAge: null,
  defaultAcrValues: [],
};

/** What may be said of how somebody signed in, and what it is worth. OpenID Connect Core section 2 (`acr`), RFC 9470. */
export interface AuthenticationContexts {
  /** By name: who has one of a level is as sure as every name of this level and of lower ones asks for. */
  readonly levels: Readonly<Record<string, number>>;
  /** What signing in by a password gives: one of the names. */
  readonly password: string;
}

/** Who signs in by a password alone has this where nothing else is configured. */
export const PASSWORD_ACR = 'urn:tokenwright:password';

/** Of a profile that says nothing of it. */
export const DEFAULT_AUTHENTICATION_CONTEXTS: AuthenticationContexts = { levels: { [PASSWORD_ACR]: 1 }, password: PASSWORD_ACR };
