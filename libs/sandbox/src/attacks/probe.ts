import type { Attack } from './attack.ts';

/**
 * What every attack has at hand. `reach` looks at values and at all that their prototypes and constructors lead to, and names
 * what nobody should have: objects of the host or of another realm, constructors that compile text, built-ins that can be
 * written. `tried` gives what an action gave or threw; `refusedBy` reports an action that should have thrown and did not.
 */
const PROBE = `
var WANTED = ['process', 'require', 'module', 'exports', 'mainModule', 'Buffer', 'setTimeout', 'setInterval', 'setImmediate',
  'queueMicrotask', 'fetch', 'eval', 'WebAssembly', 'SharedArrayBuffer', 'ArrayBuffer', 'Atomics', 'Proxy', 'Promise', 'BigInt', 'Intl',
  'WeakRef', 'FinalizationRegistry', 'structuredClone', 'performance', 'crypto', 'Reference', 'ExternalCopy', 'Isolate', 'applySync', 'derefInto',
  'copySync', 'getSync', 'binding', 'getBuiltinModule', 'getThis', 'getFunction', 'captureStackTrace', '$0', 'gc'];
function isObject(value) { return typeof value === 'object' && value !== null || typeof value === 'function'; }
function tried(action) { try { return action(); } catch (thrown) { return thrown; } }
function compiles(constructor) {
  try { var made = constructor('return 1'); return typeof made === 'function' && made() === 1; } catch (thrown) { return false; }
}
function reach() {
  var found = [], seen = new Set();
  function visit(value, path, depth) {
    if (!isObject(value) || seen.has(value) || depth > 4 || found.length > 20) return;
    seen.add(value);
    WANTED.forEach(function (name) { var has = false; try { has = name in value; } catch (thrown) { } if (has) found.push(path + '.' + name); });
    if (typeof value === 'function' && compiles(value)) found.push(path + ' compiles text');
    var root = value, prototype = null;
    for (var step = 0; step < 50 && (prototype = Object.getPrototypeOf(root)) !== null; step++) {
      var own = Object.getOwnPropertyDescriptor(prototype, 'constructor');
      if (own !== undefined && !Object.isFrozen(prototype)) found.push(path + ' has a prototype that can be written');
      root = prototype;
    }
    if (root !== Object.prototype && Object.getOwnPropertyDescriptor(root, 'hasOwnProperty') !== undefined) found.push(path + ' is of another realm');
    visit(Object.getPrototypeOf(value), path + '.__proto__', depth + 1);
    Reflect.ownKeys(value).slice(0, 60).forEach(function (key) {
      var descriptor = Object.getOwnPropertyDescriptor(value, key), name = path + '.' + String(key);
      visit(descriptor.value, name, depth + 1); visit(descriptor.get, name, depth + 1); visit(descriptor.set, name, depth + 1);
    });
    try { visit(value.constructor, path + '.constructor', depth + 1); } catch (thrown) { visit(thrown, path + ' thrown', depth + 1); }
  }
  for (var index = 0; index < arguments.length; index++) visit(arguments[index], 'value ' + index, 0);
  return found;
}
function refusedBy(action) {
  var given;
  try { given = action(); } catch (thrown) { return reach(thrown); }
  return ['it was possible and gave a ' + typeof given].concat(reach(given));
}
function unless(condition, word) { return condition ? [] : [word]; }
`;

/** Counts all that can be reached from the globals: anything that an attack left behind would change the count. */
const CENSUS = `
function census() {
  var seen = new Set(), keys = 0, open = [], waiting = [globalThis, logger, console, exceptionFactory, Java, base64url, jwt, cache, secrets,
    sha256, randomUuid, appendObjectTo, secondsUntil, secondsSince];
  while (waiting.length > 0) {
    var value = waiting.pop();
    if (!isObject(value) || seen.has(value)) continue;
    seen.add(value);
    if (!Object.isFrozen(value)) open.push(String(Reflect.ownKeys(value)[0]));
    waiting.push(Object.getPrototypeOf(value));
    var own = Reflect.ownKeys(value);
    keys += own.length;
    for (var index = 0; index < own.length; index++) {
      var descriptor = Object.getOwnPropertyDescriptor(value, own[index]);
      waiting.push(descriptor.value, descriptor.get, descriptor.set);
    }
  }
  return { objects: seen.size, keys: keys, open: open };
}
`;

/** The program of a family: the token's text says which attack to run; `census` counts. */
export function familySource(attacks: readonly Attack[]): string {
  const functions = attacks.map(({ name, body }) => `/* ${name} */ function (context) { ${body} }`);
  return `var ATTACKS = [\n${functions.join(',\n')}\n];\n${PROBE}${CENSUS}
function result(context) {
  var name = context.presentedToken.value;
  return name === 'census' ? census() : { found: ATTACKS[+name](context) };
}`;
}

/** The program of one attack. */
export function singleSource({ body }: Attack): string {
  return `${PROBE}function attack(context) { ${body} }\nfunction result(context) { return { found: attack(context) }; }`;
}
