function result(context) {
  var response = { active: context.presentedToken.isActive() };
  var entries = context.presentedToken.data.entrySet().iterator();
  while (entries.hasNext()) {
    var entry = entries.next();
    response[entry.getKey()] = entry.getValue();
  }
  return response;
}
