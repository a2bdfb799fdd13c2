import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { introspectionContext } from '../../testing/context-builder.ts';
import { PreludeRealm } from '../../testing/prelude-realm.ts';

const realm = new PreludeRealm();
const NOW = 1_700_000_000_500;
const value = (expression: string) => realm.value(expression, { context: introspectionContext(), now: NOW });
const text = (value: unknown) => JSON.stringify(value);

describe('appendObjectTo', () => {
  test.each([
    ['appendObjectTo({ a: 1, b: null }, { a: 0, c: 2 })', { a: 1, b: null, c: 2 }],
    ['appendObjectTo(null, { a: 1 })', { a: 1 }],
    ['appendObjectTo(undefined, { a: 1 })', { a: 1 }],
    ['appendObjectTo(context.presentedToken.data, {}).sub', 'server-client'],
    ['appendObjectTo(context.client.properties, {}).beta', 'true'],
    [
      'Array.from(appendObjectTo({ a: 1 }, new Map([["b", 2]])))',
      [
        ['b', 2],
        ['a', 1],
      ],
    ],
    ['(function () { var t = {}; appendObjectTo({ a: 1 }, t); return t; })()', { a: 1 }],
    ['appendObjectTo({ size: 1 }, context.presentedToken.data).size', 1],
  ])('%s', (expression, expected) => {
    expect(value(expression)).toEqual(expected);
  });

  test('refuses what is no object', () => {
    expect(() => value('appendObjectTo({}, null)')).toThrow(/target, must be an object/);
    expect(() => value('appendObjectTo("text", {})')).toThrow(/source, must be an object/);
    expect(() => value('appendObjectTo({ id: 1 }, context.client)')).toThrow(/TypeError/);
  });
});

describe('secondsUntil and secondsSince', () => {
  test.each([
    ['secondsUntil(1700000300)', 300],
    ['secondsUntil("1700000300")', 300],
    ['secondsUntil(1700000300.9)', 300],
    ['secondsUntil(new Date(1700000300000))', 300],
    ['secondsUntil(1699999990)', -10],
    ['secondsUntil(null)', null],
    ['secondsUntil(undefined)', null],
    ['secondsUntil(context.presentedToken.expiresAt)', 300],
    ['secondsSince(1699999990)', 10],
    ['secondsSince("1699999990")', 10],
    ['secondsSince(new Date(1699999990000))', 10],
    ['secondsSince(null)', null],
  ])('%s is %p', (expression, expected) => {
    expect(value(expression)).toBe(expected);
  });

  test.each([
    '"tomorrow"',
    '""',
    'NaN',
    'true',
    '{}',
    '[]',
    'new Date(NaN)',
    'Infinity',
    '{ valueOf: function () { return 1; } }',
    '"0x10"',
  ])('refuse %s', (argument) => {
    expect(() => value(`secondsUntil(${argument})`)).toThrow(/secondsUntil: .* is not a time/);
    expect(() => value(`secondsSince(${argument})`)).toThrow(/secondsSince: .* is not a time/);
  });
});

