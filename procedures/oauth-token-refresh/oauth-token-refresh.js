/**
 * Issues new tokens under a delegation that a person gave some time ago (RFC 6749 section 6).
 *
 * @param {se.curity.identityserver.procedures.context.RefreshTokenProcedureContext} context
 */
function result(context) {
  const data = context.getDefaultAccessTokenData();
  const issuer = context.accessTokenIssuer;
  if (data === null || issuer === null) throw exceptionFactory.internalServerException('Access tokens are not issued here.');

  const accessToken = issuer.issue(data, context.delegation);

  // The client keeps the token that it has presented, unless each use is to end it and give another.
  let refreshToken = context.presentedToken.value;
  if (refreshToken === null) refreshToken = context.refreshTokenIssuer.issue(context.getDefaultRefreshTokenData(), context.delegation);

  return {
    access_token: accessToken,
    refresh_token: refreshToken,
    token_type: 'bearer',
    expires_in: secondsUntil(data.exp),
    scope: data.scope,
  };
}
