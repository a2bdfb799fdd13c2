import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { endOf, responseOf, TestSandbox } from './testing/test-sandbox.ts';

let box: TestSandbox;
beforeAll(async () => {
  box = await TestSandbox.open({ limits: { cpuMilliseconds: 200 } });
});
afterAll(() => box.close());

describe('no text of a source leaves the wrapper (SANDBOX 5.9)', () => {
  test.each([
    'function result() { return {}; } }); (function () { return function () {',
    'function result() { return {}; } }; }); globalThis.x = 1; (function () { return function () {',
    'function result() { return {}; } /* open',
    'function result() { return {}; } `open',
    'function result() { return {}; } ${',
    '} function result() { return {}; } {',
    'return; function result() { return {}; }',
    '#!/usr/bin/env node\nfunction result() { return {}; }',
    'function result() { return {}; } return function () {}',
    'function result() { return {}; } new.target',
    'function result() { return super.x; }',
    'yield = 1; function result() { return {}; }',
    'function result() { return {}; } await 1',
    'let undefined = 1; function result() { return {}; }\n})',
    '\\u007d); function result() { return {}; }',
  ])('refused: %j', async (source) => {
    expect(await box.once(source)).toMatchObject({ kind: 'fault', fault: { kind: 'syntax' } });
    expect(await box.sandbox.check(box.program(source))).toMatchObject({ ok: false });
  });

  test.each([
    'function result() { return { ok: 1 }; } // last line without its end',
    'function result() { return { ok: 1 }; } <!-- a comment of old',
    'function result() { return { ok: 1 }; }\n--> another',
    '"use strict"; function result() { return { ok: 1 }; }',
    '"use asm"; function result() { return { ok: 1 }; }',
    '// \u2028 function result() { return { ok: 1 }; }',
    'function result() { return { ok: "\u2028\u2029".length - 1 }; }',
    'function result() { return { ok: 1 }; };;;',
    '\ufefffunction result() { return { ok: 1 }; }',
  ])('and runs as it reads: %j', async (source) => {
    expect(responseOf(await box.once(source))).toEqual({ ok: 1 });
  });
});

