/**
 * The wire between the guest prelude and the executor: what `guest.call` asks, what `guest.effect` records and what the
 * context text holds. Both sides read this file; texts are joined by a line feed because JSON text holds none.
 *
 * Host calls (kind: args -> answer)
 *   issue:   `<issuer id>\n<delegation id or empty>\n<data as JSON>` -> the token's text, for issuers that sign
 *            (JWT, wrapped opaque). Errors carry the code `fault`: a ceiling was passed.
 *   section: `<name>` -> JSON text of a member of the context that was not sent along (see CONTEXT_SECTIONS)
 *   mint:    `<kind>` -> one more value of the kind (made by the sandbox's guest runtime, not by the prelude)
 *
 * Effects (kind: payload), in the order in which the procedure caused them
 *   delegation:        `<minted index>\n<data as JSON>` - `delegationIssuer.issue`; the id is the minted value
 *   token:             `<issuer id>\n<delegation id>\n<minted index>\n<data as JSON>` - an opaque token; its text is the minted value
 *   revoke-delegation: `<delegation id>`
 *   header:            `<name>\n<value>` - `response.setHeader`
 *
 * Minted kinds
 *   delegation, access_token, refresh_token, uuid (opaque token kinds are token purposes)
 *
 * Rejection payload: JSON `{"status":400,"code":"invalid_request","description":"..."}` with a null code for the status's default.
 */
export const HOST_CALLS = ['issue', 'section', 'mint'] as const;

/**
 * Members of the context text that the host may leave out. When a procedure reads one that was not sent, the prelude
 * fetches it by a `section` call, and from then on the host sends it along to that version.
 */
export const CONTEXT_SECTIONS = [
  'issuers',
  'client',
  'request',
  'delegation',
  'profile',
  'defaults',
  'scopeNames',
  'subjectAttributes',
  'contextAttributes',
] as const;
export type ContextSection = (typeof CONTEXT_SECTIONS)[number];

/** Issuers as the context text describes them. */
export interface IssuerView {
  readonly id: string;
  readonly kind: 'opaque' | 'jwt' | 'wrapped-opaque';
  readonly enabled: boolean;
}

/**
 * The context text of every flow, parsed. Sections may be missing (fetched when read).
 * All names that end in a token context's member are that member; the rest is for the prelude.
 */
export interface ContextText {
  readonly issuers?: {
    /** What `accessTokenIssuer` mints: the client's or profile's access token format decides. */
    readonly access: IssuerView | null;
    /** What `getDefaultAccessTokenJwtIssuer()` answers. */
    readonly jwt: IssuerView | null;
    /** Further issuers for `getAccessTokenIssuer(id)`, by id; the two above included. */
    readonly named?: readonly IssuerView[];
  };
  readonly client?: ClientView;
  readonly request?: RequestView;
  /** Null when there is none (an inactive token). */
  readonly delegation?: DelegationView | null;
  readonly scopeNames?: readonly string[];
  readonly subjectAttributes?: Record<string, unknown>;
  readonly contextAttributes?: Record<string, unknown>;
  /** Default data, per kind: `accessToken`, `refreshToken`, `idToken`, `delegation`, `response`, ...; null where the flow has none. */
  readonly defaults?: Record<string, Record<string, unknown> | null>;
  /** Introspection. */
  readonly presentedToken?: PresentedTokenView;
  /** Revocation: what was revoked; every member null when the token was unknown. */
  readonly revocation?: RevocationView;
}

/** What a revocation ended, for a procedure that observes. RFC 7009 section 2.1. */
export interface RevocationView {
  /** `token_type_hint` as sent. */
  readonly tokenTypeHint: string | null;
  readonly clientId: string | null;
  /** `access_token` or `refresh_token`. */
  readonly purpose: string | null;
  readonly subject: string | null;
  readonly delegationId: string | null;
}

export interface ClientView {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly properties: Record<string, unknown>;
  readonly audiences: readonly string[];
  readonly accessTokenTimeToLive: number;
  readonly idTokenTimeToLive: number | null;
  readonly delegationTimeToLive: number | null;
  readonly scopes: readonly string[];
  readonly capabilities: readonly string[];
}

export interface RequestView {
  readonly method: string;
  readonly path: string;
  readonly url: string;
  readonly scheme: string;
  readonly clientIpAddress: string | null;
  readonly clientCertificate: string | null;
  readonly acceptableMediaTypes: readonly string[];
  /** Names in lower case; `authorization` and `cookie` left out. */
  readonly headers: Record<string, string>;
  /** Every value of each parameter; hidden ones (`client_secret`, `client_assertion`, `password`) left out. */
  readonly form: Record<string, readonly string[]>;
  readonly query: Record<string, readonly string[]>;
  /** Null when it holds a hidden parameter. */
  readonly body: string | null;
}

/** Stored with each delegation and sent with each run, so what is empty is left out. */
export interface DelegationView {
  readonly id: string;
  readonly clientId: string;
  readonly owner: string;
  readonly scope: string;
  readonly claims?: Record<string, unknown>;
  readonly customClaimValues?: Record<string, unknown>;
  readonly data?: Record<string, unknown>;
  readonly consent?: Record<string, unknown> | null;
  readonly clientCertificate?: string | null;
  readonly authenticationAttributes?: Record<string, unknown> | null;
}

export interface PresentedTokenView {
  readonly active: boolean;
  /** `bearer` or `DPoP`. */
  readonly type: string;
  /** The token's text as presented. */
  readonly value: string | null;
  readonly expiredScopes: readonly string[];
  /** Token data; an empty object when inactive. `sub`, `exp`, `iat`, `nbf` feed `subject`, `expiresAt`, `issuedAt`, `notBefore`. */
  readonly data: Record<string, unknown>;
}
