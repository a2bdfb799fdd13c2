// Java's forEach: the key comes first.
function result(context) {
  var response = {};
  var count = 0;
  context.presentedToken.data.forEach(function (key, value) {
    count++;
    if (key !== 'delegationId') {
      response[key] = value;
    }
  });
  response.active = true;
  response.count = count;
  return response;
}
