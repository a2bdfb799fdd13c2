/**
 * Impersonation: the token that a client gets says nothing of the client's part in it, so that whoever receives it takes the client
 * for the person (RFC 8693 section 1.1). Only where the subject token itself names the client in `may_act`, and nobody has acted
 * before; everybody else is named as the actor, by the default procedure, or refused, as here.
 *
 * Flow: oauth-token-oauth-token-exchange
 *
 * @param {se.curity.identityserver.procedures.context.OAuthTokenExchangeUnInitializedProcedureContext} context
 */
function result(context) {
  const subject = context.presentedSubjectToken;
  // Where there is a `may_act`, the service has made sure that it names the client or the actor token.
  if (subject === null || subject.may_act?.sub !== context.client.id || context.actorTokenType !== null) {
    logger.warn('client {} may not impersonate {}', context.client.id, subject === null ? 'a stranger' : subject.sub);
    throw exceptionFactory.forbiddenException('The subject has not allowed this client to act as the subject.');
  }

  const full = context.getInitializedContext();
  const data = full.getDefaultAccessTokenData();
  const issuer = full.accessTokenIssuer;
  const delegation = full.delegation;
  if (data === null || issuer === null || delegation === null)
    throw exceptionFactory.internalServerException('Access tokens are not issued here.');
  // Of those who acted before nobody can be left out: the service would fail the procedure.
  if (subject.act === undefined) delete data.act;

  return {
    access_token: issuer.issue(data, delegation),
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'bearer',
    expires_in: secondsUntil(data.exp),
    scope: data.scope,
  };
}
