import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { programOfLibrary } from '#libs/oauth';
import { endOf, responseOf, TestSandbox } from './testing/test-sandbox.ts';

let box: TestSandbox;
beforeAll(async () => {
  box = await TestSandbox.open({ limits: { sourceBytes: 20_000, cpuMilliseconds: 100 } });
});
afterAll(() => box.close());

/** What a procedure with these libraries answers. */
async function answer(source: string, libraries: Readonly<Record<string, string>>): Promise<unknown> {
  return responseOf(await box.run(box.load(source, libraries)));
}

async function check(source: string, libraries: Readonly<Record<string, string>>) {
  return box.sandbox.check(box.program(source, libraries));
}

const EMPTY = 'function result() { return {}; }';

describe('A library', () => {
  test('gives its names to the procedure and to the libraries after it', async () => {
    const libraries = {
      first: 'function twice(n) { return 2 * n; } var FACTOR = 3; // no line end',
      second: 'const six = () => twice(FACTOR);',
    };
    expect(await answer('function result() { return { n: six(), f: FACTOR }; }', libraries)).toEqual({ n: 6, f: 3 });
  });

  test('does not see the names of those after it, nor those of the procedure', async () => {
    const libraries = { first: 'function see() { return typeof later + typeof own + typeof result; }', second: 'var later = 1;' };
    expect(await answer('var own = 1; function result() { return { saw: see() }; }', libraries)).toEqual({
      saw: 'undefinedundefinedundefined',
    });
  });

  test('sees the globals of the service and no context unless it is passed', async () => {
    const libraries = {
      one: 'function see() { return typeof context; } function flowOf(context) { logger.info("seen"); return context.flow; }',
    };
    const outcome = await box.run(box.load('function result(context) { return { none: see(), flow: flowOf(context) }; }', libraries));
    expect(outcome).toMatchObject({ log: [{ level: 'info', message: 'seen' }] });
    expect(responseOf(outcome)).toEqual({ none: 'undefined', flow: 'test-flow' });
  });

  test.each([
    'function helper() { return "own"; }',
    'var helper = function () { return "own"; };',
    'let helper = () => "own";',
    'class helper { static { } }; helper = function () { return "own"; };',
    'helper = function () { return "own"; };',
  ])('may be shadowed: %s', async (own) => {
    const libraries = { one: 'function helper() { return "library"; } function asks() { return 1; }' };
    expect(await answer(`${own} function result() { return { said: helper() }; }`, libraries)).toEqual({ said: 'own' });
  });

  test('and a later one may declare what an earlier one declares or what the service has', async () => {
    const libraries = {
      one: 'let value = 1; function first() { return value; }',
      two: 'let value = 2; var logger = { info() { return "mine"; } };',
    };
    expect(await answer('function result() { return { v: value, f: first(), l: logger.info() }; }', libraries)).toEqual({
      v: 2,
      f: 1,
      l: 'mine',
    });
  });

  test('shares names assigned without declaration with the procedure (PROCEDURE_API 1)', async () => {
    const libraries = { one: 'function count() { counter = counter + 1; return counter; } logger = logger;', two: 'total = 10;' };
    expect(await answer('function result() { counter = 4; return { c: count(), again: counter, t: total }; }', libraries)).toEqual({
      c: 5,
      again: 5,
      t: 10,
    });
    // A parameter must not clash with a declaration of the same name.
    expect(
      await answer('function result() { kept = 5; return { k: read() }; }', { one: 'let kept = 1; function read() { return kept; }' }),
    ).toEqual({ k: 5 });
  });

  test('keeps nothing from one run to the next', async () => {
    const key = box.load('function result() { return { calls: next(), list: remember(), own: function_.calls || 0, shared: bump() }; }', {
      one: 'var calls = 0; function next() { return ++calls; } var seen = []; function remember() { seen.push(1); return seen.length; }',
      two: 'function function_() {} function bump() { function_.calls = 1; shared = typeof shared === "number" ? shared + 1 : 1; return shared; }',
    });
    for (let round = 0; round < 3; round++) expect(responseOf(await box.run(key))).toEqual({ calls: 1, list: 1, own: 0, shared: 1 });
    const many = await Promise.all(Array.from({ length: 20 }, () => box.run(key)));
    for (const outcome of many) expect(responseOf(outcome)).toEqual({ calls: 1, list: 1, own: 0, shared: 1 });
  });

  test('that declares `result` does not take the place of the procedure, which must have its own', async () => {
    const libraries = { one: 'function result() { return { from: "library" }; }' };
    expect(await answer('function result() { return { from: "procedure" }; }', libraries)).toEqual({ from: 'procedure' });
    expect(await check('var x = 1;', libraries)).toMatchObject({ ok: false, errors: [{ code: 'no-result' }] });
    expect(await answer('result = function () { return { from: "assigned" }; };', { one: 'result = 1;' })).toEqual({ from: 'assigned' });
  });

  test('whose helpers of Java-shaped values are used makes the context dressed', async () => {
    const source = 'function result(context) { return { dressed: context.dressed }; }';
    expect(await answer(source, { one: 'function f(m) { return m.containsKey("x"); }' })).toEqual({ dressed: true });
    expect(await answer(source, { one: 'function f(m) { return m.x; }' })).toEqual({ dressed: false });
  });

  test('is checked on its own', async () => {
    const check = (source: string) => box.sandbox.check(programOfLibrary({ name: 'claims', version: 3, source }));
    expect(await check('function f() {}')).toEqual({ ok: true, warnings: [] });
    expect(await check('\nvar x = null.y;')).toMatchObject({
      ok: false,
      errors: [{ code: 'top-level', line: 2, column: 14, library: 'claims', message: expect.stringContaining('library "claims" throws') }],
    });
  });
});

