function result(context) {
  var data = context.getDefaultAccessTokenData();
  var resource = context.getRequest().getFormParameter('resource');
  if (resource) {
    if (context.client.audiencesAsString.split(' ').indexOf(resource) === -1) {
      throw exceptionFactory.badRequestException('invalid_target', 'The resource is unknown.');
    }
    data.aud = [resource];
  }
  var delegation = context.delegationIssuer.issue(context.getDefaultDelegationData());
  return {
    access_token: context.accessTokenIssuer.issue(data, delegation),
    token_type: 'bearer',
    expires_in: secondsUntil(data.exp),
    scope: data.scope
  };
}
