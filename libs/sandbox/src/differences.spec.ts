import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { endOf, TestSandbox } from './testing/test-sandbox.ts';

let box: TestSandbox;
beforeAll(async () => {
  box = await TestSandbox.open();
});
afterAll(() => box.close());

/** The rest of a program that is right. */
const RIGHT = '\nfunction result(context) { return {}; }';

describe('What is refused at upload says what to do instead (PROCEDURE_API 1)', () => {
  test.each([
    ['var x = 017;', /write 0o/u],
    ['var x = 09;', /write 0o/u],
    ['var x = "\\17";', /write \\x/u],
    ['var x = "\\8";', /write \\x/u],
    ['function f(o) { with (o) { g(); } }', /write the object before each of its members/u],
    ['function f(a, b, a) { return a; }', /rename one/u],
    ['function f() { return arguments.callee; }', /give the function a name/u],
    ['function f() { return arguments.caller; }', /give the function a name/u],
    ['var x = 1; delete x;', /assign undefined/u],
    ['function f() { arguments = []; }', /another name/u],
    ['var eval = 1;', /another name/u],
    ['var interface = 1;', /choose another name/u],
    ['for (var i = 0 in {}) { f(); }', /leave it out/u],
    ['if (true) function f() { }', /declare it at the top/u],
    ['{ function inner() { } } inner();', /declare it at the top/u],
    ['switch (1) { case 1: function inner() { } } inner();', /declare it at the top/u],
    ['Object = {};', /variable of your own/u],
    ['undefined = 1;', /variable of your own/u],
    ['JSON.parse = null;', /function of your own/u],
    ['Array.prototype.last = function () { };', /function of your own/u],
    ['Array.prototype.length++;', /function of your own/u],
    ['delete Array.prototype.map;', /function of your own/u],
    ['Object.defineProperty(String.prototype, "x", {});', /function of your own/u],
    ['async function f() { }', /leave async and await out/u],
    ['var f = async function () { };', /leave async and await out/u],
    ['var o = { async f() { } };', /leave async and await out/u],
    ['class A { async f() { } }', /leave async and await out/u],
    ['async function* f() { }', /leave async and await out/u],
    ['await f();', /leave it out/u],
    ['var p = Promise.all([]);', /host calls return values/u],
    ['setTimeout(f, 10);', /secondsUntil/u],
    ['import { x } from "y";', /library/u],
    ['var x = import("y");', /library/u],
    ['export default 1;', /leave the word out/u],
    ['var x = require("y");', /library/u],
    ['module.exports = { };', /at the top/u],
    ['var x = 10n;', /2 \*\* 53/u],
    ['eval("1");', /JSON\.parse/u],
    ['var f = new Function("return 1");', /compiling text/u],
    ['var x = Packages;', /jwt\.verify.*Java\.type/u],
    ['var x = java[y].z;', /jwt\.verify.*Java\.type/u],
    ['var x = new Packages.java.util.Date();', /^java\.util\.Date .*use Date, secondsUntil/u],
    ['var x = java.lang.System.currentTimeMillis();', /^java\.lang\.System .*use Date, secondsUntil/u],
    ['var x = new java.util.HashMap();', /write Java\.type\('java\.util\.HashMap'\)/u],
    ['var x = new Packages.java.util.ArrayList();', /write Java\.type\('java\.util\.ArrayList'\)/u],
    ['var x = java.util["HashSet"];', /write Java\.type\('java\.util\.HashSet'\)/u],
    ['var x = java.util.UUID.randomUUID().toString();', /use randomUuid\(\)/u],
    ['var x = org.jose4j.jwt.JwtClaims.parse("");', /use jwt\.verify/u],
    ['var x = new java.security.SecureRandom();', /use randomUuid\(\)/u],
    ['var x = java.net.URLEncoder.encode("");', /use encodeURIComponent/u],
    ['var x = "".getBytes(java.nio.charset.StandardCharsets.UTF_8);', /use the name 'UTF-8'/u],
    ['for each (var x in []) { }', /write for \(const x of list\)/u],
    ['importClass(a);', /Java\.type/u],
    ['load("x.js");', /library/u],
    ['print("x");', /logger\.info/u],
    ['var X = Java.type("org.jose4j.jwt.JwtClaims");', /use jwt\.verify/u],
    ['var X = Java.type("javax.crypto.Mac");', /use sha256/u],
    ['var X = Java.type("org.apache.commons.codec.binary.Hex");', /use base64url/u],
    ['var X = Java.type("java.util.UUID");', /use randomUuid\(\)/u],
    ['var X = Java.type("java.net.http.HttpClient");', /use context\.getWebServiceClient\(id\)/u],
    ['var X = Java.type("com.google.gson.Gson");', /use JSON\.parse/u],
    ['var X = Java.type("java.time.Instant");', /use Date, secondsUntil/u],
    ['var X = Java.type("org.slf4j.LoggerFactory");', /use logger/u],
    ['var X = Java.type("java.util.regex.Pattern");', /use regular expressions/u],
    ['var X = Java.type("java.util.TreeMap");', /use plain objects/u],
    ['var X = Java.type("com.example.Anything");', /there are java\.util\.HashMap/u],
    ['var X = Java.extend(Y);', /of your own/u],
    [`var x = /${'a'.repeat(2000)}/;`, /longer/u],
  ])('%s', async (source, words) => {
    const outcome = await box.sandbox.check(box.program(`\n ${source}${RIGHT}`));
    const found = outcome.ok ? [] : outcome.errors.filter((error) => error.line === 2 && words.test(error.message));
    expect(found.length).toBeGreaterThanOrEqual(1);
    expect(found[0]?.column).toBeGreaterThanOrEqual(2);
  });
});

