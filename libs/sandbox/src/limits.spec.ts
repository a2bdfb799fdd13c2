import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadavg } from 'node:os';
import { DEFAULT_LIMITS } from '#libs/oauth';
import { completeLimits } from './limits.ts';
import { endOf, TestSandbox } from './testing/test-sandbox.ts';

/** A body of `result`, and the ends it may come to. */
const HOSTILE: readonly (readonly [name: string, body: string, ends: readonly string[]])[] = [
  ['an endless loop', 'for (;;) {}', ['timeout']],
  ['an endless loop that allocates', 'for (;;) { var x = new Array(1000); }', ['timeout']],
  ['an endless loop that catches', 'for (;;) { try { for (;;) {} } catch (e) {} }', ['timeout']],
  ['an endless loop in finally', 'try { throw 1; } finally { for (;;) {} }', ['timeout']],
  ['an endless generator', 'function* g() { for (;;) yield 1; } for (const x of g()) {} return {};', ['timeout']],
  ['catastrophic backtracking', 'return { r: /^(a+)+$/.test("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!") };', ['timeout']],
  ['a getter of the response that loops', 'return { get x() { for (;;) {} } };', ['timeout']],
  ['a toJSON that loops', 'return { toJSON() { for (;;) {} } };', ['timeout']],
  ['an error whose message loops', 'throw Object.defineProperty(new Error("x"), "message", { get() { for (;;) {} } });', ['runtime']],
  ['an error whose stack loops', 'throw Object.defineProperty(new Error("x"), "stack", { get() { for (;;) {} } });', ['runtime']],
  ['an error whose toString loops', 'var e = new Error("x"); e.toString = function () { for (;;) {} }; throw e;', ['runtime']],
  [
    'an error of a class whose name loops',
    'class E extends Error { get name() { for (;;) {} } } throw new E("x");',
    ['runtime', 'timeout'],
  ],
  ['indexOf on a huge length', 'return { r: [].indexOf.call({ length: 2 ** 53 - 1 }, 1) };', ['runtime']],
  ['sort on a huge length', 'return { r: [].sort.call({ length: 2 ** 40 }) };', ['runtime', 'timeout']],
  ['toSorted on a huge array', 'var a = []; a.length = 2 ** 32 - 2; return { r: a.toSorted() };', ['runtime', 'memory']],
  ['join on a huge array', 'var a = []; a.length = 2 ** 32 - 2; return { r: a.join("x") };', ['runtime']],
  ['JSON of a huge sparse array', 'var a = []; a.length = 2 ** 32 - 2; return { a: a };', ['memory', 'timeout', 'invalid-response']],
  ['Array.from a huge length', 'return { r: Array.from({ length: 2 ** 32 }) };', ['runtime']],
  ['apply with a huge length', 'return { r: Math.max.apply(null, { length: 2 ** 31 }) };', ['runtime']],
  ['an array filled to the brim', 'return { r: new Array(1e8).fill(0).length };', ['runtime']],
  ['an array that grows', 'var a = []; for (;;) a.push(a.length);', ['memory', 'timeout', 'runtime']],
  ['arrays without end', 'var a = []; for (;;) a[a.length] = new Array(10000).fill(7);', ['memory', 'timeout']],
  ['a map that grows', 'var m = new Map(); for (var i = 0; ; i++) m.set(i, { i: i });', ['memory', 'timeout']],
  ['a set that grows', 'var s = new Set(); for (var i = 0; ; i++) s.add("x" + i);', ['memory', 'timeout']],
  ['an object whose keys grow', 'var o = {}; for (var i = 0; ; i++) o["k" + i] = i;', ['memory', 'timeout']],
  ['a string that doubles', 'var s = "xxxxxxxx"; for (;;) s += s;', ['runtime', 'memory']],
  ['strings that are kept', 'var a = []; for (var i = 0; ; i++) a[i] = "x".repeat(1000000) + i;', ['memory', 'timeout']],
  [
    'a split of half a gigabyte',
    'var s = "x".repeat(1000000); for (var i = 0; i < 9; i++) s += s; return { r: s.split("").length };',
    ['runtime', 'memory'],
  ],
  [
    'flattening half a gigabyte',
    'var s = "x".repeat(1000000); for (var i = 0; i < 9; i++) s += s; var o = {}; o[s] = 1; return o;',
    ['invalid-response', 'memory', 'timeout', 'runtime'],
  ],
  ['spreading a huge array', 'var a = []; a.length = 4e9; return { r: [...a].length };', ['runtime', 'memory', 'timeout']],
  ['a huge set from a huge array', 'var a = []; a.length = 4e9; return { r: new Set(a).size };', ['runtime', 'memory', 'timeout']],
  [
    'keys of a huge string object',
    'var s = "x".repeat(1000000); for (var i = 0; i < 7; i++) s += s; return { r: Object.keys(s).length };',
    ['memory', 'timeout'],
  ],
  [
    'entries of a huge string',
    'var s = "x".repeat(1000000); for (var i = 0; i < 7; i++) s += s; return { r: Object.assign({}, s) };',
    ['memory', 'timeout'],
  ],
  ['a million bindings', 'var f = function () {}; for (;;) f = f.bind(null, f);', ['memory', 'timeout', 'runtime']],
  ['deep recursion', 'function f() { return f() + 1; } return { r: f() };', ['runtime']],
  ['deep recursion through toJSON', 'var o = { toJSON() { return JSON.stringify(o); } }; return o;', ['invalid-response']],
  [
    'a response that nests deep',
    'var o = {}; for (var i = 0; i < 1e5; i++) o = { o: o }; return o;',
    ['invalid-response', 'timeout', 'memory'],
  ],
  [
    'a response that shares itself',
    'var a = [1]; for (var i = 0; i < 40; i++) a = [a, a]; return { a: a };',
    ['invalid-response', 'timeout', 'memory'],
  ],
  [
    'a response of a hundred megabytes',
    'var a = []; for (var i = 0; i < 100; i++) a.push("x".repeat(1000000)); return { a: a };',
    ['invalid-response', 'memory', 'timeout'],
  ],
  ['a pattern of many optional parts', 'return { r: new RegExp("a?".repeat(64) + "a".repeat(64)).test("a") };', ['runtime']],
  ['a pattern from a match of text', 'return { r: "a".match("a?".repeat(64) + "a".repeat(64)) };', ['runtime']],
];

