function verify(data) {
  if (data.get('iss') === null) throw new Error('no issuer');
  throw new Error('no match for ' + data.get('sub'));
}

function result(context) {
  var steps = [];
  try {
    verify(context.presentedToken.data);
  } catch (e) {
    steps.push(e.message, e instanceof Error, String(e));
  } finally {
    steps.push('finally');
  }
  try {
    throw exceptionFactory.forbiddenException('kept');
  } catch (e2) {
    steps.push(e2 instanceof Error);
    if (context.request.getFormParameter('rethrow') === 'yes') throw e2;
  }
  return { active: true, steps: steps };
}
