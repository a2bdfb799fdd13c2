function result(context) {
  var d = context.getDelegation();
  var attempts = 0;
  try {
    d.scope = 'admin';
  } catch (e) {
    attempts++;
  }
  try {
    d.claims.extra = 1;
  } catch (e2) {
    attempts++;
  }
  return {
    active: true,
    same: d === context.presentedToken.getDelegation(),
    id: d.getId() === context.presentedToken.data.delegationId,
    client: d.clientId,
    owner: d.getOwner(),
    scopes: d.getScope().split(' '),
    claims: d.getClaims().isEmpty(),
    custom: d.customClaimValues.size(),
    refused: attempts
  };
}
