/**
 * Tells the claims of an active access token to an API that asks as it asked IdentityServer3, without authenticating itself.
 *
 * The endpoint sends what is returned, without `active`, as claims of .NET: several scopes as a list, objects as JSON text. Who asks is
 * not known: `context.client` is the client that the endpoint is configured to ask as. To refuse a token, return without `active`.
 *
 * @param {se.curity.identityserver.procedures.context.IntrospectionTokenProcedureContext} context
 */
function result(context) {
  const token = context.presentedToken;
  if (!token.active || context.delegation === null) return { active: false };

  // After the token's data, so that no claim of these names can take their place.
  return { ...appendObjectTo(token.data, {}), active: true, client_id: context.delegation.clientId };
}
