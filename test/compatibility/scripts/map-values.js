function result(context) {
  var data = context.presentedToken.data;
  var texts = 0;
  var it = data.values().iterator();
  while (it.hasNext()) {
    if (typeof it.next() === 'string') texts++;
  }
  var filtered = {};
  data.entrySet().forEach(function (entry) {
    if (entry.key !== 'delegationId' && entry.value !== null) filtered[entry.key] = entry.value;
  });
  filtered.active = true;
  filtered.texts = texts > 0;
  filtered.values = data.values().size() === data.size();
  filtered.absent = data.putIfAbsent('sub', 'else') === data.sub;
  filtered.has = data.containsValue(data.sub);
  return filtered;
}