describe('logger and console', () => {
  const logged = (statement: string) =>
    realm.run(`function result(context) { ${statement}; return {}; }`, { context: introspectionContext() });

  test.each([
    ['logger.info("a {} b {}", 1, "two")', 'info', 'a 1 b two'],
    ['logger.trace("plain")', 'trace', 'plain'],
    ['logger.debug("{}", { a: [1, { b: null }] })', 'debug', '{"a":[1,{"b":null}]}'],
    ['logger.warn("missing {} {}", 1)', 'warn', 'missing 1 {}'],
    ['logger.info("C:\\\\\\\\{} \\\\{} {}", "a", "b")', 'info', 'C:\\a {} b'],
    ['logger.error("more {}", 1, 2, "x")', 'error', 'more 1 2 x'],
    ['logger.info("escaped \\\\{} {}", 1)', 'info', 'escaped {} 1'],
    ['logger.info("dollar {}", "$&$1")', 'info', 'dollar $&$1'],
    ['logger.info({ a: 1 })', 'info', '{"a":1}'],
    ['logger.info(null)', 'info', 'null'],
    ['logger.info()', 'info', 'undefined'],
    ['logger.info(42, "x")', 'info', '42 x'],
    ['logger.info("{}", context.client.properties)', 'info', '{"beta":"true","nested":{"list":[1,2]}}'],
    ['logger.info("{} {}", function f() {}, Symbol("s"))', 'info', '[function] Symbol(s)'],
    ['logger.info("{} {}", new Map([["k", 1]]), new Set([1]))', 'info', '{"k":1} [1]'],
    ['console.log("a", 1)', 'info', 'a 1'],
    ['console.warn("w")', 'warn', 'w'],
    ['console.error("e {}", 1)', 'error', 'e 1'],
    ['console.debug("d")', 'debug', 'd'],
  ])('%s', (statement, level, message) => {
    expect(logged(statement).log).toEqual([{ level, message }]);
  });

  test('print errors with message and line', () => {
    const outcome = logged('\n\ntry { null.x; } catch (e) { logger.error(e); logger.error("failed: {}", e); }');
    expect(outcome.log[0]?.message).toMatch(/^TypeError: Cannot read properties of null.* \(line 3, column \d+\)$/);
    expect(outcome.log[1]?.message).toMatch(/^failed: TypeError: .* \(line 3, column \d+\)$/);
    expect(logged('logger.warn(exceptionFactory.forbiddenException("no"))').log[0]?.message).toMatch(/^ProcedureRejection: no/);
  });

  test.each([
    'var c = {}; c.c = c; logger.info("{}", c)',
    'logger.info({ get a() { throw new Error("x"); } })',
    'logger.info({ toJSON: function () { throw new Error("x"); } })',
    'logger.info({ toString: function () { throw 1; }, toJSON: 5 })',
    'var e = new Error("x"); Object.defineProperty(e, "message", { get: function () { throw e; } }); logger.error(e)',
    'var e = new Error("x"); Object.defineProperty(e, "stack", { get: function () { throw e; } }); logger.error("{}", e)',
    'logger.info(Object.create(null))',
    'var d = {}; for (var i = 0, at = d; i < 5000; i++) at = at.x = {}; logger.info(d)',
    'logger.info("x".repeat(100000), "y".repeat(100000))',
    'logger.info(new Array(100000).fill("abc"))',
    'logger.info("{}", Object.fromEntries(new Array(5000).fill(0).map(function (_, i) { return ["k" + i, "v".repeat(50)]; })))',
  ])('never throw, and print no value endlessly: %s', (statement) => {
    const outcome = logged(statement);
    expect(outcome.error).toBeUndefined();
    expect(outcome.log).toHaveLength(1);
    expect(outcome.log[0]?.message.length).toBeLessThan(2 * 65_536 + 100);
  });
});

describe('exceptionFactory', () => {
  test.each([
    ['badRequestException()', { status: 400, code: null, description: null }],
    ['badRequestException("why")', { status: 400, code: null, description: 'why' }],
    ['badRequestException("invalid_target", "why")', { status: 400, code: 'invalid_target', description: 'why' }],
    ['unauthorizedException("why")', { status: 401, code: null, description: 'why' }],
    ['forbiddenException("why")', { status: 403, code: 'access_denied', description: 'why' }],
    ['forbiddenException()', { status: 403, code: 'access_denied', description: null }],
    ['notFoundException("why")', { status: 404, code: null, description: 'why' }],
    ['internalServerException()', { status: 500, code: null, description: null }],
    ['internalServerException("why")', { status: 500, code: null, description: 'why' }],
    ['badRequestException("invalid_target", "why", true)', { status: 400, code: 'invalid_target', description: 'why' }],
    ['badRequestException("invalid_grant", null)', { status: 400, code: 'invalid_grant', description: null }],
    ['badRequestException("no code", null)', { status: 400, code: null, description: 'no code' }],
    ['badRequestException(null, "why")', { status: 400, code: null, description: 'why' }],
    ['internalServerException("why", new Error("a cause, never shown"))', { status: 500, code: null, description: 'why' }],
    ['badRequestException({ a: 1 })', { status: 400, code: null, description: '{"a":1}' }],
  ])('%s is thrown as a refusal', (call, payload) => {
    const outcome = realm.run(`function result() { throw exceptionFactory.${call}; }`);
    expect(JSON.parse(outcome.rejection ?? '')).toEqual(payload);
  });

  test('makes errors, with a message', () => {
    expect(
      value('(function (e) { return [e instanceof Error, e.message, e.name]; })(exceptionFactory.badRequestException("code", "why"))'),
    ).toEqual([true, 'why', 'ProcedureRejection']);
  });

  test('keeps the description short and the code within what RFC 6749 section 5.2 allows', () => {
    expect(
      JSON.parse(realm.run('function result() { throw exceptionFactory.badRequestException("x".repeat(10000)); }').rejection ?? ''),
    ).toMatchObject({ description: 'x'.repeat(500) });
    for (const code of ['"a\\"b"', '"ä"', '""', '{}', '"a\\nb"']) {
      expect(realm.run(`function result() { throw exceptionFactory.badRequestException(${code}, "why"); }`).error).toMatch(
        /is not an OAuth error code/,
      );
    }
  });

  test('has the status that response.setStatus set before', () => {
    const source =
      'function result(context) { context.response.setStatus(429); throw exceptionFactory.badRequestException("slow_down", "later"); }';
    expect(JSON.parse(realm.run(source, { context: introspectionContext() }).rejection ?? '')).toEqual({
      status: 429,
      code: 'slow_down',
      description: 'later',
    });
    for (const status of [200, 302, 600, '"400"', 400.5]) expect(() => value(`context.response.setStatus(${status})`)).toThrow(/setStatus/);
  });

  test('cannot be imitated', () => {
    for (const thrown of [
      '{ status: 400, code: "x", description: "y" }',
      'Object.assign(new Error("x"), { status: 400, code: "x" })',
      'Object.create(exceptionFactory.badRequestException("x"))',
      'Object.setPrototypeOf(new Error("x"), Object.getPrototypeOf(exceptionFactory.badRequestException("x")))',
      'null',
      '"text"',
      'undefined',
    ]) {
      const outcome = realm.run(`function result() { throw ${thrown}; }`);
      expect([outcome.rejection, typeof outcome.error]).toEqual([undefined, 'string']);
    }
    expect(value('exceptionFactory.badRequestException().constructor === Error')).toBe(true);
  });
});

