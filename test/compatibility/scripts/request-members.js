function result(context) {
  var request = context.request;
  return {
    active: true,
    header: request.getHeader('x-tenant'),
    upper: request.getHeader('X-TENANT'),
    secret: request.getFormParameter('client_secret'),
    authorization: request.getHeader('Authorization'),
    names: request.getFormParameterNames().contains('token'),
    ip: request.clientIpAddress,
    method: request.getMethod(),
    missing: request.getFormParameter('nothing') === null,
    query: request.getQueryParameter('q'),
    empty: request.getFormParameters('nothing').size()
  };
}
