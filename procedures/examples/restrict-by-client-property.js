/**
 * Refuses a client outside its office hours. The property `hours` of the client holds two hours of the day, UTC, such as
 * `6-18`; clients without it are not restricted.
 *
 * Flow: oauth-token-client-credentials
 *
 * @param {se.curity.identityserver.procedures.context.ClientCredentialsTokenProcedureContext} context
 */
function result(context) {
  const { hours } = context.client.properties;
  if (typeof hours === 'string' && !within(hours, new Date().getUTCHours())) {
    logger.info('client {} asked outside its hours {}', context.client.id, hours);
    // The first argument is the OAuth error code, sent to the client exactly as it stands here.
    throw exceptionFactory.badRequestException('unauthorized_client', 'The client may not ask for tokens at this hour.');
  }

  const data = context.getDefaultAccessTokenData();
  const issuer = context.accessTokenIssuer;
  if (data === null || issuer === null) throw exceptionFactory.internalServerException('Access tokens are not issued here.');

  const delegation = context.delegationIssuer.issue(context.getDefaultDelegationData());
  return {
    access_token: issuer.issue(data, delegation),
    token_type: 'bearer',
    expires_in: secondsUntil(data.exp),
    scope: data.scope,
  };
}

/**
 * @param {string} hours two hours joined by a dash; the second is no longer within
 * @param {number} hour
 */
function within(hours, hour) {
  const found = /^(\d{1,2})-(\d{1,2})$/.exec(hours);
  if (found === null) throw exceptionFactory.internalServerException('The property hours is not of the form 6-18.');
  return hour >= Number(found[1]) && hour < Number(found[2]);
}
