/**
 * What `result(context)` gets, by flow. Every member `x` can also be read as `getX()`, booleans as `isX()`.
 * Contexts, clients, requests, tokens and delegations cannot be written.
 */

/** Adds the method of every member: `getClientId()` for `clientId`. */
type WithGetters<T> = T & { readonly [K in keyof T & string as `get${Capitalize<K>}`]: () => T[K] };

/** The body of an answer while it is put together. Null members are dropped. */
type ResponseMembers = { [name: string]: any };

/** The calling client. */
type Client = WithGetters<{
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Free keys and values, as operators wrote them: compare with `'true'`. */
  readonly properties: Readonly<JavaMap>;
  readonly audiences: JavaReadonlySet<string>;
  /** Joined by spaces. */
  readonly audiencesAsString: string;
  /** Seconds. */
  readonly accessTokenTimeToLive: number;
  readonly idTokenTimeToLive: number | null;
  readonly delegationTimeToLive: number | null;
  readonly scopes: JavaReadonlySet<string>;
  readonly capabilities: JavaReadonlySet<string>;
}>;

/** The request, without secrets: credentials, `Authorization` and `Cookie` read as null. */
type ProcedureRequest = WithGetters<{
  readonly method: string;
  readonly path: string;
  readonly url: string;
  readonly scheme: string;
  readonly clientIpAddress: string | null;
  readonly clientCertificate: string | null;
  readonly acceptableMediaTypes: JavaReadonlyList<string>;
  readonly bodyAsString: string | null;
  /** Null when the body is not JSON. */
  readonly parsedBodyAsJson: any;
  readonly formParameterNames: JavaReadonlySet<string>;
  readonly queryParameterNames: JavaReadonlySet<string>;
}> & {
  /** The first value, or null. */
  getFormParameter(name: string): string | null;
  getFormParameters(name: string): JavaList<string>;
  getQueryParameter(name: string): string | null;
  getQueryParameters(name: string): JavaList<string>;
  getHeader(name: string): string | null;
};

interface ProcedureResponse {
  /** A header of your own, with a name that starts with `X-`. */
  setHeader(name: string, value: string | number | boolean): void;
  /** The status, 400 to 599, of the errors that `exceptionFactory` makes from now on. */
  setStatus(status: number): void;
}

/** The authorization that tokens hang from. */
type Delegation = WithGetters<{
  readonly id: string;
  readonly clientId: string;
  readonly owner: string;
  /** Separated by spaces. */
  readonly scope: string;
  /** As default data has them: what the client asked for by the parameter `claims`, in `id_token` and `userinfo`. */
  readonly claims: Readonly<JavaMap>;
  readonly customClaimValues: Readonly<JavaMap>;
  readonly data: Readonly<JavaMap>;
  readonly consent: Readonly<JavaMap> | null;
  readonly clientCertificate: string | null;
  readonly authenticationAttributes: Readonly<JavaMap> | null;
}>;

interface TokenIssuer {
  /**
   * Copies the data, fills in what is missing, and gives the token's text; null when the issuer is disabled.
   * @param delegation the context's, or one that `delegationIssuer.issue` gave
   */
  issue(data: object, delegation?: Delegation | null): string | null;
}

/** Also makes the hashes that bind an id token to what is issued with it. OpenID Connect Core section 3.1.3.6. */
interface IdTokenIssuer extends TokenIssuer {
  /** By the id token's algorithm; null for null. */
  atHash(accessToken: string | null): string | null;
  cHash(code: string | null): string | null;
  sHash(state: string | null): string | null;
}

interface DelegationIssuer {
  issue(data: object | null): Delegation;
  /** One of the profile, and of the calling client unless it may see others'; null when there is none. */
  getById(id: string): Delegation | null;
  /** Ends a delegation and its tokens, when the procedure succeeds. */
  revoke(delegationOrId: Delegation | string): boolean;
}

