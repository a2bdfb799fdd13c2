/**
 * Answers an introspection request with the phantom token: a JWT with the data of the opaque one.
 *
 * The endpoint sends the member `jwt` as the whole body, and 204 without a body when there is none.
 *
 * @param {se.curity.identityserver.procedures.context.IntrospectionTokenProcedureContext} context
 */
function result(context) {
  const token = context.presentedToken;
  const issuer = context.getDefaultAccessTokenJwtIssuer();
  if (!token.active || context.delegation === null || issuer === null) return {};

  // Null when the issuer is disabled.
  const jwt = issuer.issue(token.data, context.delegation);
  return jwt === null ? {} : { active: true, jwt };
}
