// Claims within claims are maps and lists as well.
function member(map, name) {
  if (map === null || typeof map === 'undefined' || typeof map.get !== 'function') {
    return null;
  }
  var value = map.get(name);
  return value === null || typeof value === 'undefined' ? null : String(value);
}

function result(context) {
  var data = context.presentedToken.data;
  var address = data.get('address');
  var roles = data.get('roles');
  var names = [];
  for (var i = 0; i < roles.size(); i++) {
    names.push(roles.get(i).get('name'));
  }
  return {
    active: true,
    city: member(address, 'city'),
    street: address.street,
    none: member(data.get('may_act'), 'sub'),
    geo: address.get('geo').getOrDefault('lat', 0),
    roles: names,
    last: roles.get(roles.size() - 1)
  };
}
