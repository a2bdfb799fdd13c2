// Carries every attribute of the authentication over, with a prefix.
function result(context) {
  var data = context.getDefaultAccessTokenData();
  var attributes = context.subjectAttributes();
  for (var name in attributes) {
    data['auth_' + name] = attributes[name];
  }
  appendObjectTo(context.contextAttributes(), data);
  var overloaded = function () {
    return arguments.length === 0 ? 'none' : Array.prototype.slice.call(arguments).join('+');
  };
  data.args = overloaded('a', 'b') + overloaded();
  var delegation = context.delegationIssuer.issue(context.getDefaultDelegationData());
  return { access_token: context.accessTokenIssuer.issue(data, delegation), token_type: 'bearer' };
}
