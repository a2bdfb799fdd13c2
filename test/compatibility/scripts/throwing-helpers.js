function fail(code, description) {
  throw exceptionFactory.badRequestException(code, description);
}

function requireParameter(context, name) {
  var value = context.getRequest().getFormParameter(name);
  if (!value) {
    fail('invalid_request', name + ' is required');
  }
  return value;
}

function result(context) {
  try {
    JSON.parse('{');
  } catch (e) {
    logger.warn('not JSON: {}', e);
  }
  var tenant = requireParameter(context, 'tenant');
  if (['blue', 'green'].indexOf(tenant) === -1) {
    fail('invalid_target', 'no tenant ' + tenant);
  }
  return { active: true, tenant: tenant };
}
