/**
 * The indexes of for...in are text.
 *
 * @param {se.curity.identityserver.procedures.context.IntrospectionTokenProcedureContext} context
 */
function result(context) {
  var ArrayList = Java.type('java.util.ArrayList');
  var names = new ArrayList(8);
  var copy = new ArrayList();
  var tenants = context.request.getFormParameters('tenant');
  var asked = [];
  names.addAll(['b', 'c']);
  names.add('0', 'a');
  for (var i in names) {
    copy.add(names.get(i));
  }
  for (var j in tenants) {
    asked.push(tenants.get(j));
  }
  return { active: true, copy: copy, asked: asked, outside: failure(names, '3') + '/' + failure(names, 'first') };
}

function failure(list, index) {
  try {
    return list.get(index);
  } catch (e) {
    return e.getMessage();
  }
}
