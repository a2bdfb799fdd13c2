/**
 * @param {se.curity.identityserver.procedures.context.OAuthTokenExchangeUnInitializedProcedureContext} context
 */
function result(context) {
  var tokenData = context.getPresentedSubjectToken();
  var delegation = context.getPresentedSubjectTokenDelegation();
  var audience = context.request.getFormParameter('audience');
  if (audience) {
    tokenData.aud = [audience];
  }
  var full = context.getInitializedContext(
    context.subjectAttributes(),
    context.contextAttributes(),
    tokenData.aud,
    tokenData.get('scope').split(' ')
  );
  return {
    access_token: full.getDefaultAccessTokenJwtIssuer().issue(tokenData, delegation),
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'bearer',
    expires_in: secondsUntil(tokenData.data.exp),
    scope: tokenData.scope
  };
}
