import { attack, refused, TOO_MUCH, type Family } from './attack.ts';

/** Ways out of other JavaScript sandboxes that have been published, in our own words. The name says whose they were. */
export const PUBLISHED_ESCAPES: Family = {
  name: 'published escapes',
  attacks: [
    attack(
      'node:vm, safe-eval: the constructor of this',
      `var self = (function () { return this; })(); return unless(self === undefined, 'this is something').concat(refusedBy(function () { return globalThis.constructor.constructor('return process')(); }));`,
    ),
    attack(
      'safe-eval: the constructor’s is.constructor',
      `return refusedBy(function () { return globalThis.constructor.is.constructor('return process')(); });`,
    ),
    attack(
      'safe-eval, gf3: the error of __defineGetter__',
      `var e = tried(function () { ({}).__defineGetter__('x'); }); return reach(e).concat(refusedBy(function () { return e.constructor.constructor('return process')(); }));`,
    ),
    attack(
      'gf3: propertyIsEnumerable of nothing',
      `var e = tried(function () { return ({}).propertyIsEnumerable.call(undefined); }); return reach(Object(e));`,
    ),
    attack(
      'gf3: toLocaleString of nothing',
      `var e = tried(function () { var f = ({}).toLocaleString; return f(); }); return reach(Object(e));`,
    ),
    attack('node:vm: the caller of a function', `function inner() { return inner.caller; } return refusedBy(inner);`),
    attack('node:vm: the arguments of the caller', `function inner() { return inner['arguments']; } return refusedBy(inner);`),
    attack(
      'vm2: an error thrown by a host function',
      `var e = tried(function () { context.request.getHeader(Symbol('x')); }); return reach(Object(e));`,
    ),
    attack(
      'vm2: the end of the stack within a host function',
      `var kept = null; function deep(n) { try { deep(n + 1); } catch (e) { if (kept === null) try { base64url.encode('x'.repeat(50)); jwt.decode('a.b.c'); } catch (again) { kept = again; } } } deep(0); return reach(Object(kept));`,
    ),
    attack(
      'vm2: call sites of the stack',
      `var sites = null; var E = Error; tried(function () { E.prepareStackTrace = function (e, s) { sites = s; return ''; }; }); new Error('x').stack; return unless(sites === null, 'call sites').concat(reach(sites));`,
    ),
    attack(
      'vm2: another Error in the global object',
      `return refusedBy(function () { Object.defineProperty((0, globalThis), 'Error', { value: { prepareStackTrace: function (e, sites) { return sites[0].getThis(); } } }); });`,
    ),
    attack(
      'vm2: a symbol as the name of an error',
      `var e = new Error('x'); e.name = Symbol('x'); var thrown = tried(function () { return e.stack; }); return reach(Object(thrown));`,
    ),
    attack(
      'vm2: a getter named get on the prototype of objects',
      `return refusedBy(function () { var define = Object.defineProperty; define((0, Object.prototype), 'get', { get: function () { throw function (f) { return f.constructor('return process')(); }; } }); });`,
    ),
    attack(
      'vm2: an iterator of arrays that looks into services',
      `return refusedBy(function () { (0, Array.prototype)[Symbol.iterator] = function () { return reach(this); }; });`,
    ),
    attack(
      'vm2: setters of indexes',
      `return refusedBy(function () { var define = Object.defineProperty; define((0, Array.prototype), '0', { set: function (value) { logger.info('{}', value); } }); });`,
    ),
    attack(
      'vm2: species of an array of the host',
      `var list = context.presentedToken.expiredScopes; return reach(list, tried(function () { list.constructor = function () { return list; }; }), tried(function () { return list.map(function (x) { return x; }); }));`,
    ),
    attack(
      'vm2: the inspector’s symbol, made of an object',
      `var symbol = Symbol.for({ toString: function () { return 'nodejs.util.inspect.custom'; } }); var got = []; console.log({ [symbol]: function () { got = reach.apply(null, arguments).concat('called'); return ''; } }); return got;`,
    ),
    attack(
      'vm2: __lookupGetter__ applied from afar',
      `var lookup = ({}).__lookupGetter__; var getter = lookup.apply(Object, ['__proto__']); return reach(getter, getter && getter.call(isNaN));`,
    ),
    attack(
      'vm2: a constructor given to the host',
      `function Own() { return function (f) { return f.constructor('return process')(); }; } return reach(tried(function () { return Java.from({ iterator: Own }); }), tried(function () { return Java.type('java.util.ArrayList')(Own); }));`,
    ),
    attack(
      'vm2: instanceof while an error is converted',
      `throw Object.create({ get constructor() { throw function (f) { return f.constructor('return process')(); }; } });`,
      ['runtime'],
    ),
    attack('vm2: a buffer', `return unless(typeof globalThis.Buffer === 'undefined', 'Buffer').concat(reach(base64url.decode('eA')));`),
    attack(
      'vm2: an error held by a suppressed one',
      `var e = tried(function () { using a = { [Symbol.dispose]: function () { base64url.decode('!'); } }; null.x; }); return reach(e, e.error, e.suppressed);`,
    ),
    attack(
      'realms-shim: Reflect.construct with a list of the host',
      `var e = tried(function () { return Reflect.construct(Object, 5); }); return reach(e);`,
    ),
    attack(
      'realms-shim: the end of the stack within the wrapper',
      `var got = []; function deep() { try { return deep(); } catch (e) { got.push(e); throw e; } } tried(deep); return reach(got[0], got[got.length - 1]);`,
    ),
    attack(
      'realms-shim: a spread list with a hook',
      `var list = []; Object.defineProperty(list, Symbol.iterator, { value: function* () { yield context; } }); return reach(tried(function () { return Math.max(...list); }));`,
    ),
    attack(
      'SES: a property of a frozen function',
      `return refusedBy(function () { (0, Function.prototype).apply = function () { return arguments; }; });`,
    ),
    attack(
      'ADsafe: a built-in applied to the global object',
      `return reach(tried(function () { return [].concat.call(undefined); }), tried(function () { return [].concat.apply(null); }));`,
    ),
    attack(
      'Caja: a getter of the global object as receiver',
      `var getter = (0, Object.getOwnPropertyDescriptor)(Object.prototype, '__proto__').get; return reach(tried(function () { return getter(); }), tried(function () { return getter.call(undefined); }));`,
    ),
    attack(
      'notevil: the constructor of a caught error',
      `try { null[0]; } catch (e) { return refusedBy(function () { return e.constructor.constructor('return process')(); }); } return ['not thrown'];`,
    ),
    attack(
      'notevil: a built-in as the callback of another',
      `return refusedBy(function () { return ['return process'].map(isNaN.constructor)[0](); });`,
    ),
    attack(
      'notevil: names in a loop of its own',
      `var out = []; for (var key in { constructor: 1 }) out.push((function () {})[key]); return reach.apply(null, out);`,
    ),
    attack(
      'static-eval: __proto__ and a defined getter',
      `return refusedBy(function () { ({})['__proto__']['__defineGetter__']('toString', ({})['constructor']); });`,
    ),
    attack(
      'static-eval: a tag that picks the name',
      `function tag(parts) { return (function () {})[!parts ? 'x' : parts[0]]; } return refusedBy(function () { return tag\`constructor\`('return process')(); });`,
    ),
    attack(
      'static-eval: a name that is an array',
      `return refusedBy(function () { return (function () {})[['constructor']]('return process')(); });`,
    ),
    attack(
      'static-eval: defaults of parameters',
      `return refusedBy(function () { return (function (x = (function () {}).constructor('return process')) { return x(); })(); });`,
    ),
    attack(
      'SandboxJS: a key that changes when it is read twice',
      `var turn = 0; var key = { toString: function () { return turn++ === 0 ? 'length' : 'constructor'; } }; return refusedBy(function () { var f = function () {}; f[key]; return f[key]('return process')(); });`,
    ),
    attack(
      'SandboxJS: lists of values that hold built-ins',
      `return reach(Object.values({ f: isNaN }), Object.entries({ f: isNaN }), Object.getOwnPropertyDescriptors(isNaN));`,
    ),
    attack(
      'SandboxJS: a shadowed hasOwnProperty',
      `var object = { hasOwnProperty: function () { return true; } }; return reach(object['constructor'], tried(function () { return appendObjectTo(object, {}); }));`,
    ),
    attack(
      'SandboxJS: the prototype of Map, overwritten',
      `return refusedBy(function () { new Map().__proto__.get = function () { return context; }; });`,
    ),
    attack(
      'SandboxJS: the constructor of an async function',
      `return refusedBy(function () { var names = Object.getOwnPropertyNames(isNaN.__proto__); return isNaN.__proto__.constructor.constructor('return 1')(names); });`,
    ),
    attack(
      'evel: the prototype of Function',
      `return refusedBy(function () { return (0, Function).__proto__.constructor('return this')(); });`,
    ),
    attack(
      'AngularJS: charAt replaced by join',
      `return refusedBy(function () { ''.__proto__.charAt = [].join; return ''.at.constructor('x=1} } };alert(1)//'); });`,
    ),
    attack(
      'mathjs: the constructor of a function of the service',
      `return refusedBy(function () { return sha256.constructor('return process')(); });`,
    ),
    attack(
      'lodash: an imported name that is code',
      `return refusedBy(function () { return appendObjectTo({ constructor: isNaN.constructor }, {}).constructor('return process')(); });`,
    ),
    attack(
      'n8n: this within a plain function',
      `return reach(Object((function () { return this; })()), Object((function () { return this; }).call(null)));`,
    ),
    attack(
      'jailed: functions of the application by way of an error',
      `var e = tried(function () { return exceptionFactory.badRequestException(1, 2, 3); }); return reach(Object(e), e && e.constructor);`,
    ),
    attack(
      'jailed: messages to the parent',
      `return unless(['postMessage', 'importScripts', 'application', 'parentPort', 'self', 'onmessage'].every(function (name) { return !(name in globalThis); }), 'messages');`,
    ),
    attack(
      'isolated-vm misuse: a reference left in the realm',
      `return Reflect.ownKeys(globalThis).map(String).filter(function (name) { return /^_|ivm|log$|^global$|jail|^ref$/.test(name); }).concat(reach(globalThis));`,
    ),
    attack(
      'isolated-vm misuse: functions of the process',
      `return ['runtime', 'guest', 'describer', 'prelude', 'prepare', 'bind', 'finish', 'hostTime', 'current', 'plain', 'dressed', 'contexts'].filter(function (name) { return name in globalThis; });`,
    ),
    attack(
      'Duktape, QuickJS: a handler for what nobody caught',
      `return unless(!('onerror' in globalThis) && !('onunhandledrejection' in globalThis), 'handlers');`,
    ),
  ],
  killing: [
    attack(
      'vm2: growing the stack until a host function fails half-way',
      `var i = 0; function deep(n) { return n === 0 ? base64url.encode('x') : deep(n - 1); } var got = []; for (;;) { try { deep(i++); } catch (e) { got = reach(e); if (got.length > 0) return got; i = i > 20000 ? 0 : i; } }`,
      TOO_MUCH,
    ),
    attack(
      'Function.prototype.toString of a native loop',
      `var text = ''; for (;;) text = Function.prototype.toString.call(isNaN) + text.slice(0, 100000);`,
      TOO_MUCH,
    ),
  ],
  refused: [
    refused('SES: a dynamic import', `return import('fs');`),
    refused('SES: a dynamic import after a spread', `var f = function () {}; f(...import('fs')); return {};`),
    refused('SES, realms-shim: a dynamic import with a comment in it', `return import/* quiet */('fs');`),
    refused('realms-shim: an import in a comment of old', `<!-- \n import('fs'); return {};`),
    refused(
      'vm2: a rejected promise with a species',
      `var p = (async function () { null.x; })(); p.constructor = { [Symbol.species]: function (run) { run(function () {}, function (e) { e.constructor.constructor('return process')(); }); } }; p.then(); return {};`,
    ),
    refused(
      'vm2: an async function and its stack',
      `async function f() { var e = new Error(); e.name = Symbol(); return e.stack; } f(); return {};`,
    ),
    refused('n8n: with', `with ({}) { return constructor; }`),
    refused('node:vm: arguments.callee.caller', `return arguments.callee.caller('return process')();`),
    refused('node: getBuiltinModule by way of require', `return require('process').getBuiltinModule('fs');`),
  ],
};
