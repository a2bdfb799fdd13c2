import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ran } from './ran.ts';
import { SampleError } from './sample.ts';
import { runTestFile, type EndedFile, type RunsSamples } from './test-file-run.ts';

// Threads are real, and the machine may have other work.
jest.setTimeout(60_000);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tokenwright-tests-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const RAN: Ran = {
  outcome: 'fault',
  procedure: '/p/x.js',
  flow: 'oauth-introspect',
  response: { status: 500, headers: {}, body: null, text: '' },
  tokens: [],
  jwts: [],
  delegations: [],
  effects: [],
  log: [],
  denial: null,
  fault: { kind: 'runtime', message: 'oops', stack: [] },
  findings: [],
  hostCalls: [],
};

/** Answers everything in the same way, and keeps what it was asked. */
class OneAnswer implements RunsSamples {
  readonly asked: unknown[] = [];
  async run({ base, changes }: Parameters<RunsSamples['run']>[0]): Promise<Ran> {
    this.asked.push({ base, changes });
    if (base === 'senseless') throw new SampleError('it makes no sense');
    return RAN;
  }
}

let count = 0;
function runFile(
  source: string,
  options: { grep?: string; ending?: 'js' | 'ts'; timeoutMilliseconds?: number; runner?: RunsSamples } = {},
): Promise<EndedFile> {
  const { grep = null, ending = 'js', timeoutMilliseconds = 10_000, runner = new OneAnswer() } = options;
  const file = join(folder, `file-${++count}.test.${ending}`);
  writeFileSync(file, source);
  return runTestFile({ file, grep, timeoutMilliseconds }, runner);
}

const states = ({ tests }: EndedFile) => tests.map(({ path, state }) => `${path.join(' > ')}: ${state}`);
const failures = ({ tests }: EndedFile) => tests.map(({ failure }) => failure?.message ?? null);

describe('a test file', () => {
  test('runs its tests in order, with the hooks of all suites around them', async () => {
    const ended = await runFile(`
      const seen = [];
      beforeEach(() => seen.push('each'));
      describe('outer', () => {
        beforeAll(async () => { seen.push('all'); });
        afterEach(() => seen.push('after'));
        describe('inner', () => {
          beforeEach(() => seen.push('inner'));
          it('one', () => seen.push('one'));
        });
        test('two', async () => seen.push('two'));
        afterAll(() => console.log(seen.join(' ')));
      });`);
    expect(states(ended)).toEqual(['outer > inner > one: passed', 'outer > two: passed']);
    expect(ended.output).toBe('all each inner one after each two after\n');
    expect(ended).toMatchObject({ broken: null, left: 0 });
  });

  test('may be TypeScript, and import files beside it', async () => {
    writeFileSync(join(folder, 'beside.ts'), 'export const n: number = 5;');
    const ended = await runFile("import { n } from './beside.ts';\nit('adds', (): void => { expect<number>(n + 1).toBe(6); });", {
      ending: 'ts',
    });
    expect(states(ended)).toEqual(['adds: passed']);
  });

  test('fails with the difference and the place in the file', async () => {
    const ended = await runFile("it('compares', () => {\n  expect({ a: 1, b: [2] }).toEqual({ a: 1, b: [3] });\n});");
    expect(ended.tests[0]?.failure).toMatchObject({
      message: 'expected { a: 1, b: [ 2 ] } to equal { a: 1, b: [ 3 ] }',
      expected: '{\n  "a": 1,\n  "b": [\n    3,\n  ],\n}',
      actual: '{\n  "a": 1,\n  "b": [\n    2,\n  ],\n}',
      place: `${ended.file}:2:28`,
    });
  });

  test('skips what it is told to, and runs only what it is told to', async () => {
    expect(states(await runFile("it.skip('a', () => {}); describe.skip('b', () => it('c', () => {})); it('d', () => {});"))).toEqual([
      'a: skipped',
      'b > c: skipped',
      'd: passed',
    ]);
    expect(states(await runFile("it('a', () => {}); describe('b', () => { it.only('c', () => {}); it('d', () => {}); });"))).toEqual([
      'a: skipped',
      'b > c: passed',
      'b > d: skipped',
    ]);
  });

  test('runs those whose names match, and hooks only for them', async () => {
    const ended = await runFile(
      "describe('a', () => { beforeAll(() => { throw new Error('not for me'); }); it('x', () => {}); }); describe('b', () => { it('y', () => {}); });",
      { grep: 'b y' },
    );
    expect(states(ended)).toEqual(['b > y: passed']);
    expect(ended.left).toBe(1);
  });

  test('with a beforeAll that fails has every test of the suite failed, and with an afterAll says so', async () => {
    const ended = await runFile(
      "describe('a', () => { beforeAll(() => { throw new Error('first'); }); it('x', () => {}); it('y', () => {}); }); describe('b', () => { afterAll(() => { throw new Error('last'); }); it('z', () => {}); });",
    );
    expect(failures(ended)).toEqual(['Error: first', 'Error: first', null, 'Error: last']);
    expect(states(ended).at(-1)).toBe('b > afterAll: failed');
  });
});

