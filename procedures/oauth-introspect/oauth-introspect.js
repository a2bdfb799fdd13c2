/**
 * Answers an introspection request as JSON (RFC 7662): all data of an active token, nothing but `active: false` otherwise.
 *
 * @param {se.curity.identityserver.procedures.context.IntrospectionTokenProcedureContext} context
 */
function result(context) {
  const token = context.presentedToken;
  if (!token.active || context.delegation === null) return { active: false };

  const response = {};
  appendObjectTo(token.data, response);
  // After the token's data, so that no claim of these names can take their place.
  return {
    ...response,
    active: true,
    token_type: token.type,
    client_id: context.delegation.clientId,
    expired_scope: token.expiredScopes,
  };
}
