/**
 * Issues an access token to a client that acts for itself (RFC 6749 section 4.4).
 *
 * @param {se.curity.identityserver.procedures.context.ClientCredentialsTokenProcedureContext} context
 */
function result(context) {
  // The delegation is what the token hangs from: revoking it ends the token.
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
