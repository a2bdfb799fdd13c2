/**
 * Issues an access token for whom another service speaks of (RFC 7523 section 2.1). There is no refresh token: the client comes back
 * with another assertion (RFC 7521 section 4.1).
 *
 * @param {se.curity.identityserver.procedures.context.AssertionTokenProcedureContext} context
 */
function result(context) {
  const delegation = context.delegationIssuer.issue(context.getDefaultDelegationData());

  const data = context.getDefaultAccessTokenData();
  const issuer = context.accessTokenIssuer;
  if (data === null || issuer === null) throw exceptionFactory.internalServerException('Access tokens are not issued here.');

  return {
    access_token: issuer.issue(data, delegation),
    token_type: 'bearer',
    expires_in: secondsUntil(data.exp),
    scope: data.scope,
  };
}
