/**
 * Issues the tokens of a person who has allowed a device what it asked for (RFC 8628 section 3.5), with an id token where it asked for
 * `openid` (OpenID Connect Core section 3.1.3.3).
 *
 * @param {se.curity.identityserver.procedures.context.DeviceCodeTokenProcedureContext} context
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
