function result(context) {
  var data = context.getDefaultDeviceCodeData();
  data.put('asked_by', context.client.id);
  context.deviceCodeNonceIssuer.issue(data);
  return {};
}
