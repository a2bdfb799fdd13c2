// A one-time token beside the others, with whole attribute maps in it.
function result(context) {
  var delegation = context.delegationIssuer.issue(context.getDefaultDelegationData());
  var data = context.getDefaultAccessTokenData();
  var nonceIssuer = context.getNonceTokenIssuer('default');
  var attributes = {};
  attributes.subject = context.subjectAttributes();
  attributes.context = context.contextAttributes();
  attributes.created = data.iat;
  attributes.expires = data.exp;
  return {
    access_token: context.accessTokenIssuer.issue(data, delegation),
    device_secret: nonceIssuer.issue(attributes),
    none: context.getNonceTokenIssuer('unknown'),
    token_type: 'bearer'
  };
}
