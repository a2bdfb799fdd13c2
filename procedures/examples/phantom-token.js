/**
 * The phantom token inside the JSON answer of an introspection: a gateway that asks for JSON finds the token's data and,
 * as `phantom_token`, the JWT to hand to the APIs behind it.
 *
 * Flow: oauth-introspect
 *
 * @param {se.curity.identityserver.procedures.context.IntrospectionTokenProcedureContext} context
 */
function result(context) {
  if (!context.presentedToken.active || context.delegation === null) return { active: false };

  /** @type {ResponseMembers} */
  const response = {};
  appendObjectTo(context.presentedToken.data, response);
  response.active = true;
  response.token_type = context.presentedToken.type;
  response.client_id = context.delegation.clientId;
  response.expired_scope = context.presentedToken.expiredScopes;

  const issuer = context.getDefaultAccessTokenJwtIssuer();
  if (issuer !== null) response.phantom_token = issuer.issue(context.presentedToken.data, context.delegation);
  return response;
}
