function result(context) {
  var delegation = context.delegationIssuer.issue(context.getDefaultDelegationData());
  context.response.setHeader('X-Tenant', context.client.id);
  context.getResponse().setHeader('X-Count', 2);
  var data = context.getDefaultAccessTokenData();
  return { access_token: context.accessTokenIssuer.issue(data, delegation), token_type: 'bearer' };
}
