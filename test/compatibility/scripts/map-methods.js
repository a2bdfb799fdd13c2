// The token's data as a Java map.
function result(context) {
  var data = context.getPresentedToken().getData();
  if (!data.containsKey('sub')) {
    return { active: false };
  }
  var before = data.size();
  var old = data.put('tenant', 'blue');
  var removed = data.remove('tenant');
  return {
    active: true,
    subject: data.get('sub'),
    missing: data.get('nothing') === null,
    undefinedProperty: data.nothing === undefined,
    fallback: data.getOrDefault('nothing', 'else'),
    first: old === null,
    removed: removed,
    same: data.size() == before,
    empty: data.isEmpty()
  };
}