describe('No text of a library leaves its wrapper', () => {
  test.each([
    '})(); (function () {',
    '}); globalThis.leaked = 1; (function () {',
    'function f() {',
    '}',
    '} function f() {',
    '/* open',
    '`open',
    '${',
    'return 1;',
    'return { result: 1 };',
    'new.target;',
    'super.x;',
    'await 1;',
    'yield = 1;',
    '#!/usr/bin/env node',
    '\\u007d);',
    'arguments = 1;',
    'export function f() {}',
  ])('refused: %j', async (text) => {
    const libraries = { good: 'function good() {}', hostile: text };
    const refused = await check(EMPTY, libraries);
    expect(refused).toMatchObject({ ok: false });
    for (const error of refused.ok ? [] : refused.errors) expect(error.library).toBe('hostile');
    expect(await box.run(box.load(EMPTY, libraries))).toMatchObject({ kind: 'fault', fault: { kind: 'syntax', library: 'hostile' } });
  });

  test.each([
    'var a = 1; // no end',
    '<!-- of old',
    'var b\n--> of old',
    '"use strict"',
    '"use asm"; var c = 1',
    '// \u2028 var d = 1',
    '\ufeffvar e',
    '',
  ])('and runs as it reads: %j', async (text) => {
    expect(await answer('function result() { return { ok: 1 }; }', { odd: text, other: text })).toEqual({ ok: 1 });
  });

  test('the outer function shows nothing of itself', async () => {
    const libraries = { one: 'var count = arguments.length, receiver = typeof this;' };
    expect(await answer('function result() { return { count: count, receiver: receiver }; }', libraries)).toEqual({
      count: 0,
      receiver: 'undefined',
    });
  });
});

