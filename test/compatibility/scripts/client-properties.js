function flag(context, name) {
  var value = context.client.properties[name];
  return value !== undefined && value !== null && value == 'true';
}

function result(context) {
  var properties = context.getClient().getProperties();
  return {
    active: true,
    beta: flag(context, 'beta'),
    gamma: flag(context, 'gamma'),
    byGet: properties.get('beta') === 'true',
    missing: properties.get('gamma'),
    contains: properties.containsKey('region'),
    region: properties.region || 'none',
    names: Object.keys(properties).sort()
  };
}
