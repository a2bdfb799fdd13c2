// Clients that registered themselves have properties of every JSON type.
function result(context) {
  var properties = context.client.properties;
  var data = context.getDefaultAccessTokenData();
  var resource = context.getRequest().getFormParameter('resource');
  if (resource && properties.audiences.indexOf(resource) !== -1) {
    data.aud = [resource, 'https://shared.example'];
  } else if (resource) {
    throw exceptionFactory.badRequestException('invalid_target', 'Resource parameter is invalid or unknown.');
  }
  if (properties.trusted === true) data.trusted = properties.limits.get('level');
  var delegation = context.delegationIssuer.issue(context.getDefaultDelegationData());
  return { access_token: context.accessTokenIssuer.issue(data, delegation), token_type: 'bearer' };
}
