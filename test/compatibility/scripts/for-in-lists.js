// `for each (x in list)` of old engines, as people rewrote it.
function result(context) {
  var byIndex = [];
  var scopes = context.scopeNames;
  for (var i in scopes) {
    byIndex.push(scopes[i]);
  }
  var byLength = [];
  for (var j = 0; j < scopes.length; j++) {
    byLength.push(scopes[j]);
  }
  var visited = [];
  scopes.forEach(function (scope) {
    visited.push(scope);
  });
  return { active: true, byIndex: byIndex, byLength: byLength, visited: visited, scope: scopes };
}
