/**
 * The answer to a registration or its update, once it is known what is registered.
 *
 * This one answers what is registered. Members that are added are kept with the client and answered again; what is registered, the
 * secret and the registration access token are not for a procedure to change. `context.setClientProperty` tells other procedures
 * something about the client.
 *
 * @param {se.curity.identityserver.procedures.context.DcrPostProcessingProcedureContext} context
 */
function result(context) {
  return context.responseFields;
}
