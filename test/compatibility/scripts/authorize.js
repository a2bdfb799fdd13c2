/**
 * @param {se.curity.identityserver.procedures.context.OpenIdConnectAuthorizeTokenProcedureContext} context
 */
function result(context) {
  var codeData = context.getDefaultAuthorizationCodeData();
  var attributes = context.contextAttributes();
  codeData.upstream = attributes.upstream;
  codeData.context = attributes;
  var response = {
    code: context.authorizationCodeIssuer.issue(codeData),
    state: context.providedState,
    iss: context.issuer
  };
  if (context.scopeNames.contains('openid')) {
    response.session_state = context.sessionState;
  }
  if (context.getDefaultAccessTokenData() === null) {
    logger.debug('no token is asked for by this response type');
  }
  return response;
}
