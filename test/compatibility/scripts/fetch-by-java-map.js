var HashMap = Java.type('java.util.HashMap');

/** The options of a request as maps. */
function result(context) {
  var query = new HashMap();
  var headers = new HashMap();
  var options = new HashMap();
  var answer;
  query.put('client', context.client.id);
  headers.put('Accept', 'application/json');
  options.put('query', query);
  options.put('headers', headers);
  answer = context.getWebServiceClient('directory').get(options);
  if (answer.getStatusCode() != 200) {
    throw exceptionFactory.forbiddenException('insufficient_scope', 'The directory says ' + answer.statusCode, true);
  }
  return { access: JSON.parse(answer.getBody()).access };
}
