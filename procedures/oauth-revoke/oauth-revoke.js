/**
 * Runs after a token was revoked for good (RFC 7009). It can observe but neither undo nor refuse: what it returns is not
 * sent. This one has nothing to add; bind a procedure of your own to log revocations in your own words:
 *
 *     logger.info('client {} revoked a token of {}', context.client.id, context.revokedTokenSubject);
 *
 * @param {RevocationProcedureContext} _context
 */
function result(_context) {
  return {};
}
