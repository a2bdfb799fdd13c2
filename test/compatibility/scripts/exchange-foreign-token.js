// The subject token is another server's: nothing is known of it but its text.
function payloadOf(token) {
  var Base64 = Java.type('java.util.Base64');
  var JavaString = Java.type('java.lang.String');
  var parts = String(token).split('.');
  if (parts.length !== 3) {
    throw exceptionFactory.badRequestException('invalid_request', 'the subject token is no JWT');
  }
  return JSON.parse(new JavaString(Base64.getUrlDecoder().decode(parts[1]), 'UTF-8'));
}

function result(context) {
  if (context.presentedSubjectToken !== null) {
    throw exceptionFactory.badRequestException('only foreign tokens are exchanged here');
  }
  var claims = payloadOf(context.getSubjectTokenValue());
  var scopes = [];
  var it = context.getRequestedScopes().iterator();
  while (it.hasNext()) {
    scopes.push(it.next());
  }
  var full = context.getInitializedContext('partner|' + claims.sub, { acr: claims.acr }, 'https://api.example', scopes);
  var delegation = full.delegationIssuer.issue(full.getDefaultDelegationData());
  var data = full.getDefaultAccessTokenData();
  return {
    access_token: full.accessTokenIssuer.issue(data, delegation),
    subject: full.subjectAttributes().subject,
    token_type: 'bearer',
    issued_token_type: context.subjectTokenType,
    before: context.accessTokenIssuer === null && context.getDefaultAccessTokenData() === null
  };
}
