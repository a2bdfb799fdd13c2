function result(context) {
  var names = [];
  var it = context.presentedToken.data.keySet().iterator();
  while (it.hasNext()) {
    names.push(String(it.next()));
  }
  names.sort();
  return { active: true, names: names.join(' '), claimNames: context.presentedToken.tokenClaimNames.size() };
}
