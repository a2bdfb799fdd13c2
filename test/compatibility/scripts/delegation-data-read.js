// Reads, at introspection, what the delegation was given when it was issued.
function result(context) {
  var d = context.delegation;
  return {
    active: context.presentedToken.active,
    plan: d.customClaimValues.get('plan'),
    region: d.claims.region,
    second: d.claims.get('levels').get(1),
    note: d.getData().note
  };
}
