/**
 * Shows a gateway only the claims that the token's scopes stand for: without the scope `profile` the answer has no `name`.
 * What no scope names is shown to everybody.
 *
 * Flow: oauth-introspect
 *
 * @param {se.curity.identityserver.procedures.context.IntrospectionTokenProcedureContext} context
 */
function result(context) {
  /** @type {Record<string, string[]>} */
  const CLAIMS_OF_SCOPES = {
    profile: ['name', 'given_name', 'family_name'],
    email: ['email', 'email_verified'],
    organisation: ['tenant', 'department'],
  };
  const token = context.presentedToken;
  if (!token.active || context.delegation === null) return { active: false };

  /** @type {ResponseMembers} */
  const response = {};
  appendObjectTo(token.data, response);
  for (const scope of Object.keys(CLAIMS_OF_SCOPES)) {
    if (context.scopeNames.contains(scope)) continue;
    for (const claim of CLAIMS_OF_SCOPES[scope] ?? []) delete response[claim];
  }

  response.active = true;
  response.token_type = token.type;
  response.client_id = context.delegation.clientId;
  return response;
}
