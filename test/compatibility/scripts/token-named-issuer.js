function result(context) {
  var name = context.client.properties.at_issuer;
  var issuer = name ? context.getAccessTokenIssuer(name) : null;
  if (issuer === null) {
    issuer = context.accessTokenIssuer;
  }
  var delegation = context.delegationIssuer.issue(context.getDefaultDelegationData());
  var data = context.getDefaultAccessTokenData();
  return { access_token: issuer.issue(data, delegation), token_type: 'bearer', expires_in: secondsUntil(data.exp) };
}
