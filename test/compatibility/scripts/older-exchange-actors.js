/**
 * The chain of actors as a list, oldest first.
 * @param {se.curity.identityserver.procedures.context.TokenExchangeProcedureContext} context
 */
function result(context) {
  var data = context.getDefaultAccessTokenData(context.delegation);
  var presented = context.presentedToken.data;
  if (!presented.act) {
    data.act = [{ sub: data._clientId }];
  } else {
    presented.act.add({ sub: data._clientId });
    data.act = presented.act;
  }
  return {
    scope: data.scope,
    access_token: context.accessTokenIssuer.issue(data, context.delegation),
    token_type: 'bearer',
    expires_in: secondsUntil(data.exp)
  };
}