describe('base64url', () => {
  test.each(['', 'f', 'fo', 'foo', 'foob', 'grüße ✓', '😀 surrogates', '\u0000\u007f\u0080\u07ff\u0800\uffff'])(
    '%p survives there and back',
    (plain) => {
      const encoded = Buffer.from(plain).toString('base64url');
      expect(value(`[base64url.encode(${text(plain)}), base64url.decode(${text(encoded)})]`)).toEqual([encoded, plain]);
    },
  );

  test('replaces lone surrogates and takes bytes', () => {
    expect(value('base64url.encode("a\\ud800b")')).toBe(Buffer.from('a\ufffdb').toString('base64url'));
    expect(value('base64url.encode([255, -1, 0])')).toBe('__8A');
    expect(value('base64url.decode("YQ==")')).toBe('a');
  });

  test.each(['"a"', '"ab+/"', '"YQ=="+"YQ=="', '"YQ="', '"\\n"', '"gICA"', '"wIA"', '"7aCA"', '"9JCAgA"', '"8ICAgA"', '5', 'null', '{}'])(
    'refuses to decode %s',
    (bad) => {
      expect(() => value(`base64url.decode(${bad})`)).toThrow(/TypeError/);
    },
  );
});

describe('sha256', () => {
  test.each(['', 'abc', 'grüße', 'a'.repeat(55), 'a'.repeat(56), 'a'.repeat(63), 'a'.repeat(64), 'a'.repeat(119), 'a'.repeat(1000)])(
    'of %p is what FIPS 180-4 says',
    (plain) => {
      const hash = (encoding: 'hex' | 'base64url') => createHash('sha256').update(plain).digest(encoding);
      expect(
        value(
          `[sha256(${text(plain)}), sha256(${text(plain)}, { encoding: 'hex' }), sha256(${text(plain)}, { encoding: 'base64url' }), sha256(${text(plain)}, 'base64url')]`,
        ),
      ).toEqual([hash('hex'), hash('hex'), hash('base64url'), hash('base64url')]);
    },
  );

  test('refuses other input and encodings', () => {
    expect(() => value('sha256(5)')).toThrow(/expected text/);
    expect(() => value('sha256("a", "base64")')).toThrow(/hex or base64url/);
  });
});

describe('randomUuid and jwt.decode', () => {
  test('a UUID is a minted value', () => {
    expect(value('[randomUuid(), randomUuid()]')).toEqual(['uuid-0', 'uuid-1']);
  });

  const part = (object: unknown) => Buffer.from(JSON.stringify(object)).toString('base64url');

  test('a JWT is decoded to maps, unverified', () => {
    const token = `${part({ alg: 'none' })}.${part({ sub: 'grüße', aud: ['a'] })}.`;
    expect(
      value(
        `(function (t) { return [t.header.get('alg'), t.payload.sub, t.payload.get('aud').contains('a'), t.payload.get('none')]; })(jwt.decode('${token}'))`,
      ),
    ).toEqual(['none', 'grüße', true, null]);
  });

  test.each([`'${part({})}'`, "'a.b.c'", `'${part([])}.${part({})}.x'`, `'${part({})}.${part(null)}.x'`, "'....'", 'null', '5'])(
    '%s is refused',
    (token) => {
      expect(() => value(`jwt.decode(${token})`)).toThrow(/jwt\.decode/);
    },
  );
});

