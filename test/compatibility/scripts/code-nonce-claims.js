// The authorize procedure put claims into the code; here they go into the token.
function result(context) {
  var nonce = context.presentedNonce.data;
  var data = context.getDefaultAccessTokenData();
  data.upstream = nonce.upstream;
  data.level = nonce.get('context').get('level');
  nonce.put('seen', true);
  data.seen = context.getPresentedNonce().getData().seen;
  var delegation = context.delegationIssuer.issue(context.getDefaultDelegationData());
  return { access_token: context.accessTokenIssuer.issue(data, delegation), token_type: 'bearer', scope: data.scope };
}
