/**
 * Puts what operators wrote into a client's properties into its access tokens: a property named `claim.tenant` with the
 * value `acme` becomes the claim `tenant`.
 *
 * Flow: oauth-token-client-credentials
 *
 * @param {se.curity.identityserver.procedures.context.ClientCredentialsTokenProcedureContext} context
 */
function result(context) {
  const PREFIX = 'claim.';
  const data = context.getDefaultAccessTokenData();
  const issuer = context.accessTokenIssuer;
  if (data === null || issuer === null) throw exceptionFactory.internalServerException('Access tokens are not issued here.');

  const { properties } = context.client;
  for (const name of Object.keys(properties)) {
    if (name.startsWith(PREFIX)) data[name.slice(PREFIX.length)] = properties[name];
  }

  const delegation = context.delegationIssuer.issue(context.getDefaultDelegationData());
  return {
    access_token: issuer.issue(data, delegation),
    token_type: 'bearer',
    expires_in: secondsUntil(data.exp),
    scope: data.scope,
  };
}
