// Whatever the response type asks for: its default data is null otherwise.
function result(context) {
  var response = { state: context.providedState, iss: context.issuer };
  var codeData = context.getDefaultAuthorizationCodeData();
  if (codeData !== null) {
    response.code = context.authorizationCodeIssuer.issue(codeData);
  }
  var delegation = null;
  var accessTokenData = context.getDefaultAccessTokenData();
  if (accessTokenData !== null) {
    delegation = context.delegationIssuer.issue(context.getDefaultDelegationData());
    response.access_token = context.accessTokenIssuer.issue(accessTokenData, delegation);
    response.token_type = 'bearer';
    response.expires_in = secondsUntil(accessTokenData.exp);
  }
  var idTokenData = context.getDefaultIdTokenData();
  if (idTokenData !== null) {
    var issuer = context.getIdTokenIssuer();
    idTokenData.at_hash = issuer.atHash(response.access_token);
    idTokenData.c_hash = issuer.cHash(response.code);
    idTokenData.s_hash = issuer.sHash(context.providedState);
    response.id_token = issuer.issue(idTokenData);
  }
  return response;
}
