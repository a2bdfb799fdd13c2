var HashMap = Java.type('java.util.HashMap');
var ArrayList = Java.type('java.util.ArrayList');
var HashSet = Java.type('java.util.HashSet');

function kindOf(value) {
  if (value instanceof HashMap) return 'map';
  if (value instanceof ArrayList) return 'list';
  if (value instanceof HashSet) return 'set';
  return value instanceof Array ? 'array' : typeof value;
}

function result(context) {
  var kinds = [new HashMap(16), new ArrayList(), new HashSet(), [], {}, 'text'].map(kindOf);
  var data = context.presentedToken.data;
  return { active: true, kinds: kinds, data: kindOf(data), scopes: kindOf(context.scopeNames), size: data.size() > 3 };
}
