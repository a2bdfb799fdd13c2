/**
 * An agent works for a person through a chain of tools. Each hop gets a token for one tool alone, with the scopes that this tool
 * needs, for a minute, and `act` names everybody who has acted on the way.
 *
 * What a client may call is in its property `tools`: audiences, each with the scopes that it needs, such as
 * `{ "https://orders.example": "orders.read" }`.
 *
 * Flow: oauth-token-oauth-token-exchange
 *
 * @param {se.curity.identityserver.procedures.context.OAuthTokenExchangeUnInitializedProcedureContext} context
 */
function result(context) {
  const subject = context.presentedSubjectToken;
  if (subject === null) throw exceptionFactory.badRequestException('invalid_request', 'Only tokens of this service are exchanged.');

  const [audience, ...others] = context.requestedAudiences;
  if (audience === undefined || others.length > 0)
    throw exceptionFactory.badRequestException('invalid_target', 'Ask for the audience of exactly one tool.');
  const needed = (context.client.properties.tools ?? {})[audience];
  if (typeof needed !== 'string') throw exceptionFactory.badRequestException('invalid_target', 'This client may not call this tool.');

  // Whatever the person has allowed, a tool gets no more than it needs.
  const held = String(subject.scope ?? '').split(' ');
  const scopes = needed.split(' ').filter((scope) => held.includes(scope));
  if (scopes.length === 0) throw exceptionFactory.badRequestException('invalid_scope', 'The subject token has no scope for this tool.');

  const full = context.getInitializedContext(null, null, [audience], scopes);
  const data = full.getDefaultAccessTokenData();
  const issuer = full.getDefaultAccessTokenJwtIssuer();
  const delegation = full.delegation;
  if (data === null || issuer === null || delegation === null)
    throw exceptionFactory.internalServerException('Access tokens are not issued here.');
  data.exp = Math.min(data.exp, data.iat + 60);

  return {
    access_token: issuer.issue(data, delegation),
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'bearer',
    expires_in: secondsUntil(data.exp),
    scope: data.scope,
  };
}
