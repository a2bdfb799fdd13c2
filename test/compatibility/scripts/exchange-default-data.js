// Default data of the second phase under the delegation of the subject token.
function result(context) {
  var subject = context.presentedSubjectToken;
  var scopes = subject.scope.split(' ');
  var wanted = context.request.getFormParameter('scope');
  if (wanted) {
    scopes = wanted.split(' ');
  }
  var full = context.getInitializedContext(context.subjectAttributes(), context.contextAttributes(), subject.aud, scopes);
  var data = full.defaultAccessTokenData;
  return {
    scope: scopes,
    access_token: full.defaultAccessTokenJwtIssuer.issue(data, context.presentedSubjectTokenDelegation),
    token_type: 'bearer',
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    expires_in: secondsUntil(data.exp)
  };
}
