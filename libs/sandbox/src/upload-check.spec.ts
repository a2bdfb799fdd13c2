import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CheckFinding } from '#libs/oauth';
import { patternProblem } from './guest/pattern.ts';
import { TestSandbox } from './testing/test-sandbox.ts';

let box: TestSandbox;
beforeAll(async () => {
  box = await TestSandbox.open({ limits: { sourceBytes: 20_000 } });
});
afterAll(() => box.close());

async function errorsOf(source: string): Promise<readonly CheckFinding[]> {
  const outcome = await box.sandbox.check(box.program(source));
  return outcome.ok ? [] : outcome.errors;
}

/** The rest of a program that is right. */
const RIGHT = '\nfunction result(context) { return {}; }';

describe('an upload is refused with code, line and column for', () => {
  test.each([
    ['an async function', 'async function f() {}', 'unsupported', 'synchronous'],
    ['an async arrow', 'var f = async () => 1;', 'unsupported', 'synchronous'],
    ['await', 'await 1;', 'unsupported', 'await'],
    ['for await', 'async function f(x) { for await (const y of x) {} }', 'unsupported', 'for await'],
    ['a promise', 'var p = new Promise(function () {});', 'unsupported', 'promises'],
    ['a static of Promise', 'var p = Promise.resolve(1);', 'unsupported', 'promises'],
    ['a timer', 'setTimeout(function () {}, 1);', 'unsupported', 'timers'],
    ['import', 'import x from "y";', 'unsupported', 'import'],
    ['import()', 'var x = import("y");', 'unsupported', 'import'],
    ['import.meta', 'var x = import.meta.url;', 'unsupported', 'import.meta'],
    ['export', 'export function f() {}', 'unsupported', 'export'],
    ['require', 'var x = require("fs");', 'unsupported', 'modules'],
    ['with', 'function f(o) { with (o) {} }', 'unsupported', 'with'],
    ['a BigInt literal', 'var x = 10n;', 'unsupported', 'BigInt'],
    ['an octal literal', 'var x = 010;', 'syntax', 'octal'],
    ['an octal escape', 'var x = "\\01";', 'syntax', 'Octal'],
    ['a repeated parameter', 'function f(a, a) {}', 'syntax', 'clash'],
    ['delete of a name', 'var x; delete x;', 'syntax', 'Deleting'],
    ['arguments.callee', 'function f() { return arguments.callee; }', 'unsupported', 'callee'],
    ['assignment to arguments', 'function f() { arguments = 1; }', 'syntax', 'arguments'],
    ['a block function used outside', 'if (true) { function inner() {} } inner();', 'block-function', 'inner'],
    ['assignment to a built-in', 'Array = 1;', 'built-in', 'Array'],
    ['a method on a prototype', 'String.prototype.shout = function () {};', 'built-in', 'String.prototype'],
    ['a static on a built-in', 'Object.keys = null;', 'built-in', 'Object'],
    ['defineProperty on a prototype', 'Object.defineProperty(Array.prototype, "x", {});', 'built-in', 'Array.prototype'],
    ['assign to a prototype', 'Object.assign(String.prototype, {});', 'built-in', 'String.prototype'],
    ['Function(text)', 'var f = new Function("return 1");', 'unsupported', 'compiling text'],
    ['eval', 'eval("1");', 'unsupported', 'compiling text'],
    ['Packages', 'var x = Packages;', 'unsupported', 'jwt.verify'],
    ['a Java class by its full name', 'var x = new java.util.HashMap();', 'java', "Java.type('java.util.HashMap')"],
    ['a Java class that there is not', 'var x = new Packages.java.util.Date();', 'java', 'Date, secondsUntil'],
    ['a Java class outside the shim', 'var x = Java.type("java.util.UUID");', 'java', 'randomUuid()'],
    ['a Java JWT library', 'var x = Java.type("org.jose4j.jwt.consumer.JwtConsumerBuilder");', 'java', 'jwt.verify'],
    ['a pattern of many optional parts', `var x = /${'a?'.repeat(64)}${'a'.repeat(64)}/;`, 'pattern', 'optional'],
    ['a pattern repeated too often', 'var x = /(?:a{100}){100}/;', 'pattern', 'repeats'],
    ['a pattern too long', `var x = /${'a'.repeat(2000)}/;`, 'pattern', 'longer'],
    ['a pattern from a literal text', `var x = new RegExp("${'a?'.repeat(64)}");`, 'pattern', 'optional'],
    ['a syntax error', 'var x = ;', 'syntax', 'Unexpected'],
  ])('%s', async (_name, source, code, words) => {
    const errors = await errorsOf(`\n  ${source}${RIGHT}`);
    expect(errors.map((error) => error.code)).toContain(code);
    const error = errors.find((one) => one.code === code && one.message.includes(words));
    expect(error).toMatchObject({ line: 2 });
    expect(error?.column).toBeGreaterThanOrEqual(3);
  });

  test('a missing result', async () => {
    expect(await errorsOf('function other() {}')).toMatchObject([{ code: 'no-result' }]);
    expect(await errorsOf('')).toMatchObject([{ code: 'no-result' }]);
    expect(await errorsOf('function outer() { function result() {} }')).toMatchObject([{ code: 'no-result' }]);
  });

  test('a source that is too large, counted in bytes', async () => {
    expect(await errorsOf(`/*${'\u20ac'.repeat(7000)}*/${RIGHT}`)).toMatchObject([
      { code: 'too-large', message: expect.stringContaining('20000') },
    ]);
  });

  test('nesting without end, in the parser or in the compiler', async () => {
    for (const source of [
      `var x = ${'['.repeat(9000)}${']'.repeat(9000)};`,
      `var x = ${'('.repeat(9000)}1${')'.repeat(9000)};`,
      `var x = ${'!'.repeat(15000)}1;`,
      `${'{'.repeat(9000)}${'}'.repeat(9000)}`,
    ]) {
      const errors = await errorsOf(source + RIGHT);
      for (const error of errors) expect(['too-deep', 'syntax', 'too-costly', 'unavailable']).toContain(error.code);
    }
    expect(await errorsOf(RIGHT)).toEqual([]);
  });

  test('functions, blocks and loops more than a hundred deep within each other, which the READMEs say', async () => {
    const nested = (open: string, close: string, depth: number) =>
      `function result() { ${open.repeat(depth)}${close.repeat(depth)} return {}; }`;
    for (const [open, close, most] of [
      ['if (1) {', '}', 98],
      ['(function () {', '})();', 98],
      ['for (;;) {', 'break; }', 49],
    ] as const) {
      expect([open, await errorsOf(nested(open, close, most))]).toEqual([open, []]);
      expect(await errorsOf(nested(open, close, most + 1))).toMatchObject([
        { code: 'syntax', line: 1, message: expect.stringContaining('more than 100 deep') },
      ]);
    }
    for (const readme of ['procedures', 'libs/sandbox'])
      expect(readFileSync(join(import.meta.dirname, '../../..', readme, 'README.md'), 'utf8')).toContain(
        'at most 100 deep within each other',
      );
  });

  test('everything that is wrong at once, in the order of the source', async () => {
    const errors = await errorsOf('async function f() {}\nvar x = 10n;\nString.prototype.y = 1;\nPackages.z;\nvar o = 010;');
    expect(errors.map((error) => `${error.code} ${error.line ?? ''}`)).toEqual([
      'no-result ',
      'unsupported 1',
      'unsupported 2',
      'built-in 3',
      'unsupported 4',
      'syntax 5',
    ]);
  });
});

