function claimToArray(value) {
  if (!value) return [];
  return typeof value === 'string' ? value.split(/\s+/).filter(Boolean) : value.slice();
}

function result(context) {
  var subject = context.getPresentedSubjectToken();
  var actor = context.getPresentedActorToken(null);
  if (subject === null) {
    throw exceptionFactory.badRequestException('invalid_request', 'a subject token of this server is required');
  }
  if (actor === null || !actor.get('sub')) {
    throw exceptionFactory.badRequestException('invalid_request', 'an actor token is required');
  }
  var mayAct = subject.get('may_act');
  if (mayAct !== null && mayAct.get('sub') !== actor.sub) {
    throw exceptionFactory.forbiddenException('this actor may not act for the subject');
  }
  var audiences = context.getRequestedAudiences();
  var full = context.getInitializedContext(context.subjectAttributes(), context.contextAttributes(), audiences, subject.scope);
  var delegation = full.delegationIssuer.issue(full.getDefaultDelegationData());
  var data = full.getDefaultAccessTokenData();
  var inbound = subject.get('act');
  data.act = inbound === null ? { sub: actor.get('sub') } : { sub: actor.get('sub'), act: inbound };
  data.roles = claimToArray(subject.get('roles'));
  return {
    access_token: full.accessTokenIssuer.issue(data, delegation),
    issued_token_type: context.requestedTokenType || 'urn:ietf:params:oauth:token-type:access_token',
    token_type: data.cnf ? 'DPoP' : 'bearer',
    scope: data.scope,
    expires_in: secondsUntil(data.exp),
    by: data._clientId
  };
}
