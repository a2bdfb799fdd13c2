function result(context) {
  var responseData = { active: context.presentedToken.active };
  if (context.presentedToken.active) {
    appendObjectTo(context.presentedToken.data, responseData);
    responseData.token_type = context.presentedToken.type;
    responseData.client_id = context.presentedToken.delegation.clientId;
    responseData.expired_scope = context.presentedToken.expiredScopes;
  }
  return responseData;
}
