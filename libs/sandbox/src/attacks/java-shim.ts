import { attack, refused, TOO_MUCH, type Family } from './attack.ts';

/** What is there for scripts written for another engine. */
export const JAVA_SHIM: Family = {
  name: 'java shim',
  attacks: [
    attack(
      'a class named at run time',
      `return refusedBy(function () { return Java.type('java.lang.' + 'Runtime').getRuntime().exec('id'); });`,
    ),
    attack(
      'names of the language as classes',
      `return ['__proto__', 'constructor', 'toString', 'hasOwnProperty', ''].filter(function (name) { return !(tried(function () { return Java.type(name); }) instanceof Error); });`,
    ),
    attack(
      'a class named by an object that changes',
      `var turn = 0; return refusedBy(function () { return Java.type({ toString: function () { return turn++ ? 'x' : 'java.util.HashMap'; } }); });`,
    ),
    attack(
      'getClass',
      `var HashMap = Java.type('java.util.HashMap'); return refusedBy(function () { return new HashMap().getClass().forName('java.lang.Runtime'); });`,
    ),
    attack(
      'class of a type',
      `return unless(Java.type('java.util.HashMap').class === undefined && Java.extend === undefined && Java.synchronized === undefined, 'reflection');`,
    ),
    attack(
      'what the types lead to',
      `return reach.apply(null, ['java.util.HashMap', 'java.util.HashSet', 'java.util.ArrayList', 'java.util.Base64', 'java.lang.String', 'java.security.MessageDigest'].map(function (name) { return Java.type(name); }));`,
    ),
    attack(
      'what their objects lead to',
      `var M = Java.type('java.util.HashMap'), L = Java.type('java.util.ArrayList'), S = Java.type('java.util.HashSet'); var m = new M(), l = new L(), s = new S(); m.put('a', 1); l.add(1); s.add(1); return reach(m.entrySet(), m.keySet(), l.iterator(), s.iterator());`,
    ),
    attack(
      'a map with difficult keys',
      `var M = Java.type('java.util.HashMap'); var m = new M(); m.put('__proto__', { polluted: 1 }); m.put('constructor', 1); tried(function () { appendObjectTo(m, {}); }); return unless(({}).polluted === undefined && m.get('__proto__').polluted === 1, 'polluted');`,
    ),
    attack(
      'a map taken from another object',
      `var M = Java.type('java.util.HashMap'); var put = new M().put; return refusedBy(function () { put.call(Object.prototype, 'polluted', 1); });`,
    ),
    attack(
      'prototypes of the types',
      `return refusedBy(function () { Java.type('java.util.HashMap').prototype.put = function () { return context; }; });`,
    ),
    attack('statics of the types', `return refusedBy(function () { Java.type('java.util.HashMap').left = context.client.id; });`),
    attack('methods of texts', `return refusedBy(function () { ''.__proto__.getBytes = function () { return context; }; });`),
    attack(
      'a digest nobody offers',
      `return refusedBy(function () { return Java.type('java.security.MessageDigest').getInstance('MD5'); });`,
    ),
    attack(
      'a digest fed with code',
      `var digest = Java.type('java.security.MessageDigest').getInstance('SHA-256'); return reach(tried(function () { return digest.update({ length: 9007199254740991, get 0() { throw context; } }); }));`,
    ),
    attack(
      'bytes that are no bytes',
      `return reach(tried(function () { return base64url.encode([{ valueOf: function () { return context; } }]); }), tried(function () { return base64url.encode([NaN, -1, 1e99]).length; }));`,
    ),
    attack(
      'a collection that says it is longer than it is',
      `return reach(tried(function () { return Java.to({ size: function () { return 1e9; }, iterator: function () { return { hasNext: function () { return false; } }; } }); }));`,
    ),
  ],
  killing: [
    attack('a list that says it has no end', `return [Java.from({ length: 9007199254740991 }).length];`, [...TOO_MUCH, 'invalid-response']),
    attack(
      'an iterator of Java without an end',
      `return [Java.from({ iterator: function () { return { hasNext: function () { return true; }, next: function () { return 1; } }; } }).length];`,
      [...TOO_MUCH, 'nothing', 'invalid-response'],
    ),
  ],
  refused: [
    refused('a class outside the shim', `return { x: Java.type('java.lang.Runtime') };`, 'java'),
    refused('a class of the product itself', `return { x: Java.type('se.curity.identityserver.Main') };`, 'java'),
    refused('Packages', `return { x: Packages.java.lang.System.exit(0) };`, 'java'),
  ],
};
