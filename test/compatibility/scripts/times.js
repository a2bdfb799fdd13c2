function result(context) {
  var data = context.presentedToken.data;
  var now = Math.floor(new Date().getTime() / 1000);
  return {
    active: true,
    left: secondsUntil(data.exp) === data.exp - now,
    text: secondsUntil(String(data.exp)) === data.exp - now,
    since: secondsSince(data.iat) === now - data.iat,
    byDate: secondsUntil(new Date((now + 60) * 1000)),
    nothing: secondsUntil(null),
    year: new Date(data.iat * 1000).toISOString().length
  };
}
