import type { EndpointKind } from '../configuration/entities.ts';

/** A kind of endpoint and a situation to which a procedure is bound. The id names folder, type, test and label alike. */
export interface Flow {
  readonly id: FlowId;
  readonly endpoint: EndpointKind;
  /** The situation in words, for people choosing a flow. */
  readonly title: string;
  /** The type of `context` in `procedures/types`. */
  readonly contextType: string;
  /** Where the situation is defined. */
  readonly source: string;
}

export type FlowId =
  | 'oauth-introspect'
  | 'oauth-introspect-application-jwt'
  | 'oauth-forward-auth'
  | 'oauth-token-validation'
  | 'oauth-token-client-credentials'
  | 'oauth-token-authorization-code'
  | 'oauth-token-device-code'
  | 'oauth-token-refresh'
  | 'oauth-token-assertion'
  | 'oauth-token-resource-owner-password-credentials'
  | 'oauth-token-backchannel-authentication'
  | 'oauth-token-oauth-token-exchange'
  | 'oauth-token-token-exchange'
  | 'oauth-authorize-authorization-code'
  | 'oauth-authorize-implicit'
  | 'openid-authorize-hybrid'
  | 'oauth-backchannel-authentication'
  | 'oauth-device-authorization'
  | 'openid-userinfo'
  | 'oauth-revoke'
  | 'oauth-dynamic-client-registration-pre-processing'
  | 'oauth-dynamic-client-registration-post-processing';

