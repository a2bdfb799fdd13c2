var POLICY = {
  gateway: { claims: ['sub', 'scope'], pattern: /^[a-z]+$/ },
  'https://agent.example/client': { claims: [] }
};

function result(context) {
  var policy = POLICY[context.getClient().getId()];
  if (!policy) {
    throw exceptionFactory.unauthorizedException('no policy for this client');
  }
  var response = {};
  policy.claims.forEach(function (name) {
    response[name] = context.presentedToken.data[name];
  });
  switch (true) {
    case policy.pattern.test(response.sub):
      response.kind = 'service';
      break;
    default:
      response.kind = 'other';
  }
  response.scope = String(response.scope || '')
    .split(/\s+/)
    .filter(Boolean)
    .filter(function (scope) {
      return scope !== 'write';
    });
  response.active = true;
  return response;
}