/** The token that the caller asks about. */
type PresentedToken = WithGetters<{
  readonly active: boolean;
  /** The token's data, empty when inactive: yours to change and to pass on. */
  readonly data: JavaMap;
  /** The context's delegation. */
  readonly delegation: Delegation | null;
  /** `bearer` or `DPoP`. */
  readonly type: string;
  readonly value: string | null;
  readonly subject: string | null;
  /** Seconds since 1970, like the other times. */
  readonly expiresAt: number | null;
  readonly issuedAt: number | null;
  readonly notBefore: number | null;
  readonly expiredScopes: JavaReadonlySet<string>;
  readonly tokenClaimNames: JavaReadonlySet<string>;
}> & { isActive(): boolean };

/** What was redeemed: an authorization code, a device code, an authentication request. */
type PresentedNonce = WithGetters<{
  /** With the claims that the procedure which issued it has added: yours to change. */
  readonly data: JavaMap;
  /** The context's delegation. */
  readonly delegation: Delegation | null;
}>;

/** Claims of a token in an exchange: the map itself, and under `data` the same. */
type PresentedClaims = JavaMap & { data: JavaMap; getData(): JavaMap };

/** What contexts of all flows can ask for. */
interface ContextServices {
  /** The HTTP client of an id, without one the profile's only; the URI may be left out where the client allows one host. */
  getWebServiceClient(id?: string | null, uri?: string | null): WebServiceClient;
  getBucket(id: string): Bucket;
}

/** What every flow that can issue tokens has. Default data is a fresh copy at each reading, null where the flow has none. */
type TokenProcedureContext = WithGetters<{
  /** The calling client, with the properties that operators gave it. */
  readonly client: Client;
  /** The request, without its secrets. */
  readonly request: ProcedureRequest;
  /** What goes beside the body: headers, and the status of errors. */
  readonly response: ProcedureResponse;
  /** Granted scopes. */
  readonly scopeNames: JavaReadonlySet<string>;
  /** What a refresh token has by default. */
  readonly defaultRefreshTokenData: JavaMap | null;
  /** What an id token has by default. */
  readonly defaultIdTokenData: JavaMap | null;
  /** What a delegation has by default: pass it, changed or not, to `delegationIssuer.issue`. */
  readonly defaultDelegationData: JavaMap | null;
  /** What an authorization code has by default. */
  readonly defaultAuthorizationCodeData: JavaMap | null;
  /** What a device code has by default. */
  readonly defaultDeviceCodeData: JavaMap | null;
  /** The body of the answer by default. */
  readonly defaultResponseData: JavaMap | null;
  /** The JWT access token issuer; null when the profile has none. */
  readonly defaultAccessTokenJwtIssuer: TokenIssuer | null;
  /** Makes, finds and ends delegations, which tokens hang from. */
  readonly delegationIssuer: DelegationIssuer;
  /** These are null where the flow, the profile or the client has none. */
  readonly refreshTokenIssuer: TokenIssuer | null;
  readonly idTokenIssuer: IdTokenIssuer | null;
  readonly authorizationCodeIssuer: TokenIssuer | null;
  readonly deviceCodeNonceIssuer: TokenIssuer | null;
}> &
  ContextServices & {
    /** The default issuer of access tokens. */
    readonly accessTokenIssuer: TokenIssuer | null;
    /** The default issuer, or the one of an id; null when the profile has no such issuer. */
    getAccessTokenIssuer(id?: string): TokenIssuer | null;
    /** What an access token has by default: pass it, changed or not, to `accessTokenIssuer.issue`. */
    readonly defaultAccessTokenData: JavaMap | null;
    getDefaultAccessTokenData(delegation?: Delegation | null): JavaMap | null;
    subjectAttributes(): JavaMap;
    contextAttributes(): JavaMap;
    /** Issues one-time tokens; null when the profile has no such issuer. */
    getNonceTokenIssuer(id: string): TokenIssuer | null;
  };

/**
 * Flows `oauth-introspect`, `oauth-introspect-application-jwt`, `oauth-token-validation`, and `oauth-forward-auth`, whose `request` is
 * the one that the gateway asks about.
 */
type IntrospectionTokenProcedureContext = TokenProcedureContext &
  WithGetters<{
    /** The token that the caller asks about, or presents. */
    readonly presentedToken: PresentedToken;
    /** Null when the token is inactive. */
    readonly delegation: Delegation | null;
  }>;