describe('the top level, which every run evaluates, is tried', () => {
  test('and refused when it throws, with the place', async () => {
    expect(await errorsOf(`var a = 1;\n  null.x;${RIGHT}`)).toMatchObject([
      { code: 'top-level', line: 2, column: 8, message: expect.stringContaining('TypeError') },
    ]);
    expect(await errorsOf('var result = 5;')).toMatchObject([{ code: 'top-level', message: expect.stringContaining('not a function') }]);
    expect(await errorsOf(`refuse("{}");${RIGHT}`)).toMatchObject([{ code: 'top-level', line: 1 }]);
  });

  test('and refused when it does not end, with the line', async () => {
    expect(await errorsOf('\nfor(;;){} function result(context){return {}}')).toMatchObject([
      { code: 'top-level', line: 2, message: expect.stringContaining('does not end within 50 ms') },
    ]);
    const deaf = `var s = 'a'.repeat(999999), p = 'a'.repeat(499999) + 'b';\nfor (var i = 0; i < 50; i++) s.lastIndexOf(p);${RIGHT}`;
    expect(await errorsOf(deaf)).toMatchObject([{ code: 'top-level', message: expect.stringContaining('does not end') }]);
    expect(await errorsOf(RIGHT)).toEqual([]);
  });

  test('and refused when it takes too much memory', async () => {
    expect(await errorsOf(`var a = []; for (;;) a.push(new Array(10000).fill(1));${RIGHT}`)).toMatchObject([{ code: 'top-level' }]);
  });

  test.each(['ask("one", "x");', 'effect("one", "x");', 'mint("token");'])('and refused when it asks the service: %s', async (source) => {
    expect(await errorsOf(`\n${source}${RIGHT}`)).toMatchObject([
      { code: 'top-level', line: 2, message: expect.stringMatching(/the context is closed.*only within result\(\)/u) },
    ]);
  });

  test('without `result`, which is not called', async () => {
    expect(await errorsOf('function result() { for (;;); }')).toEqual([]);
  });
});

