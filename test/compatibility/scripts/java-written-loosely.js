var MAP = 'java.util.' + 'HashMap';
var DIGEST = 'sha-256';

/** Capacities, keys that are numbers, arrays as bytes, names in variables. */
function result(context) {
  var Map = Java.type(MAP);
  var Base64 = Java.type('java.util.Base64');
  var MessageDigest = Java.type('java.security.MessageDigest');
  var digest = MessageDigest.getInstance(DIGEST);
  var levels = new Map(4);
  levels.put(1, 'low');
  levels.put(2, 'high');
  digest.update('a');
  return {
    active: context.presentedToken.active,
    level: levels.get(2),
    none: levels.containsKey(3),
    other: levels.getOrDefault(3, 'else'),
    left: levels.remove(1) + levels.size(),
    bytes: Base64.getUrlEncoder().withoutPadding().encodeToString([104, 105]),
    length: digest.digest().length,
    list: Java.to(['b', 'a'], 'java.util.List').contains('a')
  };
}
