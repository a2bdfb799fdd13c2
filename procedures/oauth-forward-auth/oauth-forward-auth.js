/**
 * Lets a request with an active token pass, with the phantom token: a JWT with the data of the opaque one.
 *
 * The gateway asks only about active tokens that have the scopes and the audience it wants; `context.request` is the request that it
 * asks about. The endpoint sends the member `jwt` as `Authorization: Bearer`, and what `response.setHeader` sets beside it.
 * To keep a request from passing, throw `exceptionFactory.forbiddenException(...)`, or return without `active`.
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