describe('an upload is accepted with', () => {
  test.each([
    'var logger = null;',
    'leak = 1;',
    'var Array2 = Array;',
    'function f(Promise) { return Promise; }',
    'var Proxy = 1; Proxy;',
    'function* g() { yield 1; }',
    'class A { static #x = 1; static { A.y = 2; } }',
    'var o = { async: 1, await: 2, import: 3, with: 4 };',
    'typeof Promise;',
    'print = function (x) { return x; }; function f() { return print(module); } module = 1;',
    'org = { example: { Thing: 1 } }; var t = org.example.Thing;',
    'var java = { util: { HashMap: Map } }, m = new java.util.HashMap();',
    'function f() { return typeof java === "undefined"; }',
    'function f() { return Java.type("java.util.HashMap"); }',
    'var started = new Date(), dice = Math.random(); logger.info("evaluated"); perRun().x = 1;',
    'var x; try { x = ask("one", "x"); } catch (e) { x = null; }',
    'var o = {}; o.prototype = {}; o.prototype.x = 1;',
    'var t = `a${1}b`;',
    'function f(Array) { Array = 1; }',
    'var re = /^[A-Za-z0-9_-]{20,200}\\.[a-z]{2,6}$/;',
    'var { a, ...b } = {};',
    'try { x(); } catch { }',
    'if (true) { function inner() {} inner(); }',
    'label: for (;;) break label;',
  ])('%s', async (source) => {
    expect(await errorsOf(source + RIGHT)).toEqual([]);
  });

  test('a name that a library assigns, whatever other engines have under it', async () => {
    const source = `function f() { return print(org.example.Thing); }${RIGHT}`;
    expect(await box.sandbox.check(box.program(source, { first: 'print = Boolean; org = {};' }))).toMatchObject({ ok: true });
    expect(await box.sandbox.check(box.program(source, { first: 'var other;' }))).toMatchObject({
      ok: false,
      errors: [
        { code: 'unsupported', line: 1, column: 23 },
        { code: 'java', line: 1, column: 29 },
      ],
    });
  });

  test('a warning for a name that is missing only when it runs', async () => {
    expect(await box.sandbox.check(box.program(`function f() { return new Proxy({}, {}); }${RIGHT}`))).toMatchObject({
      ok: true,
      warnings: [{ code: 'absent', line: 1, column: 27 }],
    });
  });
});

describe('patterns', () => {
  test.each([
    '^[a-z]+$',
    '(?<year>\\d{4})-(?:\\d{2})',
    '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
    '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==)?$',
    'a*?b+?c??',
    '[]',
    '[^]',
    '[[]',
    'a{',
    'a{,5}',
    '\\?'.repeat(100),
    '[?]'.repeat(100),
    '(?=a)(?!b)(?<=c)',
    '(',
    ')',
  ])('%s may be compiled', (pattern) => {
    expect(patternProblem(pattern)).toBeNull();
  });
  test.each([
    'a?'.repeat(25),
    '[[]' + 'a?'.repeat(25),
    '(?:a?b?c?d?e?){6}',
    '(?:a|)'.repeat(30),
    'x{0,2}'.repeat(30),
    '(?:(?:a{20}){20}){20}',
    'a{100000}',
    '[^]' + 'a?'.repeat(30),
    '(?:a??){30}',
  ])('%s may not', (pattern) => {
    expect(patternProblem(pattern)).not.toBeNull();
  });
});
