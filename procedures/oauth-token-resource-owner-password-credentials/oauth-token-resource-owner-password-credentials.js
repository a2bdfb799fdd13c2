/**
 * Issues the tokens of a person whose name and password the client has brought (RFC 6749 section 4.3.3). The grant is obsolete.
 *
 * @param {se.curity.identityserver.procedures.context.RopcTokenProcedureContext} context
 */
function result(context) {
  const delegation = context.delegationIssuer.issue(context.getDefaultDelegationData());

  const data = context.getDefaultAccessTokenData();
  const issuer = context.accessTokenIssuer;
  if (data === null || issuer === null) throw exceptionFactory.internalServerException('Access tokens are not issued here.');

  return {
    access_token: issuer.issue(data, delegation),
    refresh_token: context.refreshTokenIssuer.issue(context.getDefaultRefreshTokenData(), delegation),
    token_type: 'bearer',
    expires_in: secondsUntil(data.exp),
    scope: data.scope,
  };
}
