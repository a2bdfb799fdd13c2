/**
 * @param {se.curity.identityserver.procedures.context.RefreshTokenProcedureContext} context
 */
function result(context) {
  var data = context.getDefaultAccessTokenData(context.delegation);
  var accessToken = context.accessTokenIssuer.issue(data, context.delegation);
  var refreshToken = context.presentedToken.value;
  if (!refreshToken) {
    refreshToken = context.refreshTokenIssuer.issue(context.getDefaultRefreshTokenData(), context.delegation);
  }
  return {
    access_token: accessToken,
    refresh_token: refreshToken,
    token_type: 'bearer',
    expires_in: secondsUntil(data.exp),
    scope: data.scope
  };
}
