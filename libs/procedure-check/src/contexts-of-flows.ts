/**
 * The context types of each flow, as `procedures/types` declares them. Where a flow has several, the last has all members of
 * the others. Flows that are still to come are here already, so that procedures for them can be written.
 */
const CONTEXTS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  'oauth-introspect': ['IntrospectionTokenProcedureContext'],
  'oauth-introspect-application-jwt': ['IntrospectionTokenProcedureContext'],
  'oauth-forward-auth': ['IntrospectionTokenProcedureContext'],
  'oauth-token-validation': ['IntrospectionTokenProcedureContext'],
  'oauth-token-client-credentials': ['ClientCredentialsTokenProcedureContext'],
  'oauth-token-authorization-code': ['AuthorizationCodeTokenProcedureContext', 'OpenIdConnectAuthorizationCodeTokenProcedureContext'],
  'oauth-token-refresh': ['RefreshTokenProcedureContext'],
  'oauth-token-resource-owner-password-credentials': ['RopcTokenProcedureContext'],
  'oauth-token-assertion': ['AssertionTokenProcedureContext'],
  'oauth-token-device-code': ['DeviceCodeTokenProcedureContext'],
  'oauth-token-backchannel-authentication': ['BackchannelAuthenticationTokenProcedureContext'],
  'oauth-token-oauth-token-exchange': ['OAuthTokenExchangeUnInitializedProcedureContext'],
  'oauth-token-token-exchange': ['TokenExchangeProcedureContext'],
  'oauth-authorize-authorization-code': ['AuthorizeTokenProcedureContext', 'OpenIdConnectAuthorizeTokenProcedureContext'],
  'oauth-authorize-implicit': ['AuthorizeTokenProcedureContext', 'OpenIdConnectAuthorizeTokenProcedureContext'],
  'openid-authorize-hybrid': ['AuthorizeTokenProcedureContext', 'OpenIdConnectAuthorizeTokenProcedureContext'],
  'oauth-device-authorization': ['DeviceAuthorizationTokenProcedureContext'],
  'oauth-backchannel-authentication': ['BackchannelAuthenticationRequestProcedureContext'],
  'openid-userinfo': ['OpenIdConnectUserinfoTokenProcedureContext'],
  'oauth-revoke': ['RevocationProcedureContext'],
  'oauth-dynamic-client-registration-pre-processing': ['DcrPreProcessingProcedureContext'],
  'oauth-dynamic-client-registration-post-processing': ['DcrPostProcessingProcedureContext'],
};

/** Names of the types that `context` may have in a flow; null for a flow that is not known here. */
export function contextsOf(flow: string): readonly [string, ...string[]] | null {
  return Object.hasOwn(CONTEXTS, flow) ? (CONTEXTS[flow] ?? null) : null;
}

/** Every flow that has context types. */
export const FLOWS_WITH_CONTEXTS: readonly string[] = Object.keys(CONTEXTS);
