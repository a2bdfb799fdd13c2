import { describe, expect, test } from '@jest/globals';
import { introspectionContext } from '../../testing/context-builder.ts';
import { PreludeRealm } from '../../testing/prelude-realm.ts';

const realm = new PreludeRealm();

/** The value of an expression over `m`, a map `{ scope: 'read', aud: ['a', 'b'], nested: { list: [{ x: 1 }] } }` of the context. */
function ofMap(expression: string, dressed = true): unknown {
  const data = { scope: 'read', aud: ['a', 'b'], nested: { list: [{ x: 1 }] } };
  const context = introspectionContext({ presentedToken: { active: true, type: 'bearer', value: null, expiredScopes: [], data } });
  return realm.value(`(function (m) { ${expression} })(context.presentedToken.data)`, { context, dressed });
}

describe('A map (contract section 4)', () => {
  test.each([
    ['m.scope', 'read'],
    ["m['scope']", 'read'],
    ["m.get('scope')", 'read'],
    ["m.get('missing')", null],
    ['typeof m.missing', 'undefined'],
    ["[m.put('k', 1), m.k]", [null, 1]],
    ["[m.put('scope', 1), m.scope]", ['read', 1]],
    ["(m.aud = ['z'], m.aud)", ['z']],
    ["[m.containsKey('aud'), m.containsKey('toString'), m.containsKey('size')]", [true, false, false]],
    ["[m.remove('scope'), m.remove('scope'), 'scope' in m]", ['read', null, false]],
    ["[m.getOrDefault('scope', 1), m.getOrDefault('none', 1)]", ['read', 1]],
    ["(m.putAll({ a: 1, scope: 'x' }), [m.a, m.scope])", [1, 'x']],
    ["(m.putAll(new Map([['a', 1]])), m.a)", 1],
    ['[m.values().size(), m.values().get(0)]', [3, 'read']],
    ['[m.keySet().contains("aud"), m.keySet().size()]', [true, 3]],
    ['m.entrySet()[0].getKey() + m.entrySet()[0].getValue() + m.entrySet()[0].key', 'scopereadscope'],
    ['[m.size(), m.isEmpty()]', [3, false]],
    ['Object.keys(m)', ['scope', 'aud', 'nested']],
    ['JSON.stringify(m)', '{"scope":"read","aud":["a","b"],"nested":{"list":[{"x":1}]}}'],
    ['[m.nested.get("list").get(0).get("x"), m.nested.list.size(), m.get("nested").list[0].x]', [1, 1, 1]],
  ])('supports %s', (expression, expected) => {
    expect(ofMap(`return ${expression};`)).toEqual(expected);
  });

  test('shows its members alone to for...in', () => {
    expect(ofMap('var names = []; for (var k in m) names.push(k); return names;')).toEqual(['scope', 'aud', 'nested']);
  });

  test('gives forEach the key first', () => {
    expect(ofMap('var seen = []; m.forEach(function (key, value) { seen.push(key, typeof value); }); return seen;')).toEqual([
      ...['scope', 'string', 'aud', 'object', 'nested', 'object'],
    ]);
  });

  test('lets a member named like a helper win, also one written later', () => {
    expect(ofMap('m.size = 5; m.get = "claim"; return [m.size, m.get, Object.keys(m), m.containsKey("size")];')).toEqual([
      ...[5, 'claim', ['scope', 'aud', 'nested', 'size', 'get'], true],
    ]);
  });

  test('reads as the helper where a member of that name is absent', () => {
    expect(ofMap('return [typeof m.size, m.containsKey("size")];')).toEqual(['function', false]);
  });

  test('is a plain object for scripts that use no helper', () => {
    expect(ofMap('return [typeof m.get, typeof m.aud.contains, m.scope];', false)).toEqual(['undefined', 'undefined', 'read']);
  });

  test('made by a script has no helpers', () => {
    expect(ofMap('m.put("own", {}); return [typeof ({}).get, typeof m.own.get, typeof [].contains];')).toEqual([
      'undefined',
      'undefined',
      'undefined',
    ]);
  });
});