describe('Java.type', () => {
  const java = (name: string, body: string) => value(`(function (T) { ${body} })(Java.type('${name}'))`);

  test.each(['java.util.HashMap', 'java.util.LinkedHashMap'])('%s is a map', (name) => {
    expect(
      java(
        name,
        'var m = new T(); m.put("b", 1); m.a = 2; return [m.get("b"), m.size(), m.containsKey("c"), Object.keys(m), JSON.stringify(m)];',
      ),
    ).toEqual([1, 2, false, ['b', 'a'], '{"b":1,"a":2}']);
    expect(java(name, 'return new T(context.presentedToken.data).get("sub");')).toBe('server-client');
    expect(java(name, 'return new T(16).isEmpty();')).toBe(true);
  });

  test('java.util.ArrayList is a list, java.util.HashSet a set', () => {
    expect(java('java.util.ArrayList', 'var l = new T(); l.add("a"); l.add("a"); return [l.size(), l.get(1), l];')).toEqual([
      2,
      'a',
      ['a', 'a'],
    ]);
    expect(java('java.util.ArrayList', 'return new T(context.scopeNames).size();')).toBe(2);
    expect(
      java('java.util.HashSet', 'var s = new T(["a", "a"]); return [s.size(), s.add("a"), s.add("b"), s.contains("b"), s.remove("a"), s];'),
    ).toEqual([1, false, true, true, true, ['b']]);
  });

  test('java.util.Base64 works on signed bytes', () => {
    expect(
      java(
        'java.util.Base64',
        'return [T.getEncoder().encodeToString("ä>?".getBytes()), T.getUrlEncoder().withoutPadding().encodeToString("ä>?".getBytes("UTF-8"))];',
      ),
    ).toEqual([Buffer.from('ä>?').toString('base64'), Buffer.from('ä>?').toString('base64url')]);
    expect(java('java.util.Base64', 'return T.getDecoder().decode("/w==");')).toEqual([-1]);
    expect(java('java.util.Base64', 'return "" + new (Java.type("java.lang.String"))(T.getUrlDecoder().decode("w6Q"), "UTF-8");')).toBe(
      'ä',
    );
    expect(() => java('java.util.Base64', 'return T.getDecoder().decode("_w==");')).toThrow(/illegal character/);
  });

  test('java.security.MessageDigest has SHA-256', () => {
    const expected = [...createHash('sha256').update('abc').digest()].map((byte) => (byte << 24) >> 24);
    expect(java('java.security.MessageDigest', 'return T.getInstance("SHA-256").digest("abc".getBytes());')).toEqual(expected);
    expect(
      java(
        'java.security.MessageDigest',
        'var d = T.getInstance("SHA-256"); d.update("a".getBytes()); d.update("bc".getBytes()); return d.digest();',
      ),
    ).toEqual(expected);
    expect(() => java('java.security.MessageDigest', 'return T.getInstance("MD5");')).toThrow(/MD5 is not available/);
  });

  test('java.lang.String and the methods of Java’s strings', () => {
    expect(
      java('java.lang.String', 'return ["" + new T("x"), T.valueOf(5), T.join(",", ["a", "b"]), JSON.stringify({ s: new T("x") })];'),
    ).toEqual(['x', '5', 'a,b', '{"s":"x"}']);
    expect(
      value(
        '["abc".contains("b"), "".isEmpty(), "a".isEmpty(), "a".equals("a"), "a".equals(null), "a".equalsIgnoreCase("A"), "é".getBytes()]',
      ),
    ).toEqual([true, true, false, true, false, true, [-61, -87]]);
    expect(value('(function () { var names = []; for (var k in "ab") names.push(k); return names; })()')).toEqual(['0', '1']);
  });

  test('names what there is for any other name', () => {
    for (const name of ['java.lang.System', 'constructor', '__proto__', ''])
      expect(() => java(name, 'return 1;')).toThrow(/is not available; there are java.util.HashMap/);
  });

  test('Java.from and Java.to convert any collection', () => {
    expect(value('[typeof Java.from(context.scopeNames).contains, Java.from(new Set([1])), Java.to(["a"]).get(0)]')).toEqual([
      'undefined',
      [1],
      'a',
    ]);
  });
});

describe('Globals', () => {
  test.each([
    'logger.info = null',
    'exceptionFactory.x = 1',
    'Java.type.x = 1',
    'jwt.decode = null',
    'Java.type("java.util.HashMap").x = 1',
    'Java.type("java.lang.String").valueOf = 1',
    'Java.type("java.util.Base64").getEncoder = 1',
    'String.prototype.contains = 1',
  ])('cannot be changed: %s', (statement) => {
    expect(() => value(statement)).toThrow(/TypeError/);
  });
});