/** Flow `oauth-token-client-credentials`. */
type ClientCredentialsTokenProcedureContext = TokenProcedureContext;

/** Flow `oauth-token-authorization-code`, without `openid` among the scopes. */
type AuthorizationCodeTokenProcedureContext = WithGetters<{
  /** What is redeemed: an authorization code, a device code, an authentication request. */
  readonly presentedNonce: PresentedNonce;
  /** Null: the procedure makes it. */
  readonly delegation: Delegation | null;
  readonly defaultRefreshTokenData: JavaMap;
  readonly refreshTokenIssuer: TokenIssuer;
}> &
  TokenProcedureContext;

/** The same flow with `openid`: there are an id token's data and issuer. */
type OpenIdConnectAuthorizationCodeTokenProcedureContext = AuthorizationCodeTokenProcedureContext;

/** Flow `oauth-token-refresh`. */
type RefreshTokenProcedureContext = WithGetters<{
  /** Its `value` is null when a new refresh token must be issued. */
  readonly presentedToken: PresentedToken;
  readonly delegation: Delegation;
  readonly defaultRefreshTokenData: JavaMap;
  readonly refreshTokenIssuer: TokenIssuer;
}> &
  TokenProcedureContext;

/** Flow `oauth-token-resource-owner-password-credentials`. */
type RopcTokenProcedureContext = WithGetters<{ readonly defaultRefreshTokenData: JavaMap; readonly refreshTokenIssuer: TokenIssuer }> &
  TokenProcedureContext;

/** Flow `oauth-token-assertion`. */
type AssertionTokenProcedureContext = WithGetters<{ readonly defaultRefreshTokenData: JavaMap; readonly refreshTokenIssuer: TokenIssuer }> &
  TokenProcedureContext;

/** Flow `oauth-token-device-code`, with `openid` among the scopes or without. */
type DeviceCodeTokenProcedureContext = WithGetters<{
  /** With the claims that the device authorization procedure has added. */
  readonly presentedNonce: PresentedNonce;
  /** Null: the procedure makes it. */
  readonly delegation: Delegation | null;
  readonly defaultRefreshTokenData: JavaMap;
  readonly refreshTokenIssuer: TokenIssuer;
}> &
  TokenProcedureContext;

/** Flow `oauth-token-backchannel-authentication`. */
type BackchannelAuthenticationTokenProcedureContext = WithGetters<{
  /** What is redeemed: an authorization code, a device code, an authentication request. */
  readonly presentedNonce: PresentedNonce;
  /** Null: the procedure makes it. */
  readonly delegation: Delegation | null;
  readonly defaultRefreshTokenData: JavaMap;
  readonly refreshTokenIssuer: TokenIssuer;
}> &
  TokenProcedureContext;

/** Flow `oauth-token-token-exchange`, the exchange from before RFC 8693. */
type TokenExchangeProcedureContext = TokenProcedureContext &
  WithGetters<{ readonly presentedToken: PresentedToken; readonly delegation: Delegation | null }>;

/** What an exchange presents and asks for. RFC 8693 section 2.1. */
type ExchangeMembers = WithGetters<{
  /** Its claims; null when neither this service has issued it nor an issuer that the profile trusts. */
  readonly presentedSubjectToken: PresentedClaims | null;
  /** Null for a token of another issuer. */
  readonly presentedSubjectTokenDelegation: Delegation | null;
  readonly presentedActorTokenDelegation: Delegation | null;
  readonly requestedScopes: JavaReadonlySet<string>;
  /** Values of `audience` and `resource`. */
  readonly requestedAudiences: JavaReadonlySet<string>;
  readonly requestedTokenType: string | null;
  readonly subjectTokenType: string;
  /** As presented. */
  readonly subjectTokenValue: string;
  readonly actorTokenType: string | null;
}> & {
  /** Claims of the actor token, which has been validated; null when there is none, or none that this service or its profile vouches for. */
  getPresentedActorToken(strategy?: string | null): PresentedClaims | null;
};

