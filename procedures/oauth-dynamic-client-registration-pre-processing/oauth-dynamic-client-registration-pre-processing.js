/**
 * What a client asks for when it registers, or changes its registration, before it is judged.
 *
 * This one leaves everything as it was sent. Members that are returned take the place of those of the request; `context.removeMetadata`
 * takes one away; `exceptionFactory` refuses. Nothing that is returned goes beyond the registration template.
 *
 * @param {se.curity.identityserver.procedures.context.DcrPreProcessingProcedureContext} _context
 */
function result(_context) {
  return {};
}
