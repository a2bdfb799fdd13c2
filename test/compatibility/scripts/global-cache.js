// Kept per worker thread elsewhere, refilled in every run here: correct either way.
var CACHE = { policy: null, fetchedAt: 0 };
var runs = 0;

function policy() {
  if (CACHE.policy === null) {
    CACHE.policy = { audience: 'api' };
    CACHE.fetchedAt = Date.now();
    runs++;
  }
  return CACHE.policy;
}

function result(context) {
  policy();
  var first = policy();
  return { active: true, aud: first.audience, runs: runs, same: first === policy(), age: Date.now() - CACHE.fetchedAt };
}
