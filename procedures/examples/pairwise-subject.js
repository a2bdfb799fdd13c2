/**
 * Gives each gateway a subject of its own, so that two of them cannot compare their users: a hash over the gateway's id,
 * the subject and a salt from the gateway's property `subject_salt`.
 *
 * Flow: oauth-introspect
 *
 * @param {se.curity.identityserver.procedures.context.IntrospectionTokenProcedureContext} context
 */
function result(context) {
  const token = context.presentedToken;
  if (!token.active || context.delegation === null) return { active: false };

  const salt = context.client.properties['subject_salt'];
  if (typeof salt !== 'string') throw exceptionFactory.internalServerException('The property subject_salt is missing.');

  /** @type {ResponseMembers} */
  const response = {};
  appendObjectTo(token.data, response);
  response.active = true;
  response.token_type = token.type;
  response.client_id = context.delegation.clientId;
  response.sub = sha256([context.client.id, token.subject, salt].join('\n'), { encoding: 'base64url' });
  return response;
}
