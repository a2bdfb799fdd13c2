/**
 * Issues an access token in exchange for another one, as before RFC 8693: the grant `https://curity.se/grant/accesstoken`.
 *
 * @param {se.curity.identityserver.procedures.context.TokenExchangeProcedureContext} context
 */
function result(context) {
  const data = context.getDefaultAccessTokenData(context.delegation);
  const issuer = context.accessTokenIssuer;
  if (data === null || issuer === null) throw exceptionFactory.internalServerException('Access tokens are not issued here.');

  return {
    access_token: issuer.issue(data, context.delegation),
    token_type: 'bearer',
    expires_in: secondsUntil(data.exp),
    scope: data.scope,
  };
}
