var HashMap = Java.type('java.util.HashMap');

function result(context) {
  var response = new HashMap();
  response.put('active', context.presentedToken.active);
  response.put('sub', context.presentedToken.subject);
  var nested = new HashMap(context.presentedToken.data);
  nested.remove('sub');
  nested.keySet();
  response.put('claims', nested);
  response.put('nothing', null);
  return response;
}
