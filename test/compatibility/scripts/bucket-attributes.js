// Counts how often a subject came, in a bucket.
function result(context) {
  var bucket = context.getBucket('visits');
  var subject = context.subjectAttributes().subject;
  var attributes = bucket.getAttributes(subject, 'count');
  var before = attributes === null || attributes.isEmpty() ? 0 : attributes.get('times');
  bucket.storeAttributes(subject, 'count', { times: before + 1, last: context.client.id });
  var now = bucket.getAttributes(subject, 'count').times;
  if (now > 2) {
    bucket.clearBucket(subject, 'count');
  }
  return { visits: now };
}
