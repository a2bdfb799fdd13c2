var HashMap = Java.type('java.util.HashMap');

function result(context) {
  var delegationData = context.getDefaultDelegationData();
  var values = new HashMap();
  values.put('plan', 'gold');
  delegationData.put('customClaimValues', values);
  delegationData.claims = { region: 'north', levels: [1, 2] };
  delegationData.data = { note: context.client.name };
  var delegation = context.getDelegationIssuer().issue(delegationData);
  var data = context.getDefaultAccessTokenData(delegation);
  data.plan = delegation.customClaimValues.get('plan');
  data.region = delegation.claims.region;
  return {
    access_token: context.getAccessTokenIssuer().issue(data, delegation),
    delegation: delegation.getId(),
    owner: delegation.owner,
    token_type: 'bearer'
  };
}
