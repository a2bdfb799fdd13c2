// Asks another service for the roles of the subject.
var ROLES_URL = 'https://roles.example:443/roles';

function fetchRoles(context, subject) {
  var response = context
    .getWebServiceClient('roles-client', ROLES_URL)
    .get({ query: { subject: subject }, headers: { Accept: 'application/json' } });
  var status = response.getStatusCode();
  if (status !== 200) {
    throw exceptionFactory.internalServerException('The roles are not available.');
  }
  logger.debug('answered {} with {}', response.statusCode, response.headers['content-type']);
  return JSON.parse(String(response.getBody())).roles;
}

function result(context) {
  var delegation = context.delegationIssuer.issue(context.getDefaultDelegationData());
  var data = context.getDefaultAccessTokenData();
  try {
    data.roles = fetchRoles(context, data.sub);
  } catch (e) {
    logger.warn('no roles: ' + e);
    throw e;
  }
  return { access_token: context.accessTokenIssuer.issue(data, delegation), token_type: 'bearer' };
}
