/**
 * Tells a client what the scopes of its token release about the person (OpenID Connect Core section 5.3.2).
 *
 * @param {se.curity.identityserver.procedures.context.OpenIdConnectUserinfoTokenProcedureContext} context
 */
function result(context) {
  return context.getDefaultResponseData();
}
