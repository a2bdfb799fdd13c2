var POLICY = {
  app: { perAudience: { orders: { scopes: ['read', 'write'] }, stock: { scopes: ['read'] } } }
};

function setToArray(s) {
  var out = [];
  var it = s.iterator();
  while (it.hasNext()) out.push(String(it.next()));
  return out;
}

function result(context) {
  var policy = POLICY[context.getClient().getId()];
  if (!policy) throw exceptionFactory.badRequestException('invalid_client', 'not configured for exchange');
  var audiences = setToArray(context.getRequestedAudiences());
  if (audiences.length !== 1) throw exceptionFactory.badRequestException('exactly one audience, got ' + audiences.length);
  var rule = policy.perAudience[audiences[0]];
  if (!rule) throw exceptionFactory.badRequestException('invalid_target', 'audience ' + audiences[0]);
  var subject = context.getPresentedSubjectToken();
  var held = String(subject.get('scope') || '')
    .split(/\s+/)
    .filter(Boolean);
  var requested = setToArray(context.getRequestedScopes());
  if (requested.length === 0) requested = held;
  var narrowed = requested.filter(function (s) {
    return held.indexOf(s) !== -1 && rule.scopes.indexOf(s) !== -1;
  });
  if (narrowed.length === 0) throw exceptionFactory.badRequestException('invalid_scope', 'nothing is left');
  var full = context.getInitializedContext(context.subjectAttributes() || {}, context.contextAttributes() || {}, [audiences[0]], narrowed);
  var data = full.getDefaultAccessTokenData();
  var token = full.getDefaultAccessTokenJwtIssuer().issue(data, context.getPresentedSubjectTokenDelegation());
  return { access_token: token, token_type: 'bearer', scope: narrowed.join(' '), expires_in: secondsUntil(data.exp) };
}
