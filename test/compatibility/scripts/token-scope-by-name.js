// Narrows what was asked for by names that the client's properties list.
function result(context) {
  var allowed = (context.client.properties.scopes || '').split(',');
  var kept = [];
  for (var i = 0; i < context.scopeNames.length; i++) {
    if (allowed.indexOf(context.scopeNames[i]) > -1) kept.push(context.scopeNames[i]);
  }
  if (kept.length === 0) {
    throw exceptionFactory.badRequestException('invalid_scope', 'none of the scopes is allowed');
  }
  var delegationData = context.getDefaultDelegationData();
  delegationData.scope = kept.join(' ');
  var data = context.getDefaultAccessTokenData();
  data.scope = kept.join(' ');
  return {
    access_token: context.accessTokenIssuer.issue(data, context.delegationIssuer.issue(delegationData)),
    token_type: 'bearer',
    expires_in: secondsUntil(data.exp),
    scope: kept
  };
}
