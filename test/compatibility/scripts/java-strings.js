var JavaString = Java.type('java.lang.String');
var Base64 = Java.type('java.util.Base64');

function result(context) {
  var text = new JavaString('h\u00e9llo');
  var encoded = Base64.getEncoder().encodeToString(text.getBytes('UTF-8'));
  var decoded = new JavaString(Base64.getDecoder().decode(encoded), 'UTF-8');
  var head = JSON.parse(new JavaString(Base64.getUrlDecoder().decode('eyJraWQiOiJrMSJ9'), 'UTF-8'));
  return {
    active: true,
    encoded: encoded,
    back: decoded.equals('h\u00e9llo'),
    loose: decoded == 'h\u00e9llo',
    kid: head.kid,
    empty: ''.isEmpty(),
    contains: context.presentedToken.subject.contains('app'),
    equals: 'Bearer'.equalsIgnoreCase('bearer'),
    joined: JavaString.join(' ', ['a', 'b'])
  };
}