/** Flow `oauth-token-oauth-token-exchange`, what `result` gets: nothing can be issued before it is known for whom. */
type OAuthTokenExchangeUnInitializedProcedureContext = ExchangeMembers &
  ContextServices &
  WithGetters<{ readonly client: Client; readonly request: ProcedureRequest; readonly response: ProcedureResponse }> & {
    subjectAttributes(): JavaMap;
    contextAttributes(): JavaMap;
    /**
     * The full context; may be asked for once. Null stands for the default, text for a subject alone, for one audience or for
     * scopes separated by spaces; an empty collection of scopes stands for none. Throws `invalid_target` or `invalid_scope`,
     * which the client gets unless it is caught, for what is not allowed.
     */
    getInitializedContext(
      subjectAttributes?: object | string | null,
      contextAttributes?: object | null,
      audiences?: Collection,
      scopes?: Collection,
    ): OAuthTokenExchangeProcedureContext;
  };

/** The same flow after `getInitializedContext`. */
type OAuthTokenExchangeProcedureContext = TokenProcedureContext & ExchangeMembers & WithGetters<{ readonly delegation: Delegation | null }>;

/** Flow `oauth-authorize-authorization-code`. */
type AuthorizeTokenProcedureContext = WithGetters<{
  /** `state` of the request. */
  readonly providedState: string | null;
  /** For the member `iss` of the answer. RFC 9207. */
  readonly issuer: string | null;
  readonly defaultAuthorizationCodeData: JavaMap;
  readonly authorizationCodeIssuer: TokenIssuer;
}> &
  TokenProcedureContext;

/** The same with `openid`, and flows `oauth-authorize-implicit` and `openid-authorize-hybrid`. Data that the response type does not ask for is null. */
type OpenIdConnectAuthorizeTokenProcedureContext = AuthorizeTokenProcedureContext & WithGetters<{ readonly sessionState: string | null }>;

/** Flow `oauth-device-authorization`: a device code is issued, and no token. Nobody has decided yet, so there is no subject. */
type DeviceAuthorizationTokenProcedureContext = WithGetters<{
  readonly defaultDeviceCodeData: JavaMap;
  readonly deviceCodeNonceIssuer: TokenIssuer;
}> &
  TokenProcedureContext;

/** Flow `oauth-backchannel-authentication`: a person is to be asked. Has whoever asks them told; nothing is issued here. */
type BackchannelAuthenticationRequestProcedureContext = TokenProcedureContext &
  WithGetters<{
    /** By which the request is decided: for who tells the person's decision, and never for anybody else. */
    readonly requestId: string;
    /** URL of the page where the person decides; null when the profile has no pages. */
    readonly requestPage: string | null;
    /** Seconds that there are to decide. */
    readonly requestLifetime: number;
    /** What both devices show; null for nothing. */
    readonly bindingMessage: string | null;
    /** `acr_values` of the request, in the order of preference. */
    readonly acrValues: JavaReadonlyList<string>;
    /** Of the account of the person. */
    readonly accountAttributes: JavaMap;
  }>;

/** Flow `openid-userinfo`. */
type OpenIdConnectUserinfoTokenProcedureContext = TokenProcedureContext &
  WithGetters<{
    /** The token that the caller asks about, or presents. */
    readonly presentedToken: PresentedToken;
    readonly delegation: Delegation | null;
    /** Of the account; empty when there are none. */
    readonly accountAttributes: JavaMap;
  }>;

/** Flow `oauth-revoke`: observes only. Members of the token are null when it was unknown. */
type RevocationProcedureContext = ContextServices &
  WithGetters<{
    /** The calling client, with the properties that operators gave it. */
    readonly client: Client;
    /** The request, without its secrets. */
    readonly request: ProcedureRequest;
    /** `token_type_hint` as sent. */
    readonly tokenTypeHint: string | null;
    readonly revokedTokenClientId: string | null;
    /** `access_token` or `refresh_token`. */
    readonly revokedTokenPurpose: string | null;
    readonly revokedTokenSubject: string | null;
    readonly revokedDelegationId: string | null;
  }>;

