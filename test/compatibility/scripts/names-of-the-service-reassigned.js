/** Names that are assigned without declaration, whatever the service or another engine has under them. */
function result(context) {
  jwt = 'head.body.signature';
  secrets = { pepper: 'own' };
  module = { name: context.client.id };
  org = { example: { Unit: 'north' } };
  print = function (text) {
    return '<' + text + '>';
  };
  sha256 = function (a, b, c) {
    return [a, b, c].join('');
  };
  return {
    active: true,
    parts: jwt.split('.').length,
    pepper: secrets.pepper,
    printed: print(module.name),
    unit: org.example.Unit,
    hash: sha256('a', 'b', 'c')
  };
}
