import { describe, expect, test } from '@jest/globals';
import { introspectionContext } from '../../testing/context-builder.ts';
import { PreludeRealm } from '../../testing/prelude-realm.ts';

const realm = new PreludeRealm();
const returned = (expression: string) =>
  realm.run(`function result(context) { return ${expression}; }`, { context: introspectionContext() });

describe('The response', () => {
  test.each([
    ['({ a: 1, b: null, c: undefined, d: "x" })', '{"a":1,"d":"x"}'],
    ['({ scope: ["read", "write"] })', '{"scope":"read write"}'],
    ['({ scope: new Set(["read", "write"]) })', '{"scope":"read write"}'],
    ['({ scope: context.scopeNames })', '{"scope":"read write"}'],
    ['({ scope: "read" })', '{"scope":"read"}'],
    ['({ _hidden: 1, a: 1 })', '{"a":1}'],
    ['({ nested: { _kept: 1, n: null, list: [null] } })', '{"nested":{"_kept":1,"n":null,"list":[null]}}'],
    ['Object.assign(Object.create(null), { a: 1 })', '{"a":1}'],
    ['new Map([["a", 1], ["_b", 2]])', '{"a":1}'],
    ['new (Java.type("java.util.HashMap"))({ a: 1 })', '{"a":1}'],
    ['({ map: new Map([["k", 1]]) })', '{"map":{"k":1}}'],
    ['({ client: context.client.properties })', '{"client":{"beta":"true","nested":{"list":[1,2]}}}'],
    ['({ at: new Date(0) })', '{"at":"1970-01-01T00:00:00.000Z"}'],
    ['({ b: 1, a: 2 })', '{"b":1,"a":2}'],
    ['({ same: [1], again: context.presentedToken.expiredScopes })', '{"same":[1],"again":["old"]}'],
    ['(function (o) { return { a: o, b: o }; })({ x: 1 })', '{"a":{"x":1},"b":{"x":1}}'],
    ['({})', '{}'],
  ])('%s', (expression, text) => {
    expect(returned(expression).response).toBe(text);
  });

  test.each([
    ['undefined', 'result() must return an object, but it returned undefined; did you forget `return`?'],
    ['null', 'result() must return an object, but it returned null'],
    ['"text"', 'result() must return an object, but it returned a string'],
    ['5', 'result() must return an object, but it returned a number'],
    ['true', 'result() must return an object, but it returned a boolean'],
    ['Symbol()', 'result() must return an object, but it returned a symbol'],
    ['result', 'result() must return an object, but it returned a function; did you forget to call it?'],
    ['[1]', 'result() must return an object, but it returned an array'],
    ['new Set()', 'result() must return an object, but it returned a Set'],
    ['new Date()', 'result() must return an object, but it returned a Date'],
    ['/x/', 'result() must return an object, but it returned a RegExp'],
    ['Object("x")', 'result() must return an object, but it returned a String'],
    ['exceptionFactory.badRequestException("x")', 'result() must return an object, but it returned an error; did you mean `throw`?'],
    ['context', 'result() must return an object, but it returned a part of the context; copy the members you want with `appendObjectTo`'],
    ['({ f: function () {} })', "the response's member f is a function; did you forget to call it?"],
    ['({ a: { b: [function () {}] } })', "the response's member a.b[0] is a function; did you forget to call it?"],
    ['({ s: Symbol() })', "the response's member s is a symbol, which JSON cannot carry"],
    ['({ n: NaN })', "the response's member n is NaN, which JSON cannot carry"],
    ['({ n: [Infinity] })', "the response's member n[0] is Infinity, which JSON cannot carry"],
    ['(function () { var c = {}; c.self = c; return c; })()', "the response's member self contains itself"],
    ['(function () { var a = []; a.push([a]); return { a: a }; })()', "the response's member a[0][0] contains itself"],
  ])('%s is a TypeError that helps', (expression, message) => {
    expect(returned(expression)).toMatchObject({ error: `TypeError: ${message}` });
  });

  test('a getter that throws is the script’s error', () => {
    expect(returned('({ get a() { throw new RangeError("mine"); } })').error).toBe('RangeError: mine');
    expect(returned('({ a: { toJSON: function () { throw new RangeError("mine"); } } })').error).toBe('RangeError: mine');
  });

  test.each(['"text"', 'null', '[1]', 'undefined', '5', 'function () {}'])('a toJSON that gives %s does not make a response', (value) => {
    const hidden = `Object.defineProperty({ a: 1 }, 'toJSON', { value: function () { return ${value}; } })`;
    expect(returned(hidden).response).toBeUndefined();
    expect(returned(hidden).error).toBe('TypeError: the response must be an object, but its toJSON gives something else');
  });

  test('a toJSON or a getter cannot nest deeper than 100 levels', () => {
    const nested = (levels: number) =>
      `({ a: { toJSON: function () { var deep = {}, at = deep; for (var i = 2; i < ${levels}; i++) at = at.a = {}; return deep; } } })`;
    expect(returned(nested(100)).response).toHaveLength('{"a":'.length * 99 + '{}'.length + 99);
    expect(returned(nested(101)).error).toBe('TypeError: the response is nested too deeply');
    expect(returned(nested(3500)).error).toBe('TypeError: the response is nested too deeply');
    const fickle = `(function () { var reads = 0, deep = []; for (var i = 0; i < 500; i++) deep = [deep];
      return { get a() { return ++reads > 1 ? deep : 1; } }; })()`;
    expect(returned(fickle).error).toBe('TypeError: the response is nested too deeply');
    expect(returned(`({ a: '${'[{'.repeat(300)}', b: "\\"${'['.repeat(200)}" })`).error).toBeUndefined();
    expect(returned(`({ list: [${'{},'.repeat(300)}] })`).error).toBeUndefined();
  });

  test('prototype members do not show', () => {
    expect(returned('Object.create({ inherited: 1 })').response).toBe('{}');
  });
});
