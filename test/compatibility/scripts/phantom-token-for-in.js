/**
 * @param {se.curity.identityserver.procedures.context.IntrospectionTokenProcedureContext} context
 */
function result(context) {
  var response = { active: context.presentedToken.active };
  if (response.active) {
    var data = context.presentedToken.data;
    for (var name in data) {
      response[name] = data[name];
    }
    response.token_type = context.presentedToken.type;
    response.client_id = context.delegation.clientId;
    var issuer = context.getDefaultAccessTokenJwtIssuer();
    if (issuer) {
      response.phantom_token = issuer.issue(data, context.delegation);
    }
  }
  return response;
}
