// application/jwt: the whole data again, for one API.
function result(context) {
  if (!context.presentedToken.active || !context.delegation) {
    return {};
  }
  var data = context.presentedToken.data;
  data.put('aud', ['https://orders.example']);
  data.tier = 'gold';
  return { active: true, jwt: context.getDefaultAccessTokenJwtIssuer().issue(data, context.delegation) };
}
