function result(context) {
  var response = context.getDefaultResponseData();
  var account = context.accountAttributes;
  if (context.presentedToken.data.scope.split(' ').indexOf('email') >= 0) {
    response.email = account.get('emails').get(0).get('value');
  }
  response.name = account.name ? account.name.formatted : null;
  response.owner = context.delegation.owner === response.sub;
  return response;
}
