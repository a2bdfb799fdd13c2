/**
 * Takes the JWTs of a partner whose keys the procedure finds by itself: for an issuer that the profile does not trust as a whole, or
 * whose claims say more than a subject. The profile's `trustedIssuers` do the same without a procedure.
 *
 * Flow: oauth-token-oauth-token-exchange
 *
 * @param {se.curity.identityserver.procedures.context.OAuthTokenExchangeUnInitializedProcedureContext} context
 */
function result(context) {
  if (context.subjectTokenType !== 'urn:ietf:params:oauth:token-type:jwt' || context.presentedSubjectToken !== null)
    throw exceptionFactory.badRequestException('invalid_request', 'Only JWTs of the partner are exchanged here.');
  const claims = verified(context.subjectTokenValue);

  // Its people are taken for nobody else: the same `sub` may be somebody of our own.
  const subject = { subject: `partner|${claims.sub}`, department: claims.department };
  const scopes = claims.department === 'sales' ? ['orders.read'] : [];
  const full = context.getInitializedContext(subject, { acr: claims.acr }, context.requestedAudiences, scopes);

  const data = full.getDefaultAccessTokenData();
  const issuer = full.accessTokenIssuer;
  if (data === null || issuer === null) throw exceptionFactory.internalServerException('Access tokens are not issued here.');
  data.exp = Math.min(data.exp, claims.exp);
  data.department = claims.department;

  return {
    access_token: issuer.issue(data, full.delegationIssuer.issue(full.getDefaultDelegationData())),
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'bearer',
    expires_in: secondsUntil(data.exp),
    scope: data.scope,
  };
}

/**
 * @param {string} token
 * @returns {any} claims
 */
function verified(token) {
  let claims;
  try {
    claims = jwt.verify(token, {
      jwksUri: 'https://partner.example/jwks',
      issuer: 'https://partner.example',
      audience: 'https://as.example',
      algorithms: ['ES256'],
    });
  } catch (error) {
    logger.info('a token of the partner is refused: {}', error);
    throw exceptionFactory.badRequestException('invalid_request', 'The subject token does not hold.');
  }
  // A token that never ends, or is about nobody, is none.
  if (typeof claims.exp !== 'number' || typeof claims.sub !== 'string')
    throw exceptionFactory.badRequestException('invalid_request', 'The subject token does not hold.');
  return claims;
}
