function result(context) {
  var subject = context.subjectAttributes().subject;
  if (subject.indexOf('@') === -1) {
    throw exceptionFactory.badRequestException('invalid_grant', 'the subject is no address');
  }
  var delegation = context.delegationIssuer.issue(context.getDefaultDelegationData());
  var data = context.getDefaultAccessTokenData();
  data.domain = subject.split('@')[1];
  return { access_token: context.accessTokenIssuer.issue(data, delegation), token_type: 'bearer', scope: data.scope };
}
