function result(context) {
  var data = context.getDefaultAccessTokenData();
  var properties = context.client.properties;
  if (properties.beta === 'true') data.beta = true;
  if (properties['gamma'] === 'true') data.gamma = true;
  for (var key in properties) {
    if (key.indexOf('claim.') === 0) {
      data[key.substring(6)] = properties[key];
    }
  }
  var delegation = context.delegationIssuer.issue(context.getDefaultDelegationData());
  return {
    access_token: context.accessTokenIssuer.issue(data, delegation),
    token_type: 'bearer',
    expires_in: secondsUntil(data.exp)
  };
}
