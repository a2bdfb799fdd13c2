function result(context) {
  var data = context.presentedToken.data;
  var wanted = context.request.getFormParameter('scope');
  if (wanted) {
    var held = data.scope.split(' ');
    data.scope = wanted
      .split(' ')
      .filter(function (scope) {
        return held.indexOf(scope) !== -1;
      })
      .join(' ');
  }
  data._clientId = context.client.id;
  return {
    access_token: context.accessTokenIssuer.issue(data, context.delegation),
    scope: data.scope,
    token_type: 'bearer',
    expires_in: secondsUntil(data.exp)
  };
}
