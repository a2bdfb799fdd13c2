// What is caught is asked as a Java exception would be.
function attempt(action) {
  try {
    action();
    return 'nothing';
  } catch (e) {
    logger.warn('failed: {}', e.getMessage());
    return e.getMessage() + '/' + e.message + '/' + (e instanceof TypeError);
  }
}

function result(context) {
  return {
    active: true,
    own: attempt(function () {
      throw new Error('own');
    }),
    engine:
      attempt(function () {
        JSON.parse('{').nothing();
      }).indexOf('JSON') > -1,
    factory: attempt(function () {
      throw exceptionFactory.badRequestException('invalid_target', 'from the factory');
    }),
    issuer:
      attempt(function () {
        context.accessTokenIssuer.issue('not a map', context.delegation);
      }).indexOf('must be') > -1
  };
}
