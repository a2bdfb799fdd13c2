var SALT = 'some salt';

function pairwise(subject, client) {
  var digest = Java.type('java.security.MessageDigest').getInstance('SHA-256');
  digest.update(String(client).getBytes());
  digest.update(subject.getBytes());
  var bytes = digest.digest(SALT.getBytes());
  var hex = '';
  for (var i = 0; i < bytes.length; i++) {
    var b = bytes[i] & 0xff;
    hex += (b < 16 ? '0' : '') + b.toString(16);
  }
  return hex;
}

function result(context) {
  var response = appendObjectTo(context.presentedToken.data, { active: true });
  response.sub = pairwise(response.sub, context.client.id);
  return response;
}
