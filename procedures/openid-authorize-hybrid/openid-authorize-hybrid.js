/**
 * Sends a person who has signed in, and allowed what the client asks for, back to it with a code and tokens (OpenID Connect Core section
 * 3.3.2.5). The data of what the response type does not ask for is null. What is redeemed for the code hangs from the same delegation.
 *
 * @param {se.curity.identityserver.procedures.context.OpenIdConnectAuthorizeTokenProcedureContext} context
 */
function result(context) {
  const code = context.authorizationCodeIssuer.issue(context.getDefaultAuthorizationCodeData());

  const data = context.getDefaultAccessTokenData();
  let accessToken = null;
  if (data !== null && context.accessTokenIssuer !== null) {
    const delegation = context.delegationIssuer.issue(context.getDefaultDelegationData());
    accessToken = context.accessTokenIssuer.issue(data, delegation);
  }

  let idToken = null;
  const idTokenData = context.getDefaultIdTokenData();
  if (idTokenData !== null && context.idTokenIssuer !== null) {
    idTokenData.c_hash = context.idTokenIssuer.cHash(code);
    idTokenData.at_hash = context.idTokenIssuer.atHash(accessToken);
    idToken = context.idTokenIssuer.issue(idTokenData);
  }

  return {
    code,
    access_token: accessToken,
    token_type: data === null ? null : 'bearer',
    expires_in: data === null ? null : secondsUntil(data.exp),
    scope: data === null ? null : data.scope,
    id_token: idToken,
    state: context.providedState,
    iss: context.issuer,
  };
}