describe('no way out of the realm', () => {
  test.each([
    ['eval', 'return { x: (0, this && 0 || globalThis.eval)("1") };'],
    ['the constructor of a function', 'return { x: (function () {}).constructor("return 1")() };'],
    ['the constructor of a generator', 'return { x: Object.getPrototypeOf(function* () {}).constructor("yield 1") };'],
    ['the constructor of an arrow', 'return { x: (() => 1).constructor("return this")() };'],
    ['Function', 'var F = globalThis.Function; return { x: F("return this")() };'],
    ['Reflect.construct of a constructor', 'return { x: Reflect.construct((function () {}).constructor, ["return 1"])() };'],
  ])('%s compiles nothing', async (_name, body) => {
    expect(endOf(await box.once(`function result(context) { ${body} }`))).toBe('runtime');
  });

  test('no host object, module loader, timer, network or engine hook is in sight', async () => {
    const names = [
      'process',
      'require',
      'module',
      'setTimeout',
      'setInterval',
      'queueMicrotask',
      'fetch',
      'console',
      'WebAssembly',
      'Proxy',
      'Promise',
      'Atomics',
      'SharedArrayBuffer',
      'ArrayBuffer',
      'BigInt',
      'Intl',
      'WeakRef',
      'FinalizationRegistry',
      'Iterator',
      'Uint8Array',
      'escape',
      'gc',
      '_ivm',
      '$0',
    ];
    expect(await box.value(`return { found: ${JSON.stringify(names)}.filter(function (name) { return name in globalThis; }) };`)).toEqual({
      found: [],
    });
  });

  test('this is undefined, callers cannot be read, and the wrapper shows nothing', async () => {
    expect(await box.value('return { t: (function () { return typeof this; })() };')).toEqual({ t: 'undefined' });
    expect(endOf(await box.once('function result() { return { c: result.caller }; }'))).toBe('runtime');
    expect(endOf(await box.once('function result() { var f = function () { return f["arguments"]; }; return { c: f() }; }'))).toBe(
      'runtime',
    );
  });

  test('stack frames name the procedure only', async () => {
    const text = (await box.value('try { null.x; } catch (e) { return { s: e.stack }; }')) as { s: string };
    expect(text.s).not.toMatch(/realm|prelude|file:|node:|\//u);
  });
});

describe('whatever is thrown, the outcome is a text of a few words (SANDBOX 5.2)', () => {
  test.each([
    ['a string', 'throw "plain words";', 'plain words'],
    ['nothing', 'throw undefined;', 'undefined was thrown'],
    ['null', 'throw null;', 'null was thrown'],
    ['a number', 'throw 42;', '42 was thrown'],
    ['a symbol', 'throw Symbol("s");', 'Symbol(s) was thrown'],
    ['a function', 'throw function f() {};', 'f'],
    ['an object without a message', 'throw { a: 1 };', 'an object without a message was thrown'],
    ['an object with a message', 'throw { message: "m" };', 'm'],
    ['an object without a prototype', 'throw Object.create(null);', 'an object without a message was thrown'],
    ['a cycle', 'var o = {}; o.o = o; throw o;', 'an object without a message was thrown'],
    ['a message that is an object', 'var e = new Error("x"); e.message = { toString() { throw 1; } }; throw e;', 'Error'],
    [
      'getters that throw',
      'throw { get message() { throw 1; }, get name() { throw 2; }, get stack() { throw 3; } };',
      'an object without a message was thrown',
    ],
    ['a huge string', 'throw "x".repeat(1000000);', 'x'.repeat(500)],
    ['a huge message', 'throw new Error("y".repeat(900000));', `Error: ${'y'.repeat(493)}`],
    ['half a character', 'throw "\\ud800";', '\ufffd'],
    ['separators', 'throw new Error("a\\u0001b\\u0000c");', 'Error: a\u0001b\u0000c'],
    ['an aggregate', 'throw new AggregateError([new Error("i")], "many");', 'AggregateError: many'],
  ])('%s', async (_name, body, message) => {
    const outcome = await box.once(`function result() { ${body} }`);
    expect(outcome).toMatchObject({ kind: 'fault', fault: { kind: 'runtime', message } });
  });

  test('positions are those of the source as uploaded, innermost first', async () => {
    const outcome = await box.once('function inner(x) {\n  return x.y.z;\n}\nfunction result(context) {\n\n    return inner({});\n}');
    expect(outcome).toMatchObject({
      kind: 'fault',
      fault: {
        line: 2,
        column: 14,
        stack: [
          { line: 2, column: 14 },
          { line: 6, column: 12 },
        ],
      },
    });
    expect(await box.once('function result() { null.x; }')).toMatchObject({ fault: { line: 1, column: 26 } });
  });

  test('a procedure cannot write its own positions', async () => {
    const outcome = await box.once(
      'function result() {\n var e = new Error("at procedure.js:99:99\\n    at x (procedure.js:77:7)");\n throw e; }',
    );
    expect(outcome).toMatchObject({ fault: { line: 2, column: 10 } });
  });

  test('deep recursion while it is described still ends in words', async () => {
    const outcome = await box.once('function result() { function f() { try { f(); } catch (e) { throw e; } } f(); }');
    expect(outcome).toMatchObject({ kind: 'fault', fault: { kind: 'runtime', message: 'RangeError: Maximum call stack size exceeded' } });
  });
});

describe('whatever is returned, the response is the text of a plain object', () => {
  test.each([
    ['nothing', 'return;', /returned nothing/u],
    ['null', 'return null;', /returned null/u],
    ['a string', 'return "x";', /returned a string/u],
    ['a number', 'return 1;', /returned a number/u],
    ['a symbol', 'return Symbol("x");', /returned a symbol/u],
    ['a function', 'return function () {};', /returned a function/u],
    ['an array', 'return [1];', /returned an array/u],
    ['a cycle', 'var o = {}; o.o = o; return o;', /circular/u],
    ['an object that turns into a string', 'return { toJSON() { return "x"; } };', /plain object/u],
    ['an object that turns into nothing', 'return { toJSON() {} };', /plain object/u],
    ['an object that turns into an array', 'return { toJSON() { return []; } };', /plain object/u],
    ['a getter that throws', 'return { get x() { throw new Error("from the getter"); } };', /from the getter/u],
    ['too much', 'return { x: "x".repeat(70000) };', /larger than 65536 bytes/u],
  ])('%s is refused and says why', async (_name, body, message) => {
    const outcome = await box.once(`function result() { ${body} }`);
    expect(outcome).toMatchObject({ kind: 'fault', fault: { kind: 'invalid-response', message: expect.stringMatching(message) } });
  });

  test('a refusal from within a getter is a refusal', async () => {
    expect(await box.once('function result() { return { get x() { refuse("late"); } }; }')).toMatchObject({
      kind: 'rejected',
      payload: 'late',
    });
  });

  test('a response may hold anything JSON can', async () => {
    expect(
      await box.value(
        'return { d: new Date(0), u: undefined, n: null, s: "\\u0000\\u0001\\ud800", nested: { a: [1, { b: 2 }] }, f: function () {} };',
      ),
    ).toEqual({
      d: '1970-01-01T00:00:00.000Z',
      n: null,
      s: '\u0000\u0001\ud800',
      nested: { a: [1, { b: 2 }] },
    });
  });

  test('result that is no function, and a program that does not compile, say so', async () => {
    expect(await box.once('var result = 5;')).toMatchObject({
      fault: { kind: 'runtime', message: expect.stringContaining('result is not a function') },
    });
    expect(await box.once('function result( { }')).toMatchObject({ fault: { kind: 'syntax', line: 1 } });
    expect(endOf(await box.run('never loaded'))).toBe('unavailable');
  });

  test('a context that is no JSON is a fault and harms nobody', async () => {
    const key = box.load('function result(context) { return { n: context.data.n }; }');
    const bad = ['', '{', '{"n":1}\u0001{"n":2}', '\u0000'].map((context) =>
      box.sandbox.run({
        program: key,
        context,
        now: 0,
        seed: 0,
        minted: {},
        likely: [],
        answer: () => ({ ok: '' }),
        deadline: Date.now() + 5000,
      }),
    );
    const good = await Promise.all([box.run(key, { n: 1 }), box.run(key, { n: 2 })]);
    expect(good.map(responseOf)).toEqual([{ n: 1 }, { n: 2 }]);
    for (const outcome of await Promise.all(bad)) expect(outcome.kind).toBe('fault');
  });
});
