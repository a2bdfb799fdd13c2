/**
 * Has the backend of an app ask a person whom a client wants to be asked (OpenID Connect CIBA). It tells the decision to the endpoint
 * `oauth-backchannel-decision` by `requestId`, or sends the person to `requestPage`.
 *
 * The HTTP client `notifications` may reach the backend. When that does not take the request, the client is refused and nobody is asked.
 *
 * Flow: oauth-backchannel-authentication
 *
 * @param {BackchannelAuthenticationRequestProcedureContext} context
 */
function result(context) {
  const answer = context.getWebServiceClient('notifications').post({
    path: '/requests',
    body: {
      request_id: context.requestId,
      page: context.requestPage,
      sub: context.subjectAttributes().subject,
      client: context.client.name,
      scope: context.scopeNames.join(' '),
      binding_message: context.bindingMessage,
      acr_values: context.acrValues,
      expires_in: context.requestLifetime,
    },
    timeout: 5000,
  });
  if (answer.statusCode === 404) throw exceptionFactory.forbiddenException('The person does not have the app.');
  if (answer.statusCode >= 300) throw exceptionFactory.internalServerException(`The app cannot ask: it answered ${answer.statusCode}.`);
  return {};
}
