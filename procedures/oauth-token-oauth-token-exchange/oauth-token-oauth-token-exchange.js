/**
 * Issues an access token to a client that acts for the subject of another token (RFC 8693).
 *
 * @param {se.curity.identityserver.procedures.context.OAuthTokenExchangeUnInitializedProcedureContext} context
 */
function result(context) {
  const accessToken = 'urn:ietf:params:oauth:token-type:access_token';
  const jwtToken = 'urn:ietf:params:oauth:token-type:jwt';

  // The service vouches for its own tokens and those of issuers that the profile trusts; others are for procedures that know them.
  if (context.presentedSubjectToken === null)
    throw exceptionFactory.badRequestException('invalid_request', 'The issuer of the subject token is not known here.');
  if (context.actorTokenType !== null && context.getPresentedActorToken(null) === null)
    throw exceptionFactory.badRequestException('invalid_request', 'The issuer of the actor token is not known here.');
  const wanted = context.requestedTokenType ?? accessToken;
  if (wanted !== accessToken && wanted !== jwtToken)
    throw exceptionFactory.badRequestException('invalid_request', 'Tokens of the requested type are not issued here.');

  // Subject, scopes and audiences as the service sees them: within the subject token, and what was asked for.
  const full = context.getInitializedContext();
  const data = full.getDefaultAccessTokenData();
  const issuer = wanted === jwtToken ? full.getDefaultAccessTokenJwtIssuer() : full.accessTokenIssuer;
  if (data === null || issuer === null) throw exceptionFactory.internalServerException('Access tokens are not issued here.');

  // The token ends with what the subject token hangs from; that of another issuer hangs from nothing here.
  const delegation = full.delegation ?? full.delegationIssuer.issue(full.getDefaultDelegationData());

  return {
    access_token: issuer.issue(data, delegation),
    issued_token_type: wanted,
    token_type: 'bearer',
    expires_in: secondsUntil(data.exp),
    scope: data.scope,
  };
}
