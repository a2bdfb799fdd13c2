/**
 * Sends a person who has signed in, and allowed what the client asks for, back to it with a code (RFC 6749 section 4.1.2).
 *
 * @param {se.curity.identityserver.procedures.context.AuthorizeTokenProcedureContext} context
 */
function result(context) {
  return {
    code: context.authorizationCodeIssuer.issue(context.getDefaultAuthorizationCodeData()),
    state: context.providedState,
    iss: context.issuer,
  };
}
