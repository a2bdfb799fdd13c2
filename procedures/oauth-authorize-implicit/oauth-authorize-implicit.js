/**
 * Sends a person who has signed in, and allowed what the client asks for, back to it with tokens: an access token (RFC 6749 section
 * 4.2.2), an id token, or both (OpenID Connect Core section 3.2.2.5). The data of what the response type does not ask for is null.
 *
 * @param {se.curity.identityserver.procedures.context.OpenIdConnectAuthorizeTokenProcedureContext} context
 */
function result(context) {
  const data = context.getDefaultAccessTokenData();
  let accessToken = null;
  if (data !== null && context.accessTokenIssuer !== null) {
    const delegation = context.delegationIssuer.issue(context.getDefaultDelegationData());
    accessToken = context.accessTokenIssuer.issue(data, delegation);
  }

  let idToken = null;
  const idTokenData = context.getDefaultIdTokenData();
  if (idTokenData !== null && context.idTokenIssuer !== null) {
    idTokenData.at_hash = context.idTokenIssuer.atHash(accessToken);
    idToken = context.idTokenIssuer.issue(idTokenData);
  }

  return {
    access_token: accessToken,
    token_type: data === null ? null : 'bearer',
    expires_in: data === null ? null : secondsUntil(data.exp),
    scope: data === null ? null : data.scope,
    id_token: idToken,
    state: context.providedState,
    iss: context.issuer,
  };
}
