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

interface DelegationIssuer {
  issue(data: object | null): Delegation;
  /** Not available yet: throws. */
  getById(id: string): never;
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

/** What every flow that can issue tokens has. Default data is a fresh copy at each reading, null where the flow has none. */
type TokenProcedureContext = WithGetters<{
  readonly client: Client;
  readonly request: ProcedureRequest;
  readonly response: ProcedureResponse;
  /** Granted scopes. */
  readonly scopeNames: JavaReadonlySet<string>;
  readonly defaultRefreshTokenData: JavaMap | null;
  readonly defaultIdTokenData: JavaMap | null;
  readonly defaultDelegationData: JavaMap | null;
  readonly defaultAuthorizationCodeData: JavaMap | null;
  readonly defaultDeviceCodeData: JavaMap | null;
  readonly defaultResponseData: JavaMap | null;
  /** The JWT access token issuer; null when the profile has none. */
  readonly defaultAccessTokenJwtIssuer: TokenIssuer | null;
  readonly delegationIssuer: DelegationIssuer;
}> & {
  readonly accessTokenIssuer: TokenIssuer | null;
  /** The default issuer, or the one of an id; null when the profile has no such issuer. */
  getAccessTokenIssuer(id?: string): TokenIssuer | null;
  readonly defaultAccessTokenData: JavaMap | null;
  getDefaultAccessTokenData(delegation?: Delegation | null): JavaMap | null;
  subjectAttributes(): JavaMap;
  contextAttributes(): JavaMap;
  /** Not available yet: throw. */
  getNonceTokenIssuer(id: string): never;
  getWebServiceClient(id?: string, uri?: string): never;
  getBucket(id: string): never;
};

/** Flows `oauth-introspect` and `oauth-introspect-application-jwt`. */
type IntrospectionTokenProcedureContext = TokenProcedureContext &
  WithGetters<{
    readonly presentedToken: PresentedToken;
    /** Null when the token is inactive. */
    readonly delegation: Delegation | null;
  }>;

/** Flow `oauth-token-client-credentials`. */
type ClientCredentialsTokenProcedureContext = TokenProcedureContext;

/** Flow `oauth-revoke`: observes only. Members of the token are null when it was unknown. */
type RevocationProcedureContext = WithGetters<{
  readonly client: Client;
  readonly request: ProcedureRequest;
  /** `token_type_hint` as sent. */
  readonly tokenTypeHint: string | null;
  readonly revokedTokenClientId: string | null;
  /** `access_token` or `refresh_token`. */
  readonly revokedTokenPurpose: string | null;
  readonly revokedTokenSubject: string | null;
  readonly revokedDelegationId: string | null;
}>;

/** The names under which scripts written for other servers know the same types. */
declare namespace se.curity.identityserver.procedures.context {
  type IntrospectionTokenProcedureContext = globalThis.IntrospectionTokenProcedureContext;
  type ClientCredentialsTokenProcedureContext = globalThis.ClientCredentialsTokenProcedureContext;
  type RevocationProcedureContext = globalThis.RevocationProcedureContext;
}