describe('running a procedure', () => {
  test('asks for the sample with its changes, member by member', async () => {
    const runner = new OneAnswer();
    const ended = await runFile(
      `const base = sample('user-token', { client: { id: 'a' }, scopes: ['read'] });
       it('asks', async () => { await run(); await run('user-token'); await run(base, { client: { name: 'b' }, scopes: ['write'] }); await run({ user: 'u' }); });`,
      { runner },
    );
    expect(failures(ended)).toEqual([null]);
    expect(runner.asked).toEqual([
      { base: null, changes: {} },
      { base: 'user-token', changes: {} },
      { base: 'user-token', changes: { client: { id: 'a', name: 'b' }, scopes: ['write'] } },
      { base: null, changes: { user: 'u' } },
    ]);
    expect([...ended.procedures]).toEqual(['/p/x.js']);
  });

  test('a failed test shows the runs of its own that did not answer', async () => {
    const ended = await runFile("it('a', () => run()); it('b', async () => { await run(); expect(1).toBe(2); });");
    expect(ended.tests.map(({ runs }) => runs.length)).toEqual([0, 1]);
  });

  test('a sample that makes no sense fails the test where it is asked for', async () => {
    const ended = await runFile(
      "it('a', async () => {\n  await run('senseless');\n});\nit('b', () => run('x', { f: () => 1 }));\nit('c', () => run(5));",
    );
    expect(failures(ended)).toEqual([
      'it makes no sense',
      expect.stringContaining('a sample must be plain data'),
      expect.stringContaining('take the name of a sample or an object'),
    ]);
    expect(ended.tests[0]?.failure?.place).toBe(`${ended.file}:2:9`);
  });
});

describe('a test file that misbehaves fails alone, and with a reason', () => {
  test.each([
    ['does not load', 'it(', 'SyntaxError: '],
    ['throws while it is read', "throw new Error('early');", 'Error: early'],
    ['declares without a function', "it('x');", 'TypeError: it needs a function'],
    ['has an async describe', "describe('x', async () => {});", 'must not be async'],
    ['ends its thread', "it('x', () => process.exit(0));", 'the test "x" ended the run before all tests were over'],
  ])('one that %s', async (_what, source, message) => {
    expect((await runFile(source)).broken?.message).toContain(message);
  });

  test('one that loops is stopped, and what it did before counts', async () => {
    const ended = await runFile("it('a', () => {}); it('b', () => { for (;;); });", { timeoutMilliseconds: 100 });
    expect(states(ended)).toEqual(['a: passed']);
    expect(ended.broken?.message).toBe('the test "b" did not end within 0.1 seconds, and was stopped');
  });

  test('its limit is for the tests alone, not for the start of the sandbox and the runs of procedures', async () => {
    let runs = 0;
    const slow: RunsSamples = {
      // Longer than a test may take, as the first run is on a busy machine.
      run: async () => (await sleep(runs++ === 0 ? 3000 : 0), RAN),
    };
    const source = `it('a', async () => { await Promise.all([run(), run()]); await run(); });
      it('b', async () => { await run(); await new Promise(() => {}); });`;
    const ended = await runFile(source, { timeoutMilliseconds: 2000, runner: slow });
    expect(failures(ended)).toEqual([null, 'Error: it did not end within 2 seconds']);
    expect(runs).toBe(4);
  });

  test('one that waits for ever, or loses an error, fails in that test alone', async () => {
    const source = `it('a', () => new Promise(() => {}));
      it('b', async () => { Promise.reject(new Error('lost')); await new Promise((done) => setTimeout(done, 1000)); });
      it('c', () => { it('too late', () => {}); });
      it('d', () => {});`;
    const ended = await runFile(source, { timeoutMilliseconds: 300 });
    expect(failures(ended)).toEqual([
      'Error: it did not end within 0.3 seconds',
      'Error: lost',
      'Error: it must be called while the file is read, not within a test',
      null,
    ]);
    expect(ended.broken).toBeNull();
  });
});
