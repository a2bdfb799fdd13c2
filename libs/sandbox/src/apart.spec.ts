import { afterEach, describe, expect, test } from '@jest/globals';
import type { Invocation, Outcome } from '#libs/oauth';
import { endOf, responseOf, TestSandbox } from './testing/test-sandbox.ts';

let box: TestSandbox;
afterEach(() => box.close());

/** Native code that hears no interrupt: only the end of its process ends it. */
const KILLER = `function result() {
  var s = 'a'.repeat(999999), p = 'a'.repeat(499999) + 'b';
  for (var i = 0; i < 50; i++) s.lastIndexOf(p);
  return {};
}`;
const INNOCENT = 'function result(context) { return { n: context.data.n }; }';
const ENDLESS = 'function result() {\n  for (;;);\n}';

const pidOf = (role: string): number => box.sandbox.status().processes.find((one) => one.role === role)?.pid ?? 0;

/** Loads for runs apart only, and runs once. */
function tried(source: string, more: Partial<Invocation> = {}): Promise<Outcome> {
  const program = box.program(source);
  box.sandbox.load(program, { apart: true });
  return box.run(program.key, {}, { apart: true, ...more });
}

describe('a run apart', () => {
  test('that ends its process ends none in which others run', async () => {
    // On a busy machine five of them, one after the other, take long.
    box = await TestSandbox.open({ limits: { wallMilliseconds: 60_000 } });
    const innocent = box.load(INNOCENT);
    await box.run(innocent, { n: 0 });
    const before = [pidOf('main'), pidOf('spare')];
    const killers = Array.from({ length: 5 }, () => tried(KILLER, { deadline: Date.now() + 60_000 }));
    let served = 0;
    const work = { isDone: false };
    const client = (async () => {
      while (!work.isDone) expect(responseOf(await box.run(innocent, { n: ++served }))).toEqual({ n: served });
    })();
    for (const outcome of await Promise.all(killers)) expect(endOf(outcome)).toBe('timeout');
    work.isDone = true;
    await client;
    expect([pidOf('main'), pidOf('spare')]).toEqual(before);
    expect(box.logged.filter((line) => line.startsWith('a sandbox process ended') && !line.includes('"role":"diagnostic"'))).toEqual([]);
  }, 90_000);

  test('has the host calls, limits, positions and measure of any other', async () => {
    box = await TestSandbox.open();
    const asking = await tried('function result() { return { a: ask("one", "x"), b: ask("two", "y") }; }', { measure: true });
    expect(responseOf(asking)).toEqual({ a: 'x', b: 'y' });
    expect(asking.usage).toMatchObject({ runs: 3, wallMilliseconds: expect.any(Number), heapBytes: expect.any(Number) });
    expect(await tried(ENDLESS)).toMatchObject({ kind: 'fault', fault: { kind: 'timeout', line: 2 } });
    expect(await tried('function result() {\n  null.x;\n}')).toMatchObject({ kind: 'fault', fault: { kind: 'runtime', line: 2 } });
    expect(endOf(await tried('function result() { refuse("{}"); }'))).toBe('rejected');
  });

  test('loads its program nowhere else; the first ordinary run does', async () => {
    box = await TestSandbox.open();
    const program = box.program('function result() { return {}; }');
    const { pid } = box.sandbox.status().processes.find((one) => one.role === 'main') ?? {};
    box.sandbox.load(program, { apart: true });
    expect(pidOf('diagnostic')).toBe(0);
    expect(endOf(await box.run(program.key, {}, { apart: true }))).toBe('returned');
    expect(pidOf('diagnostic')).not.toBe(0);
    expect(endOf(await box.run(program.key))).toBe('returned');
    box.sandbox.unload(program.key);
    box.sandbox.load(program, { apart: true });
    box.sandbox.load(program);
    expect(endOf(await box.run(program.key))).toBe('returned');
    expect(pidOf('main')).toBe(pid);
  });

  test('is unavailable when too many wait, checks included, and there is room again afterwards', async () => {
    box = await TestSandbox.open();
    const program = box.program('function result() { return { a: ask("one", "x") }; }');
    box.sandbox.load(program, { apart: true });
    const runs = Array.from({ length: 60 }, () => box.run(program.key, {}, { apart: true }));
    const checks = Array.from({ length: 10 }, () => box.sandbox.check(program));
    const late = await Promise.all([1, 2].map(() => box.run(program.key, {}, { apart: true })));
    for (const outcome of late)
      expect(outcome).toMatchObject({
        kind: 'fault',
        fault: { kind: 'unavailable', retryable: true, message: expect.stringContaining('waiting') },
      });
    const checked = await Promise.all(checks);
    expect(checked.filter((one) => one.ok)).toHaveLength(4);
    expect(checked.filter((one) => !one.ok && one.errors[0]?.code === 'unavailable')).toHaveLength(6);
    expect((await Promise.all(runs)).every((one) => one.kind === 'returned')).toBe(true);
    const again = Array.from({ length: 64 }, () => box.run(program.key, {}, { apart: true }));
    expect((await Promise.all(again)).every((one) => one.kind === 'returned')).toBe(true);
  }, 30_000);

  test('waits for the suspects of production, and so do checks', async () => {
    box = await TestSandbox.open();
    const suspect = box.load(ENDLESS);
    const order: string[] = [];
    const note = (name: string) => () => order.push(name);
    const visitors = Array.from({ length: 6 }, () => tried(KILLER).then(note('tried')));
    const check = box.sandbox.check(box.program(INNOCENT)).then(note('checked'));
    const production = box.run(suspect).then((outcome) => {
      order.push('production');
      return outcome;
    });
    expect(await production).toMatchObject({ kind: 'fault', fault: { kind: 'timeout', line: 2 } });
    expect(order.indexOf('production')).toBeLessThan(4);
    await Promise.all([...visitors, check]);
  }, 30_000);
});