describe('A list (contract section 4)', () => {
  test.each([
    ['m.aud.get(1)', 'b'],
    ['m.aud.size()', 2],
    ['[m.aud.add("c"), m.aud]', [true, ['a', 'b', 'c']]],
    ['(m.aud.add(0, "z"), m.aud)', ['z', 'a', 'b']],
    ['(m.aud.addAll(["c", "d"]), m.aud.length)', 4],
    ['(m.aud.addAll("c"), m.aud)', ['a', 'b', 'c']],
    ['[m.aud.remove("a"), m.aud.remove("none"), m.aud]', [true, false, ['b']]],
    ['[m.aud.remove(0), m.aud]', ['a', ['b']]],
    ['[m.aud.contains("b"), m.aud.contains("c")]', [true, false]],
    ['m.nested.list.contains({ x: 1 })', true],
    ['m.aud.isEmpty()', false],
    [
      '[m.aud.map(function (x) { return x + x; }), Array.isArray(m.aud), m.aud.indexOf("b"), m.aud.concat(["c"])]',
      [['aa', 'bb'], true, 1, ['a', 'b', 'c']],
    ],
    ['(m.aud.push("c"), m.aud.join(" "))', 'a b c'],
  ])('supports %s', (expression, expected) => {
    expect(ofMap(`return ${expression};`)).toEqual(expected);
  });

  test('iterates in the manner of Java', () => {
    expect(ofMap('var i = m.aud.iterator(), seen = []; while (i.hasNext()) seen.push(i.next()); return seen;')).toEqual(['a', 'b']);
    expect(() => ofMap('m.nested.list.remove(0); return m.nested.list.iterator().next();')).toThrow(/no further element/);
  });

  test('names the index that is outside', () => {
    expect(() => ofMap('return m.aud.get(2);')).toThrow('index 2 is outside a list of 2');
    expect(() => ofMap('return m.aud.remove(7);')).toThrow('index 7 is outside a list of 2');
    for (const index of ['-1', '1.5', '"2"', '"01"', '""', 'null', '"x"', 'NaN'])
      expect(() => ofMap(`return m.aud.get(${index});`)).toThrow(/index .* is outside a list of 2$/);
    expect(() => ofMap('return m.aud.add(4, "x");')).toThrow('index 4 is outside a list of 2');
  });

  test('takes the text that for...in gives for an index, where text can mean nothing else', () => {
    expect(ofMap('var seen = []; for (var i in m.aud) seen.push(m.aud.get(i) === m.aud[i]); return seen;')).toEqual([true, true]);
    expect(ofMap('m.aud.add("0", "first"); return [m.aud[0], m.aud.remove("0"), m.aud.size()];')).toEqual(['first', false, 3]);
  });
});

describe('A set (contract section 4)', () => {
  test.each([
    ["[context.scopeNames.contains('read'), context.scopeNames.contains('none')]", [true, false]],
    ['[context.scopeNames.size(), context.scopeNames.length, context.scopeNames[1], context.scopeNames.isEmpty()]', [2, 2, 'write', false]],
    ['(function () { var seen = []; context.scopeNames.forEach(function (s) { seen.push(s); }); return seen; })()', ['read', 'write']],
    ['(function () { var seen = []; for (const s of context.scopeNames) seen.push(s); return seen; })()', ['read', 'write']],
    ['(function () { var i = context.scopeNames.iterator(); return [i.hasNext(), i.next()]; })()', [true, 'read']],
    ['context.scopeNames', ['read', 'write']],
  ])('supports %s, dressed or not', (expression, expected) => {
    for (const dressed of [true, false]) expect(realm.value(expression, { context: introspectionContext(), dressed })).toEqual(expected);
  });

  test('of the context cannot be changed', () => {
    for (const change of ['push("x")', 'add("x")', 'remove("read")', 'sort()']) {
      expect(() => realm.value(`context.scopeNames.${change}`, { context: introspectionContext() })).toThrow(/TypeError/);
    }
  });
});

describe('Claims with the names of prototype members', () => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'get', 'size', 'valueOf', 'toJSON', 'length'];
  const text = `{${names.map((name, i) => `"${name}":"v${i}"`).join(',')}}`;
  const context = introspectionContext({
    presentedToken: { active: true, type: 'bearer', value: null, expiredScopes: [], data: JSON.parse(text) as Record<string, unknown> },
    defaults: { accessToken: JSON.parse(text) as Record<string, unknown> },
  });

  test.each([
    ['as they are', 'context.presentedToken.data'],
    ['copied by appendObjectTo', 'appendObjectTo(context.presentedToken.data, {})'],
    ['copied by appendObjectTo from a Map', 'appendObjectTo(new Map(Object.entries(context.presentedToken.data)), {})'],
    ['in default data', 'context.getDefaultAccessTokenData()'],
    ['in a HashMap', '(new (Java.type("java.util.HashMap"))(context.presentedToken.data))'],
    ['in a decoded JWT', 'jwt.decode(["e30", base64url.encode(JSON.stringify(context.presentedToken.data)), ""].join(".")).payload'],
    ['spread', '({ ...context.presentedToken.data })'],
  ])('round-trip %s', (_how, expression) => {
    for (const dressed of [true, false]) {
      expect(realm.run(`function result(context) { return ${expression}; }`, { context, dressed }).response).toBe(text);
    }
  });

  test('round-trip through put, containsKey and remove', () => {
    for (const name of names) {
      const source = `function result(context) { var m = new (Java.type('java.util.HashMap'))();
        if (!Object.prototype.hasOwnProperty.call(m, '${name}')) { appendObjectTo({ ['${name}']: 1 }, m); } return m; }`;
      expect(realm.run(source).response).toBe(`{"${name}":1}`);
    }
  });

  test('round-trip into a token', () => {
    const source =
      'function result(context) { context.getDefaultAccessTokenJwtIssuer().issue(context.presentedToken.data, context.delegation); return {}; }';
    expect(realm.run(source, { context, answer: () => 'jwt' }).calls).toEqual([`issue:jwt\ndelegation-given\n${text}`]);
  });
});
