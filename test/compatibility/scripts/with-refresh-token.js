// The same for passwords, device codes and backchannel authentication.
function result(context) {
  var delegation = context.delegationIssuer.issue(context.getDefaultDelegationData());
  var data = context.getDefaultAccessTokenData();
  data.acr = context.contextAttributes().acr;
  data.account = context.subjectAttributes().get('subject');
  var response = {
    access_token: context.accessTokenIssuer.issue(data, delegation),
    token_type: 'bearer',
    expires_in: secondsUntil(data.exp),
    scope: data.scope
  };
  var refreshTokenData = context.getDefaultRefreshTokenData();
  if (refreshTokenData !== null && context.refreshTokenIssuer) {
    response.refresh_token = context.refreshTokenIssuer.issue(refreshTokenData, delegation);
  }
  if (context.scopeNames.contains('openid')) {
    response.id_token = context.idTokenIssuer.issue(context.getDefaultIdTokenData(), delegation);
  }
  return response;
}