/** What contexts of client registration have in common. */
type RegistrationMembers = ContextServices &
  WithGetters<{
    /** The request, without its secrets. */
    readonly request: ProcedureRequest;
    /** What goes beside the body: headers, and the status of errors. */
    readonly response: ProcedureResponse;
    readonly operation: 'register' | 'update';
    /** Id of the registration template. */
    readonly template: string;
    /** By what right: `initial-access-token ID`, `access-token CLIENT`, `software-statement ISSUER` or `anyone`. */
    readonly registeredBy: string;
    /** Claims of the software statement, which has been verified; null where there is none. */
    readonly softwareStatement: JavaMap | null;
  }> & {
    /** A property of the client for other procedures, a JSON value. */
    setClientProperty(name: string, value: any): void;
  };

/**
 * Flow `oauth-dynamic-client-registration-pre-processing`: what `result` returns takes the place of members that were sent, or is added
 * to them, and is then judged as if it had been sent.
 */
type DcrPreProcessingProcedureContext = RegistrationMembers &
  WithGetters<{
    /** Of an update the client as it is; of a registration whose access token it was, or null. */
    readonly client: Client | null;
    /** As it was sent, with what a software statement says in its place. */
    readonly metadata: JavaMap;
  }> & {
    /** As if the member had not been sent. */
    removeMetadata(name: string): void;
  };

/** Flow `oauth-dynamic-client-registration-post-processing`: what `result` returns beyond what is registered is added to the answer. */
type DcrPostProcessingProcedureContext = RegistrationMembers &
  WithGetters<{
    /** The client as it is about to be. */
    readonly client: Client;
    /** What is registered; never the secret, and never the registration access token. */
    readonly responseFields: JavaMap;
  }>;

/** The names under which scripts written for other servers know the same types. */
declare namespace se.curity.identityserver.procedures.context {
  type IntrospectionTokenProcedureContext = globalThis.IntrospectionTokenProcedureContext;
  type ClientCredentialsTokenProcedureContext = globalThis.ClientCredentialsTokenProcedureContext;
  type AuthorizationCodeTokenProcedureContext = globalThis.AuthorizationCodeTokenProcedureContext;
  type OpenIdConnectAuthorizationCodeTokenProcedureContext = globalThis.OpenIdConnectAuthorizationCodeTokenProcedureContext;
  type RefreshTokenProcedureContext = globalThis.RefreshTokenProcedureContext;
  type RopcTokenProcedureContext = globalThis.RopcTokenProcedureContext;
  type AssertionTokenProcedureContext = globalThis.AssertionTokenProcedureContext;
  type DeviceCodeTokenProcedureContext = globalThis.DeviceCodeTokenProcedureContext;
  type BackchannelAuthenticationTokenProcedureContext = globalThis.BackchannelAuthenticationTokenProcedureContext;
  type BackchannelAuthenticationRequestProcedureContext = globalThis.BackchannelAuthenticationRequestProcedureContext;
  type TokenExchangeProcedureContext = globalThis.TokenExchangeProcedureContext;
  type OAuthTokenExchangeUnInitializedProcedureContext = globalThis.OAuthTokenExchangeUnInitializedProcedureContext;
  type OAuthTokenExchangeProcedureContext = globalThis.OAuthTokenExchangeProcedureContext;
  type AuthorizeTokenProcedureContext = globalThis.AuthorizeTokenProcedureContext;
  type OpenIdConnectAuthorizeTokenProcedureContext = globalThis.OpenIdConnectAuthorizeTokenProcedureContext;
  type DeviceAuthorizationTokenProcedureContext = globalThis.DeviceAuthorizationTokenProcedureContext;
  type OpenIdConnectUserinfoTokenProcedureContext = globalThis.OpenIdConnectUserinfoTokenProcedureContext;
  type DcrPreProcessingProcedureContext = globalThis.DcrPreProcessingProcedureContext;
  type DcrPostProcessingProcedureContext = globalThis.DcrPostProcessingProcedureContext;
  type RevocationProcedureContext = globalThis.RevocationProcedureContext;
}