describe('Positions', () => {
  const libraries = {
    first: '// one\u2028// two\r\nfunction fails(x) {\n  return x.y.z;\n}',
    second: 'function through(x) { return fails(x); }',
  };

  test('in a library carry its name, the procedure keeps its own lines', async () => {
    const outcome = await box.run(box.load('\nfunction result() {\n  return through({}); }', libraries));
    expect(outcome).toMatchObject({
      kind: 'fault',
      fault: {
        kind: 'runtime',
        line: 4,
        column: 14,
        library: 'first',
        stack: [
          { line: 4, column: 14, library: 'first' },
          { line: 1, column: 30, library: 'second' },
          { line: 3, column: 10 },
        ],
      },
    });
    if (outcome.kind === 'fault') expect(outcome.fault.stack[2]).not.toHaveProperty('library');
  });

  test('of the procedure alone name no library, also at its top level', async () => {
    for (const source of ['function result() { null.x; }', `null.x;                    ${EMPTY}`]) {
      const outcome = await box.run(box.load(source, libraries));
      expect(outcome).toMatchObject({ fault: { line: 1, stack: [{ line: 1 }] } });
      if (outcome.kind === 'fault') expect(outcome.fault).not.toHaveProperty('library');
    }
  });

  test('in stack texts name the file', async () => {
    const text = (await answer('function result() { try { through({}); } catch (e) { return { stack: e.stack }; } }', libraries)) as {
      stack: string;
    };
    expect(text.stack).toMatch(/at fails \(first:4:14\)\n {4}at through \(second:1:30\)\n {4}at result \(procedure\.js:1:27\)$/u);
  });

  test('of a timeout name the library that does not end', async () => {
    const outcome = await box.run(box.load('function result() { spin(); }', { ...libraries, third: 'function spin() {\n  for (;;);\n}' }));
    expect(outcome).toMatchObject({ kind: 'fault', fault: { kind: 'timeout', library: 'third' } });
  });

  test('of what is refused name the library', async () => {
    expect(await check(EMPTY, { ...libraries, bad: '\nvar p = new Promise(f);\n' })).toMatchObject({
      ok: false,
      errors: [{ code: 'unsupported', library: 'bad', line: 2, column: 13 }],
    });
    expect(await check('var o = 010;', { good: 'var a;', bad: 'var o = 010;' })).toMatchObject({
      ok: false,
      errors: expect.arrayContaining([expect.objectContaining({ library: 'bad', line: 1 })]),
    });
  });
});

describe('A harmful library', () => {
  test.each([
    ['that throws at its top level', '\n  null.x;', /top level of library "bad" throws/u],
    ['that does not end', '\nfor(;;);', /top level of library "bad" does not end/u],
    ['that asks the service at its top level', '\nask("one", "x");', /the context is closed/u],
  ])('%s is refused with the place', async (_name, text, message) => {
    expect(await check(EMPTY, { good: 'var a = 1;', bad: text })).toMatchObject({
      ok: false,
      errors: [{ code: 'top-level', library: 'bad', line: 2, message: expect.stringMatching(message) }],
    });
  });

  test('ends the run it is in and no other', async () => {
    const good = box.load('function result() { return { n: n }; }', { one: 'var n = 1;' });
    const bad = box.load(EMPTY, { loop: 'for (;;);' });
    const outcomes = await Promise.all([box.run(bad), ...Array.from({ length: 10 }, () => box.run(good))]);
    expect(outcomes.map(endOf)).toEqual(['timeout', ...Array.from({ length: 10 }, () => 'returned')]);
  });

  test('cannot change a built-in for the procedure', async () => {
    expect(await check(EMPTY, { bad: 'Array.prototype.push = null;' })).toMatchObject({
      ok: false,
      errors: [{ code: 'built-in', library: 'bad' }],
    });
    expect(endOf(await box.run(box.load(EMPTY, { bad: 'var name = "push"; [].constructor.prototype[name] = null;' })))).toBe('runtime');
  });
});

describe('Limits', () => {
  const some = (count: number, text: string) =>
    Object.fromEntries(Array.from({ length: count }, (_each, index) => [`library-${index}`, text]));

  test('bound the number of libraries and what all sources have together', async () => {
    expect(await check(EMPTY, some(16, 'var x;'))).toMatchObject({ ok: true });
    expect(await check(EMPTY, some(17, 'var x;'))).toMatchObject({ ok: false, errors: [{ code: 'libraries' }] });
    expect(await check(EMPTY, some(5, `/*${'x'.repeat(19_000)}*/`))).toMatchObject({ ok: false, errors: [{ code: 'too-large' }] });
    expect(await check(EMPTY, some(1, `/*${'x'.repeat(20_000)}*/`))).toMatchObject({
      ok: false,
      errors: [{ code: 'too-large', library: 'library-0' }],
    });
  });

  test('a library is used once', async () => {
    const program = box.program(EMPTY, { one: 'var x;' });
    const twice = { ...program, libraries: [...(program.libraries ?? []), ...(program.libraries ?? [])] };
    expect(await box.sandbox.check(twice)).toMatchObject({ ok: false, errors: [{ code: 'libraries' }] });
  });
});
