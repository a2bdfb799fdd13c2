/** Which tokens of other clients a client may exchange. */
export type SubjectTokenPolicy =
  /** Those whose `aud` names it. */
  | 'audience'
  /** Any of the profile. */
  | 'any';
export const SUBJECT_TOKEN_POLICIES: readonly SubjectTokenPolicy[] = ['audience', 'any'];

/** What a client may exchange, and for what. Its own tokens it may always exchange. RFC 8693. */
export interface TokenExchangeSettings {
  readonly subjectTokens: SubjectTokenPolicy;
  /** Values of `aud` that mean the client, beside its id. */
  readonly ownAudiences: readonly string[];
  /** Audiences that the tokens it gets may have, beside those of all its tokens; null for any that the profile allows. */
  readonly audiences: readonly string[] | null;
}

/** Of a client that says nothing of it. */
export const DEFAULT_TOKEN_EXCHANGE: TokenExchangeSettings = { subjectTokens: 'audience', ownAudiences: [], audiences: null };

/** Another service whose JWTs may be exchanged for tokens of this one, or are assertions here. RFC 8693 section 2.1, RFC 7523 section 3. */
export interface TrustedIssuer {
  /** Value of `iss`, exactly. */
  readonly issuer: string;
  /** Its public keys. RFC 7517. */
  readonly jwks: { readonly keys: readonly Readonly<Record<string, unknown>>[] } | null;
  /** Where it publishes them instead; an HTTP client of the profile must be allowed to go there. */
  readonly jwksUri: string | null;
  /** A token that is exchanged must be for one of these: else every token that it issues for anybody could be exchanged. */
  readonly audiences: readonly string[];
  /** Signature algorithms that are taken. */
  readonly algorithms: readonly string[];
  /** Stands before the `sub` of its tokens here, so that its people are taken for nobody else; null for its issuer and `|`. */
  readonly subjectPrefix: string | null;
}
