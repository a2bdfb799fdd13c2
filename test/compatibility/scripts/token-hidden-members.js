function result(context) {
  var data = context.getDefaultAccessTokenData();
  data._working = { secret: 'not for anybody' };
  data.note = null;
  data.iss = 'https://elsewhere.example';
  data.client_id = 'root';
  data.jti = 'mine';
  var delegation = context.delegationIssuer.issue(context.getDefaultDelegationData());
  return {
    access_token: context.getDefaultAccessTokenJwtIssuer().issue(data, delegation),
    token_type: 'bearer',
    refresh_token: null,
    id_token: undefined,
    _debug: data,
    scope: context.scopeNames
  };
}