describe('what a hostile procedure costs', () => {
  let box: TestSandbox;
  let innocent: string;

  beforeAll(async () => {
    box = await TestSandbox.open();
    innocent = box.load('function result(context) { return { n: context.data.n }; }');
    await box.run(innocent, { n: 0 });
  });
  afterAll(() => box.close());

  test.each(HOSTILE)('%s ends with a name within a second and no innocent run fails (SANDBOX 5.6)', async (_name, body, ends) => {
    const hostile = box.load(`function result(context) { ${body} }`);
    const started = performance.now();
    const before = Array.from({ length: 20 }, (_, n) => box.run(innocent, { n }));
    let took = 0;
    const ended = box.run(hostile).then((outcome) => {
      took = performance.now() - started;
      return outcome;
    });
    const after = Array.from({ length: 20 }, (_, n) => box.run(innocent, { n }));
    const outcomes = await Promise.all([...before, ...after]);
    expect(outcomes.map(endOf)).toEqual(outcomes.map(() => 'returned'));
    const outcome = await ended;
    expect(ends).toContain(endOf(outcome));
    if (outcome.kind === 'fault') {
      expect(outcome.fault.message.length).toBeLessThanOrEqual(500);
      expect(outcome.fault).toMatchObject({ version: 1 });
    }
    // Twice the promise, more where the machine has more to do than it can.
    expect(took).toBeLessThan(1000 * Math.max(2, loadavg()[0] ?? 0));
  });
});

