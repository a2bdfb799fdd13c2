/**
 * A client wants a person to be asked (OpenID Connect CIBA section 7). Tells nobody: the person finds the request on the pages of the
 * service. A procedure of your own has the person asked, for example by a message with `context.requestPage` in it.
 * The service adds `auth_req_id`, `expires_in` and `interval` to what is returned.
 *
 * @param {BackchannelAuthenticationRequestProcedureContext} context
 */
function result(context) {
  return {};
}
