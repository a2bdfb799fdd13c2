var MessageDigest = Java.type('java.security.MessageDigest');
var Base64 = Java.type('java.util.Base64');

function result(context) {
  var bytes = MessageDigest.getInstance('SHA-512').digest(context.presentedToken.subject.getBytes('UTF-8'));
  return {
    active: true,
    length: bytes.length,
    signed: bytes.some(function (b) {
      return b < 0;
    }),
    fingerprint: Base64.getEncoder().encodeToString(bytes)
  };
}