describe('What is absent when it runs', () => {
  test.each([
    ['Proxy', 'getters'],
    ['Uint8Array', 'arrays of numbers'],
    ['Intl', 'toISOString'],
    ['BigInt', 'numbers up to 2 ** 53'],
    ['fetch', 'getWebServiceClient'],
    ['process', 'secrets.get'],
    ['Buffer', 'base64url'],
    ['btoa', 'base64url.encode'],
    ['crypto', 'sha256'],
    ['TextEncoder', 'base64url'],
    ['URLSearchParams', 'encodeURIComponent'],
    ['structuredClone', 'JSON.parse'],
  ])('%s is a warning with what to use, and a script may test for it', async (name, instead) => {
    expect(await box.sandbox.check(box.program(`function f() { return ${name}(1); }${RIGHT}`))).toMatchObject({
      ok: true,
      warnings: [{ code: 'absent', line: 1, column: 23, message: expect.stringContaining(instead) }],
    });
    expect(await box.value(`return { type: typeof ${name} };`)).toEqual({ type: 'undefined' });
  });

  test.each(['WebAssembly', 'Atomics', 'Promise', 'eval'])('%s cannot be reached by way of the global object', async (name) => {
    expect(await box.value(`return { type: typeof globalThis["${name}"] };`)).toEqual({ type: 'undefined' });
  });
});

describe('What is different', () => {
  test('text is compared by code unit', async () => {
    expect(await box.value('return { list: ["b", "\\u00e4", "B", "a"].sort(function (x, y) { return x.localeCompare(y); }) };')).toEqual({
      list: ['B', 'a', 'b', '\u00e4'],
    });
  });

  test('sizes are limited', async () => {
    expect(endOf(await box.once('function result() { return { n: new Array(200000).join("x").length }; }'))).toBe('runtime');
    expect(endOf(await box.once('function result() { return { n: "x".repeat(2000000).length }; }'))).toBe('runtime');
  });

  test('built-ins are frozen', async () => {
    expect(endOf(await box.once('function result() { var json = JSON; json.parse = null; return {}; }'))).toBe('runtime');
  });

  test('the date is fixed for the run', async () => {
    expect(
      await box.value(
        'var before = Date.now(); for (var i = 0; i < 100000; i++); return { same: before === Date.now() && before === +new Date() };',
      ),
    ).toEqual({ same: true });
  });

  test('every global may be shadowed, by a declaration or a parameter', async () => {
    for (const name of ['logger', 'JSON', 'Array', 'Date', 'Object', 'undefined'])
      expect(await box.value(`return (function (${name}) { return { x: ${name} }; })(7);`)).toEqual({ x: 7 });
    expect(await box.once('var logger = 7, JSON = 8; function result() { return { a: logger, b: JSON }; }')).toMatchObject({
      response: '{"a":7,"b":8}',
    });
  });

  test('`this` outside of functions is undefined: it holds nothing from run to run', async () => {
    for (const source of [
      'var top = this; function result() { return { top: typeof top }; }',
      'x = 1; top = this; function result() { return { top: typeof top }; }',
    ])
      expect(await box.once(source)).toMatchObject({ response: '{"top":"undefined"}' });
    const key = box.load('function result() { return { top: typeof around }; }', { first: 'var around = this;' });
    expect(await box.run(key)).toMatchObject({ response: '{"top":"undefined"}' });
    const written = await box.sandbox.check(box.program('(function (root) { root.kept = 1; })(this); function result() { return {}; }'));
    expect(written).toMatchObject({ ok: false, errors: [{ code: 'top-level', line: 1 }] });
  });

  test('a name assigned without declaration belongs to the run and starts as the service’s global of that name', async () => {
    const source =
      'function result() { var before = typeof logger; logger = 1; count = typeof count === "number" ? count + 1 : 1; return { before: before, count: count }; }';
    const key = box.load(source);
    for (let round = 0; round < 2; round++) expect(await box.run(key)).toMatchObject({ response: '{"before":"object","count":1}' });
  });
});
