function result(context) {
  if (!early) {
    var early = later();
  }
  for (var i = 0; i < 2; i++) {
    var inside = i;
  }
  var i = i + 10;
  var callbacks = [];
  for (var n = 0; n < 3; n++) {
    callbacks.push(function () {
      return n;
    });
  }
  return { active: true, early: early, inside: inside, i: i, closed: callbacks[0](), again: again(3) };

  function again(times) {
    return times === 0 ? 'done' : again(times - 1);
  }
}

var later = function () {
  return VALUE;
};
var VALUE = 'hoisted';
