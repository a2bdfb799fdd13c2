// Between Java collections and arrays, and set algebra as Java has it.
var HashSet = Java.type('java.util.HashSet');

function result(context) {
  var held = new HashSet(context.scopeNames);
  var allowed = Java.to(['read', 'admin']);
  held.retainAll(allowed);
  var others = Java.to(context.scopeNames);
  others.removeAll(held);
  var array = Java.from(held);
  array.push('plain');
  return {
    active: true,
    held: held,
    others: others.toArray(),
    array: array,
    all: context.scopeNames.containsAll(held),
    untouched: context.scopeNames.size()
  };
}