export const FLOWS: readonly Flow[] = [
  {
    id: 'oauth-introspect',
    endpoint: 'oauth-introspect',
    title: 'Introspection as JSON',
    contextType: 'IntrospectionTokenProcedureContext',
    source: 'RFC 7662; RFC 9701 wraps the same answer',
  },
  {
    id: 'oauth-introspect-application-jwt',
    endpoint: 'oauth-introspect',
    title: 'Introspection as a bare JWT (Accept: application/jwt)',
    contextType: 'IntrospectionTokenProcedureContext',
    source: 'the phantom token pattern',
  },
  {
    id: 'oauth-forward-auth',
    endpoint: 'oauth-forward-auth',
    title: 'A gateway asks whether a request may pass',
    contextType: 'IntrospectionTokenProcedureContext',
    source: 'the phantom token pattern; RFC 6750, RFC 9449 for the request that is asked about',
  },
  {
    id: 'oauth-token-validation',
    endpoint: 'oauth-token-validation',
    title: 'Access token validation for APIs of IdentityServer3, without authentication',
    contextType: 'IntrospectionTokenProcedureContext',
    source: 'the access token validation endpoint of IdentityServer3',
  },
  {
    id: 'oauth-token-client-credentials',
    endpoint: 'oauth-token',
    title: 'Client credentials grant',
    contextType: 'ClientCredentialsTokenProcedureContext',
    source: 'RFC 6749 section 4.4',
  },
  {
    id: 'oauth-token-authorization-code',
    endpoint: 'oauth-token',
    title: 'Authorization code grant',
    contextType: 'OpenIdConnectAuthorizationCodeTokenProcedureContext',
    source: 'RFC 6749 section 4.1.3, OpenID Connect Core section 3.1.3',
  },
  {
    id: 'oauth-token-device-code',
    endpoint: 'oauth-token',
    title: 'Device code grant: a person has allowed a device',
    contextType: 'DeviceCodeTokenProcedureContext',
    source: 'RFC 8628 section 3.4',
  },
  {
    id: 'oauth-token-refresh',
    endpoint: 'oauth-token',
    title: 'Refresh token grant',
    contextType: 'RefreshTokenProcedureContext',
    source: 'RFC 6749 section 6',
  },
  {
    id: 'oauth-token-assertion',
    endpoint: 'oauth-token',
    title: 'JWT bearer grant: another service says for whom',
    contextType: 'AssertionTokenProcedureContext',
    source: 'RFC 7523 section 2.1',
  },
  {
    id: 'oauth-token-resource-owner-password-credentials',
    endpoint: 'oauth-token',
    title: 'Password grant, which is obsolete',
    contextType: 'RopcTokenProcedureContext',
    source: 'RFC 6749 section 4.3, RFC 9700 section 2.4',
  },
  {
    id: 'oauth-token-backchannel-authentication',
    endpoint: 'oauth-token',
    title: 'CIBA grant: a person has said yes on another device',
    contextType: 'BackchannelAuthenticationTokenProcedureContext',
    source: 'OpenID Connect CIBA section 10.1',
  },
  {
    id: 'oauth-token-oauth-token-exchange',
    endpoint: 'oauth-token',
    title: 'Token exchange: a token for somebody who acts for the subject of another',
    contextType: 'OAuthTokenExchangeUnInitializedProcedureContext',
    source: 'RFC 8693',
  },
  {
    id: 'oauth-token-token-exchange',
    endpoint: 'oauth-token',
    title: 'The exchange of access tokens from before RFC 8693',
    contextType: 'TokenExchangeProcedureContext',
    source: 'the grant https://curity.se/grant/accesstoken of the Curity Identity Server',
  },
  {
    id: 'oauth-authorize-authorization-code',
    endpoint: 'oauth-authorize',
    title: 'A person is sent back to the client with a code',
    contextType: 'OpenIdConnectAuthorizeTokenProcedureContext',
    source: 'RFC 6749 section 4.1.2, OpenID Connect Core section 3.1.2',
  },
  {
    id: 'oauth-authorize-implicit',
    endpoint: 'oauth-authorize',
    title: 'A person is sent back to the client with tokens, which is obsolete',
    contextType: 'OpenIdConnectAuthorizeTokenProcedureContext',
    source: 'RFC 6749 section 4.2, OpenID Connect Core section 3.2, RFC 9700 section 2.1.2',
  },
  {
    id: 'openid-authorize-hybrid',
    endpoint: 'oauth-authorize',
    title: 'A person is sent back to the client with a code and tokens, which is obsolete',
    contextType: 'OpenIdConnectAuthorizeTokenProcedureContext',
    source: 'OpenID Connect Core section 3.3, RFC 9700 section 2.1.2',
  },
  {
    id: 'oauth-backchannel-authentication',
    endpoint: 'oauth-backchannel-authentication',
    title: 'A person is to be asked on another device: tells whoever asks them',
    contextType: 'BackchannelAuthenticationRequestProcedureContext',
    source: 'OpenID Connect CIBA section 7',
  },
  {
    id: 'oauth-device-authorization',
    endpoint: 'oauth-device-authorization',
    title: 'A device without a browser gets a code to poll with',
    contextType: 'DeviceAuthorizationTokenProcedureContext',
    source: 'RFC 8628 section 3.1',
  },
  {
    id: 'openid-userinfo',
    endpoint: 'oauth-userinfo',
    title: 'A client asks about the person whose token it has',
    contextType: 'OpenIdConnectUserinfoTokenProcedureContext',
    source: 'OpenID Connect Core section 5.3',
  },
  {
    id: 'oauth-revoke',
    endpoint: 'oauth-revoke',
    title: 'After a revocation (observes only)',
    contextType: 'RevocationProcedureContext',
    source: 'RFC 7009',
  },
  {
    id: 'oauth-dynamic-client-registration-pre-processing',
    endpoint: 'oauth-dynamic-client-registration',
    title: 'Before a client is registered or changed: what it asks for',
    contextType: 'DcrPreProcessingProcedureContext',
    source: 'RFC 7591 section 3.1, RFC 7592 section 2.2',
  },
  {
    id: 'oauth-dynamic-client-registration-post-processing',
    endpoint: 'oauth-dynamic-client-registration',
    title: 'When it is known what is registered: its properties and the answer',
    contextType: 'DcrPostProcessingProcedureContext',
    source: 'RFC 7591 section 3.2.1, RFC 7592 section 3',
  },
];

const byId = new Map<string, Flow>(FLOWS.map((flow) => [flow.id, flow]));

export function findFlow(id: string): Flow | undefined {
  return byId.get(id);
}

export function flowsOf(kind: EndpointKind): readonly Flow[] {
  return FLOWS.filter((flow) => flow.endpoint === kind);
}
