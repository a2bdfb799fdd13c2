// Whatever kind of collection this version of the server hands out.
function setToArray(collection) {
  var out = [];
  if (!collection) return out;
  if (Array.isArray(collection)) return collection.slice();
  if (typeof collection.iterator === 'function') {
    var it = collection.iterator();
    while (it.hasNext()) out.push(String(it.next()));
    return out;
  }
  for (var i = 0; i < collection.length; i++) out.push(String(collection[i]));
  return out;
}

function result(context) {
  var scopes = setToArray(context.getScopeNames());
  var iterated = [];
  var it = context.scopeNames.iterator();
  while (it.hasNext()) {
    iterated.push(it.next());
  }
  scopes.push('added');
  return {
    active: true,
    scopes: scopes,
    iterated: iterated,
    untouched: context.scopeNames.size(),
    has: context.scopeNames.contains('read'),
    hasNot: context.scopeNames.contains('admin'),
    claims: setToArray(context.client.capabilities)
  };
}
