/**
 * @param {se.curity.identityserver.procedures.context.OpenIdConnectAuthorizationCodeTokenProcedureContext} context
 */
function result(context) {
  var delegation = context.delegationIssuer.issue(context.getDefaultDelegationData());
  var accessTokenData = context.getDefaultAccessTokenData();
  var accessToken = context.accessTokenIssuer.issue(accessTokenData, delegation);
  var refreshToken = context.refreshTokenIssuer.issue(context.getDefaultRefreshTokenData(), delegation);
  var response = {
    access_token: accessToken,
    refresh_token: refreshToken,
    token_type: 'bearer',
    expires_in: secondsUntil(accessTokenData.exp),
    scope: accessTokenData.scope
  };
  var idTokenData = context.getDefaultIdTokenData();
  if (idTokenData) {
    var idTokenIssuer = context.idTokenIssuer;
    idTokenData.at_hash = idTokenIssuer.atHash(accessToken);
    idTokenData.c_hash = idTokenIssuer.cHash(context.request.getFormParameter('code'));
    idTokenData.s_hash = idTokenIssuer.sHash(null);
    response.id_token = idTokenIssuer.issue(idTokenData, delegation);
  }
  return response;
}
