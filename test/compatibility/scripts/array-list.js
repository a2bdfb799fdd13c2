var ArrayList = Java.type('java.util.ArrayList');

function result(context) {
  var list = new ArrayList();
  list.add('b');
  list.add(0, 'a');
  list.addAll(['c', 'd']);
  list.remove('d');
  var copy = new ArrayList(list);
  copy.remove(0);
  return {
    active: true,
    list: list,
    copy: copy,
    first: list.get(0),
    size: list.size(),
    at: list.indexOf('b'),
    joined: list.join('-'),
    has: list.contains('c'),
    mapped: list.map(function (x) {
      return x.toUpperCase();
    })
  };
}
