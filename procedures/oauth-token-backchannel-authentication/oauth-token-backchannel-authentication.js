/**
 * Issues the tokens of a person who has said yes on another device (OpenID Connect CIBA section 10.1.1), with an id token.
 *
 * @param {BackchannelAuthenticationTokenProcedureContext} context
 */
function result(context) {
  const delegation = context.delegationIssuer.issue(context.getDefaultDelegationData());

  const data = context.getDefaultAccessTokenData();
  const issuer = context.accessTokenIssuer;
  if (data === null || issuer === null) throw exceptionFactory.internalServerException('Access tokens are not issued here.');
  const accessToken = issuer.issue(data, delegation);

  let idToken = null;
  const idTokenData = context.getDefaultIdTokenData();
  if (idTokenData !== null && context.idTokenIssuer !== null) {
    idTokenData.at_hash = context.idTokenIssuer.atHash(accessToken);
    idToken = context.idTokenIssuer.issue(idTokenData, delegation);
  }

  return {
    access_token: accessToken,
    refresh_token: context.refreshTokenIssuer.issue(context.getDefaultRefreshTokenData(), delegation),
    id_token: idToken,
    token_type: 'bearer',
    expires_in: secondsUntil(data.exp),
    scope: data.scope,
  };
}
