function result(context) {
  var data = context.presentedToken.data;
  var copy = JSON.parse(JSON.stringify(data));
  copy.aud = [].concat(copy.aud);
  return {
    active: true,
    same: Object.keys(copy).join() === Object.keys(data).join(),
    helpers: JSON.stringify(data).indexOf('"size"') >= 0,
    hasOwn: data.hasOwnProperty('sub') && !data.hasOwnProperty('size'),
    aud: copy.aud,
    inside: 'sub' in data
  };
}
