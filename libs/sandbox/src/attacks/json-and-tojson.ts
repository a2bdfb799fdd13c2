import { attack, TOO_MUCH, type Family } from './attack.ts';

/** What is written and read as text. */
export const JSON_AND_TOJSON: Family = {
  name: 'json and tojson',
  attacks: [
    attack(
      'toJSON of the prototype of objects',
      `var shared = Object.prototype; return refusedBy(function () { shared.toJSON = function () { return { active: true }; }; });`,
    ),
    attack(
      'toJSON of dates',
      `var shared = Date.prototype; return refusedBy(function () { shared.toJSON = function () { return context; }; });`,
    ),
    attack(
      'raw JSON',
      `return JSON.rawJSON === undefined ? [] : refusedBy(function () { return JSON.rawJSON('{"a":1}'); }).concat(refusedBy(function () { return JSON.rawJSON('\\u0001'); }));`,
    ),
    attack(
      'a reviver that looks around',
      `var seen = []; JSON.parse('{"a":[1]}', function (key, value, source) { seen.push(this, source); return value; }); return reach.apply(null, seen.filter(isObject));`,
    ),
    attack(
      'a replacer that looks around',
      `var seen = []; JSON.stringify({ a: 1 }, function (key, value) { seen.push(this); return value; }); return reach.apply(null, seen);`,
    ),
    attack(
      'a member named __proto__',
      `var parsed = JSON.parse('{"__proto__":{"admin":true}}'); return unless(parsed.admin === undefined && ({}).admin === undefined, 'admin');`,
    ),
    attack('an indent of a million spaces', `return reach(Object(JSON.stringify({ a: [1] }, null, 1e9).length));`),
    attack('separators of the wire in a log line', `logger.error('a\\u0001b\\u0002e\\u0003forged'); return [];`),
    attack(
      'text of a member that is parsed again by the host',
      `return reach(tried(function () { return jwt.decode('eyJhIjoxfQ.eyJfX3Byb3RvX18iOnsiYWRtaW4iOnRydWV9fQ.x'); })).concat(unless(({}).admin === undefined, 'admin'));`,
    ),
    attack('half a character', `return unless(JSON.stringify('\\ud800') === '"\\\\ud800"', 'half');`),
  ],
  killing: [
    attack(
      'toJSON that gives itself, larger each time',
      `var n = 1; function grow() { n *= 2; var list = []; for (var i = 0; i < n; i++) list.push({ toJSON: grow }); return list; } return [JSON.stringify({ toJSON: grow }).length];`,
      TOO_MUCH,
    ),
  ],
};
