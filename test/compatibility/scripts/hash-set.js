var HashSet = Java.type('java.util.HashSet');

function result(context) {
  var set = new HashSet(context.scopeNames);
  var wasNew = set.add('extra');
  var wasOld = set.add('extra');
  set.addAll(['extra', 'more']);
  set.remove('read');
  return { active: true, wasNew: wasNew, wasOld: wasOld, members: set, size: set.size(), has: set.contains('more') };
}
