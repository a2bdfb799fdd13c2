// Written for a sloppy engine: nobody declared `response`, `names` and `i`.
function collect(data) {
  names = [];
  for (name in data) {
    names.push(name);
  }
  for (i = 0; i < names.length; i++) {
    response[names[i]] = data[names[i]];
  }
}

function result(context) {
  response = { active: true };
  collect(context.presentedToken.data);
  response.count = names.length;
  if (typeof seenBefore !== 'undefined') {
    response.leaked = true;
  }
  seenBefore = true;
  return response;
}
