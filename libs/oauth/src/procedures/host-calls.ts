/**
 * The wire between the guest prelude and the executor: what `guest.call` asks, what `guest.effect` records and what the
 * context text holds. Both sides read this file; texts are joined by a line feed because JSON text holds none.
 *
 * Host calls (kind: args -> answer)
 *   issue:   `<issuer id>\n<delegation id or empty>\n<data as JSON>` -> the token's text, for issuers that sign
 *            (JWT, wrapped opaque). Errors carry the code `fault`: a ceiling was passed.
 *   section: `<name>` -> JSON text of a member of the context that was not sent along (see CONTEXT_SECTIONS)
 *   mint:    `<kind>` -> one more value of the kind (made by the sandbox's guest runtime, not by the prelude)
 *   delegation: `<delegation id>` -> JSON of its `DelegationView`, or `null` - `delegationIssuer.getById`
 *   initialize: `{"subjectAttributes":{}|null,"contextAttributes":{}|null,"audiences":[]|null,"scopes":[]|null}`, null for the
 *            default -> JSON of an `InitializedExchange` - `getInitializedContext`, RFC 8693. Errors carry `invalid_scope` or
 *            `invalid_target`, with which the procedure refuses its caller unless it catches them, or `fault`.
 *   http:       JSON of `HttpArguments` -> JSON `{"statusCode":200,"headers":{},"body":""}` - `getWebServiceClient`
 *   verify-jwt: JSON of `VerifyArguments` -> the payload as JSON - `jwt.verify`
 *   cache-get:  `<key>` -> `{"kept":<value>}`, or `null` - `cache.get`
 *   cache-set:  `[<key>,<seconds>]\n{"kept":<value>}` -> `null` - `cache.set`
 *   secret:     `<name>` -> its text - `secrets.get`
 *   bucket-get: `[<bucket id>,<subject>,<purpose>]` -> the attributes as JSON, or `null` - `getBucket(id).getAttributes`
 *             Errors of these carry the code `fault` where a setting is in the way, else one of `HostServiceErrorCode`.
 *
 * Effects (kind: payload), in the order in which the procedure caused them
 *   delegation:        `<minted index>\n<data as JSON>` - `delegationIssuer.issue`; the id is the minted value
 *   token:             `<issuer id>\n<delegation id>\n<minted index>\n<data as JSON>` - an opaque access token; its text is the minted value
 *   refresh-token:     the same of a refresh token
 *   nonce:             the same of a one-time token; the delegation id may be empty
 *   revoke-delegation: `<delegation id>`
 *   header:            `<name>\n<value>` - `response.setHeader`
 *   bucket-store:      `[<bucket id>,<subject>,<purpose>]\n<attributes as JSON>` - `storeAttributes`
 *   bucket-clear:      `[<bucket id>,<subject>,<purpose>]` - `clearBucket`
 *   client-property:   `<name>\n{"value":<JSON>}` - `setClientProperty`
 *   metadata-removal:  `<name>` - `removeMetadata`
 *
 * Minted kinds
 *   delegation, access_token, refresh_token, authorization_code, device_code, nonce, uuid (opaque token kinds are token purposes)
 *
 * Rejection payload: JSON `{"status":400,"code":"invalid_request","description":"..."}` with a null code for the status's default.
 */
