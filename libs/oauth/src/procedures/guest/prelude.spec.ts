import { describe, expect, test } from '@jest/globals';
import { introspectionContext } from '../../testing/context-builder.ts';
import { preludeSource } from './prelude.ts';
import { PreludeRealm } from '../../testing/prelude-realm.ts';

const realm = new PreludeRealm();

describe('The prelude', () => {
  test('is one self-contained expression: it works in a realm without this module', () => {
    expect(realm.run('function result(context) { return { active: true }; }').response).toBe('{"active":true}');
  });

  test('is ASCII, which an engine keeps in one byte per character', () => {
    expect(preludeSource()).toMatch(/^[\n\x20-\x7e]*$/);
  });

  test('offers the globals of the contract (section 7)', () => {
    expect(realm.globals.sort()).toEqual(
      [
        ...['Java', 'appendObjectTo', 'base64url', 'cache', 'console', 'exceptionFactory', 'jwt', 'logger', 'randomUuid'],
        ...['secondsSince', 'secondsUntil', 'secrets', 'sha256'],
      ].sort(),
    );
  });

  test.each([
    ['oauth-introspect', true],
    ['oauth-introspect', false],
    ['oauth-token-client-credentials', true],
    ['oauth-revoke', true],
  ] as const)('shares between two runs only what is frozen (%s, dressed: %p)', (flow, dressed) => {
    const twice = realm.prepare(WALK);
    const run = { flow, dressed, context: introspectionContext(), answer: () => 'null' };
    expect(twice(run).response).toBe('{"seen":[]}');
    const second = twice(run);
    expect(second.error).toBeUndefined();
    expect(second.response).toBe('{"seen":[]}');
  });
});

/** Collects all that can be reached from context and globals, getters included; answers what two runs share unfrozen. */
const WALK = `
  let first = null;
  function reach(roots) {
    const seen = new Map();
    const visit = function (value, path) {
      if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value) || path.length > 300) return;
      seen.set(value, path);
      for (let holder = value; holder !== null; holder = Object.getPrototypeOf(holder)) {
        visit(Object.getPrototypeOf(holder), path + '/prototype');
        for (const name of Reflect.ownKeys(holder)) {
          const descriptor = Object.getOwnPropertyDescriptor(holder, name);
          const at = path + '.' + String(name);
          visit(descriptor.value, at); visit(descriptor.get, at + ' (get)'); visit(descriptor.set, at + ' (set)');
          if (descriptor.get) { try { visit(Reflect.apply(descriptor.get, value, []), at); } catch (refused) { visit(refused, at + ' (error)'); } }
        }
      }
    };
    for (const name of Object.keys(roots)) visit(roots[name], name);
    return seen;
  }
  function result(context) {
    const HashMap = Java.type('java.util.HashMap');
    const seen = reach({
      context, appendObjectTo, base64url, cache, console, exceptionFactory, jwt, logger, randomUuid, secondsSince, secondsUntil, secrets, sha256, Java,
      error: exceptionFactory.badRequestException('x'), map: new HashMap({ a: [1] }), HashMap, list: new (Java.type('java.util.ArrayList'))([1]),
      set: new (Java.type('java.util.HashSet'))([1]), Base64: Java.type('java.util.Base64'), text: Java.type('java.lang.String'),
      digest: Java.type('java.security.MessageDigest').getInstance('SHA-256'), encoder: Java.type('java.util.Base64').getEncoder(),
      decoded: jwt.decode('e30.e30.'), entries: new HashMap({ a: 1 }).entrySet(), iterator: new HashMap({ a: 1 }).keySet().iterator(), string: 'text',
      delegation: context.delegationIssuer && context.delegationIssuer.issue({ claims: { a: [1] } }),
    });
    const shared = [];
    if (first !== null) for (const [value, path] of seen) if (first.has(value) && !Object.isFrozen(value)) shared.push(path);
    first = first || seen;
    return { seen: shared };
  }
`;
