// Ends an earlier delegation that the token names, and carries its claims over.
function result(context) {
  var earlier = context.delegationIssuer.getById(context.presentedNonce.data.earlier);
  var delegationData = context.getDefaultDelegationData();
  if (earlier !== null) {
    delegationData.claims = earlier.claims;
    logger.info('ended {} of {}', earlier.id, earlier.getOwner());
    context.delegationIssuer.revoke(earlier);
  }
  var gone = context.delegationIssuer.getById('gone');
  var delegation = context.delegationIssuer.issue(delegationData);
  return {
    access_token: context.accessTokenIssuer.issue(context.getDefaultAccessTokenData(), delegation),
    token_type: 'bearer',
    gone: gone === null
  };
}