export const HOST_CALLS = [
  ...(['issue', 'section', 'mint', 'delegation', 'initialize'] as const),
  ...(['http', 'verify-jwt', 'cache-get', 'cache-set', 'secret', 'bucket-get'] as const),
] as const;

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
  /** Of an id token issuer: the hash that its algorithm has, for `at_hash` and its like; `sha-256` where it is left out. */
  readonly hash?: 'sha-256' | 'sha-512';
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
    /** What the issuers of other kinds of tokens mint; null or left out where the flow has none. */
    readonly refresh?: IssuerView | null;
    readonly idToken?: IssuerView | null;
    readonly authorizationCode?: IssuerView | null;
    readonly deviceCode?: IssuerView | null;
    /** For `getNonceTokenIssuer(id)`; left out where the flow has none. */
    readonly nonces?: readonly IssuerView[];
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
  /** Introspection, refresh, userinfo, the older exchange. */
  readonly presentedToken?: PresentedTokenView;
  /** What was redeemed: an authorization code, a device code, an authentication request. */
  readonly presentedNonce?: PresentedNonceView;
  /** The token exchange of RFC 8693. */
  readonly exchange?: TokenExchangeView;
  /** Authorize: the client's `state`, the value of `iss`, and with OpenID the `session_state`. */
  readonly providedState?: string | null;
  readonly issuer?: string | null;
  readonly sessionState?: string | null;
  /** Userinfo: attributes of the account, an empty object when there are none. */
  readonly accountAttributes?: Record<string, unknown>;
  /** Backchannel authentication: what a person is to be asked. OpenID Connect CIBA section 7.1. */
  readonly authenticationRequest?: AuthenticationRequestView;
  /** Revocation: what was revoked; every member null when the token was unknown. */
  readonly revocation?: RevocationView;
  /** Client registration: what is registered or changed. */
  readonly registration?: RegistrationView;
}

/** A registration, or its update, for a procedure before or after it is judged. RFC 7591, RFC 7592. */
export interface RegistrationView {
  readonly operation: 'register' | 'update';
  /** Id of the registration template. */
  readonly template: string;
  /** By what right, as administrators see it. */
  readonly registeredBy: string;
  /** Before: as it was sent, with what a software statement says in its place. After: as it is registered. */
  readonly metadata: Record<string, unknown>;
  /** Its claims; null where there is none. */
  readonly softwareStatement: Record<string, unknown> | null;
}

/** What a client wants a person to be asked, and by what the answer is told. OpenID Connect CIBA section 7.1. */
export interface AuthenticationRequestView {
  /** By which the request is decided. */
  readonly id: string;
  /** URL of the page where the person decides; null where the profile has no pages. */
  readonly page: string | null;
  readonly bindingMessage: string | null;
  readonly acrValues: readonly string[];
  /** Seconds that there are to decide. */
  readonly lifetime: number;
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
  /** For the service alone: APIs that its tokens may be for. RFC 8707. */
  readonly resources?: readonly string[];
  /** For the service alone: claims that userinfo tells beside those of the scopes. OpenID Connect Core section 5.5. */
  readonly userinfoClaims?: Readonly<Record<string, { readonly value?: unknown; readonly values?: readonly unknown[] }>>;
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

/** A one-time token that was redeemed. */
export interface PresentedNonceView {
  /** With the claims that the procedure which issued it added. */
  readonly data: Record<string, unknown>;
}

/** What a token exchange presents and asks for. RFC 8693 section 2.1. */
export interface TokenExchangeView {
  /** Claims of the subject token; null when it is neither of this service nor of an issuer that the profile trusts. */
  readonly subjectToken: Record<string, unknown> | null;
  readonly subjectTokenDelegation: DelegationView | null;
  readonly subjectTokenType: string;
  /** The text as presented. */
  readonly subjectTokenValue: string;
  /** Claims of the actor token; null when there is none, and likewise. */
  readonly actorToken: Record<string, unknown> | null;
  readonly actorTokenDelegation: DelegationView | null;
  readonly actorTokenType: string | null;
  readonly requestedScopes: readonly string[];
  /** Values of `audience` and `resource`. */
  readonly requestedAudiences: readonly string[];
  readonly requestedTokenType: string | null;
}

/** Everything that depends on what the first phase of a token exchange decided. */
export type InitializedExchange = Required<
  Pick<ContextText, 'scopeNames' | 'delegation' | 'subjectAttributes' | 'contextAttributes' | 'defaults' | 'issuers'>
>;
