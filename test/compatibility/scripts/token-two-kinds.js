// An opaque token for the client and a JWT of the same data beside it.
function result(context) {
  var delegation = context.delegationIssuer.issue(context.getDefaultDelegationData());
  var data = context.getDefaultAccessTokenData();
  data.kind = 'first';
  var opaque = context.accessTokenIssuer.issue(data, delegation);
  data.kind = 'second';
  var jwtIssuer = context.getDefaultAccessTokenJwtIssuer();
  return {
    access_token: opaque,
    jwt: jwtIssuer ? jwtIssuer.issue(data, delegation) : null,
    token_type: 'bearer',
    expires_in: secondsUntil(data.exp)
  };
}