describe('limits of one run', () => {
  let box: TestSandbox;
  beforeAll(async () => {
    box = await TestSandbox.open({
      limits: { hostCalls: 3, effects: 2, logBytes: 200, responseBytes: 100, cpuMilliseconds: 30, wallMilliseconds: 1500 },
    });
  });
  afterAll(() => box.close());

  test('a timeout names its limit and the line it was at', async () => {
    const outcome = await box.once('function result() {\n  var n = 0;\n  for (;;) n++;\n}');
    expect(outcome).toMatchObject({ kind: 'fault', fault: { kind: 'timeout', line: 3, message: expect.stringContaining('30 ms') } });
  });

  test('more host calls than allowed throw in the procedure', async () => {
    const asking = 'function result() { for (var i = 0; i < 4; i++) ask("echo", "" + i); return {}; }';
    expect(await box.once(asking)).toMatchObject({
      kind: 'fault',
      fault: { kind: 'runtime', message: expect.stringContaining('more than 3 host calls') },
    });
  });

  test('more effects than allowed throw in the procedure', async () => {
    const acting = 'function result() { for (var i = 0; i < 3; i++) effect("e", "" + i); return {}; }';
    expect(await box.once(acting)).toMatchObject({
      kind: 'fault',
      fault: { kind: 'runtime', message: expect.stringContaining('more than 2 effects') },
    });
  });

  test('a log is cut where it gets too long, and the run goes on', async () => {
    const outcome = await box.once('function result() { for (var i = 0; i < 100; i++) logger.info("a line of the log " + i); return {}; }');
    expect(outcome.kind).toBe('returned');
    expect(outcome.log.length).toBeLessThan(10);
    expect(outcome.log.at(-1)?.message).toContain('limited to 200 bytes');
  });

  test('a response counts in bytes of UTF-8', async () => {
    expect((await box.once('function result() { return { x: "x".repeat(92) }; }')).kind).toBe('returned');
    expect(endOf(await box.once('function result() { return { x: "\\u20ac".repeat(31) }; }'))).toBe('invalid-response');
    expect(endOf(await box.once('function result() { return { x: "x".repeat(93) }; }'))).toBe('invalid-response');
  });

  test('the budget is one for all runs of an invocation', async () => {
    const thrifty =
      'function result() { for (var i = 0; i < 3; i++) { var until = 40000; while (until-- > 0); ask("echo", "" + i); } for (;;); }';
    const outcome = await box.once(thrifty);
    expect(endOf(outcome)).toBe('timeout');
  });

  test('nobody waits longer than the wall time, and the late result is dropped', async () => {
    const started = Date.now();
    const outcome = await box.once(
      'function result() { return { a: ask("slow", "") }; }',
      {},
      { answer: () => new Promise((resolve) => setTimeout(resolve, 2500, { ok: 'late' })) },
    );
    expect(outcome).toMatchObject({ kind: 'fault', fault: { kind: 'unavailable', retryable: true } });
    expect(Date.now() - started).toBeLessThan(2300);
  });

  test('a deadline in the past is not even tried', async () => {
    const runs = box.sandbox.status().counts.runs;
    expect(await box.once('function result() { return {}; }', {}, { deadline: Date.now() - 1 })).toMatchObject({
      kind: 'fault',
      fault: { kind: 'unavailable', retryable: true },
    });
    expect(box.sandbox.status().counts.runs).toBe(runs);
  });

  test('usage is told when asked for', async () => {
    const outcome = await box.once(
      'function result() { var a = []; for (var i = 0; i < 2000; i++) a.push({ i: i }); ask("echo", "x"); return {}; }',
      {},
      { measure: true },
    );
    expect(outcome).toMatchObject({ kind: 'returned', usage: { runs: 2 } });
    expect(outcome.usage?.wallMilliseconds).toBeGreaterThan(0);
    expect(outcome.usage?.heapBytes).toBeGreaterThan(10_000);
  });
});

describe('configuration of limits', () => {
  test('the defaults are those of the port', () => {
    expect(completeLimits()).toEqual(DEFAULT_LIMITS);
  });

  test('every limit out of range is named', () => {
    expect(() => completeLimits({ cpuMilliseconds: 0, heapMegabytes: 1.5 })).toThrow(/cpuMilliseconds.*heapMegabytes/u);
  });

  test('a full house answers at once that it is full', async () => {
    const box = await TestSandbox.open({ maxInFlight: 2 });
    const key = box.load('function result() { return { a: ask("slow", "") }; }');
    let release: (answer: { ok: string }) => void = () => undefined;
    const gate = new Promise<{ ok: string }>((resolve) => (release = resolve));
    const two = [box.run(key, {}, { answer: () => gate }), box.run(key, {}, { answer: () => gate })];
    expect(await box.run(key)).toMatchObject({ kind: 'fault', fault: { kind: 'unavailable', retryable: true } });
    release({ ok: 'x' });
    expect((await Promise.all(two)).map(endOf)).toEqual(['returned', 'returned']);
    await box.close();
  });
});
