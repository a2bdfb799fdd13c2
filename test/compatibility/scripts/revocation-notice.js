/** Keeps count of what was revoked, and tells others. */
function result(context) {
  var subject = context.getRevokedTokenSubject();
  var bucket = context.getBucket('revocations');
  var counted;
  if (subject === null) {
    logger.info('nothing known of it, hint {}', context.tokenTypeHint);
    return {};
  }
  counted = bucket.getAttributes(subject, 'tokens').getOrDefault('count', 0) + 1;
  bucket.storeAttributes(subject, 'tokens', { count: counted });
  context.getWebServiceClient('siem', 'https://siem.example').post({
    path: '/revoked',
    body: { client: context.client.id, subject: subject, purpose: context.revokedTokenPurpose, count: counted }
  });
  return {};
}
