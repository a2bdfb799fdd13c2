function result(context) {
  var data = context.getDefaultAccessTokenData();
  var wanted = parseInt(context.request.getFormParameter('life'), 10);
  if (!isNaN(wanted)) {
    data.exp = data.iat + wanted;
  }
  var delegation = context.delegationIssuer.issue(context.getDefaultDelegationData());
  return {
    access_token: context.accessTokenIssuer.issue(data, delegation),
    token_type: 'bearer',
    expires_in: secondsUntil(data.exp)
  };
}
