var LinkedHashMap = Java.type('java.util.LinkedHashMap');
var ArrayList = Java.type('java.util.ArrayList');

function result(context) {
  var claims = new LinkedHashMap();
  claims.putAll(context.getDefaultAccessTokenData());
  var groups = new ArrayList();
  groups.add('staff');
  groups.add('north');
  claims.put('groups', groups);
  var nested = new LinkedHashMap();
  nested.put('city', 'Lund');
  nested.put('geo', { lat: 55.7 });
  claims.put('address', nested);
  claims.put('roles', [{ name: 'reader' }, { name: 'writer' }]);
  var delegation = context.delegationIssuer.issue(context.getDefaultDelegationData());
  return { access_token: context.accessTokenIssuer.issue(claims, delegation), token_type: 'bearer' };
}
