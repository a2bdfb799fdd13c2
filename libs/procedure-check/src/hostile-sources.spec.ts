import { fork } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ProcedureCompiler, type CompileOutcome } from './index.ts';
import { READY, type CheckRequest } from './messages.ts';

// Bounds the whole of a test on a busy machine; nothing here depends on how long it takes.
jest.setTimeout(90_000);

const RIGHT = '\nfunction result(context: IntrospectionTokenProcedureContext) { return {}; }';

function compile(
  compiler: ProcedureCompiler,
  source: string,
  language: 'typescript' | 'javascript' = 'typescript',
): Promise<CompileOutcome> {
  return compiler.compile({ source, language, flow: 'oauth-introspect' });
}

/** Empty for a process that is gone. */
function statusOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'latin1');
  } catch {
    return '';
  }
}

const codes = (outcome: CompileOutcome): string[] => (outcome.ok ? outcome.warnings : outcome.errors).map(({ code }) => code);

describe('A hostile source ends in a finding, and the next one is checked as ever', () => {
  let compiler: ProcedureCompiler;
  beforeAll(() => {
    compiler = new ProcedureCompiler({ sourceBytes: 1_100_000, checkMilliseconds: 20_000 });
  });
  afterAll(() => compiler.close());

  test.each([
    ['types without end', 'type D<N extends number, A extends 0[] = []> = A["length"] extends N ? A : D<N, [...A, 0]>; let x: D<100000>;'],
    [
      'a union that doubles thirty times',
      `type U = ${Array.from({ length: 30 }, (_, i) => `({ a${i}: 0 } | { b${i}: 1 })`).join(' & ')}; let u: U = null as any;`,
    ],
    ['ten million texts', 'type C = "0"|"1"|"2"|"3"|"4"|"5"|"6"|"7"|"8"|"9"; type T = `${C}${C}${C}${C}${C}${C}${C}`; let x: T = "1";'],
    ['nested calls', `declare function f<T>(x: T): [T, T, T]; let z = ${'f('.repeat(2000)}1${')'.repeat(2000)};`],
    ['nested arrays', `let x = ${'['.repeat(50_000)}${']'.repeat(50_000)};`],
    ['nested parentheses', `let x = ${'('.repeat(50_000)}1${')'.repeat(50_000)};`],
    ['nested types', `let x: ${'A<'.repeat(20_000)}1${'>'.repeat(20_000)};`],
    ['nested blocks', `${'{'.repeat(20_000)}${'}'.repeat(20_000)}`],
    ['a type that names itself', 'type A = A; type B = B[]; interface C extends C {} class D extends D {}'],
    ['unfinished text', '`${`${`${'],
    ['control characters', '\u0000\u0001\u2028\ufeff\ud800'],
  ])('%s', async (_name, text) => {
    const outcome = await compile(compiler, text + RIGHT);
    expect(outcome).toMatchObject({ ok: false });
    expect(codes(outcome)).not.toContain('unavailable');
    expect(await compile(compiler, RIGHT)).toMatchObject({ ok: true });
  });

  test('a megabyte of JavaScript', async () => {
    const source = Array.from({ length: 35_000 }, (_, i) => `var k${i} = ${i} + k${i};`).join('\n');
    expect(await compile(compiler, source, 'javascript')).toMatchObject({ ok: true });
  });

  test.each<['typescript' | 'javascript', string, string]>([
    ['javascript', 'typescript', 'var a: number;'],
    ['typescript', 'type', 'var a: number = "";'],
    ['typescript', 'unsupported', 'await zz;'],
  ])('thousands of findings in %s of code %s are told by a hundred', async (language, code, text) => {
    const outcome = await compile(compiler, text.repeat(13_000) + (language === 'typescript' ? RIGHT : ''), language);
    expect(codes(outcome)).toEqual(Array.from({ length: 100 }, () => code));
  });

  test('more than that is not looked at', async () => {
    expect(await compile(compiler, ' '.repeat(1_100_001))).toMatchObject({ ok: false, errors: [{ code: 'too-large' }] });
  });
});

describe('The checking process', () => {
  /** Keeps the checker busy for seconds, out of reach of any request to stop. */
  const ENDLESS = `let x = ${'1+'.repeat(100_000)}1;`;
  const HUNGRY = `type D<N extends number, A extends unknown[] = []> = A["length"] extends N ? A : D<N, [...A, { [K in keyof A]: A }]>; let x: D<100000>;
type L<N extends number, A extends 0[] = []> = A["length"] extends N ? A : L<N, [...A, 0]>; type G<T, K extends 0[] = []> = K["length"] extends 999 ? T : G<[T, ...L<999>], [...K, 0]>; let g: G<1>;`;

  test('is killed when a source takes too long: TypeScript is refused, JavaScript only advised', async () => {
    const compiler = new ProcedureCompiler({ checkMilliseconds: 400 });
    expect(await compile(compiler, ENDLESS + RIGHT)).toMatchObject({
      ok: false,
      errors: [{ code: 'too-costly', message: expect.stringContaining('400 ms') }],
    });
    const script = `${ENDLESS}function result() {}`;
    expect(await compile(compiler, script, 'javascript')).toMatchObject({ ok: true, script, warnings: [{ code: 'too-costly' }] });
    await compiler.close();
  });

  test('ends alone when its memory is used up, and is replaced', async () => {
    const compiler = new ProcedureCompiler({ heapMegabytes: 110, checkMilliseconds: 60_000 });
    expect(await compile(compiler, HUNGRY + RIGHT)).toMatchObject({
      ok: false,
      errors: [{ code: 'too-costly', message: expect.stringContaining('110 MB') }],
    });
    expect(await compile(compiler, RIGHT)).toMatchObject({ ok: true });
    await compiler.close();
  });

  test('that cannot work says so, and is asked for again', async () => {
    const compiler = new ProcedureCompiler({ heapMegabytes: 8 });
    for (let round = 0; round < 2; round++)
      expect(await compile(compiler, RIGHT)).toMatchObject({ ok: false, errors: [{ code: 'unavailable' }] });
    await compiler.close();
  });

  test('works on one source at a time; as many wait as may, in order', async () => {
    const compiler = new ProcedureCompiler({ waiting: 2 });
    const order: number[] = [];
    const all = [0, 1, 2, 3].map(async (index) => {
      const outcome = await compile(compiler, RIGHT);
      if (outcome.ok) order.push(index);
      return outcome.ok ? 'ok' : codes(outcome)[0];
    });
    expect(await Promise.all(all)).toEqual(['ok', 'ok', 'ok', 'unavailable']);
    expect(order).toEqual([0, 1, 2]);
    await compiler.close();
  });

  test('does not let one author keep the others waiting, whatever that author sends', async () => {
    const compiler = new ProcedureCompiler({ checkMilliseconds: 600 });
    const order: string[] = [];
    const send = async (author: string, source: string, language: 'typescript' | 'javascript' = 'typescript') => {
      const outcome = await compiler.compile({ source, language, flow: 'oauth-introspect', author });
      order.push(`${author} ${language}`);
      return outcome;
    };
    const hostile = Array.from({ length: 3 }, () => send('hostile', ENDLESS + RIGHT));
    const first = hostile[0];
    const others = [send('other', RIGHT), send('other', RIGHT), send('hostile', 'function result() { return {}; }', 'javascript')];
    await first;
    for (const outcome of await Promise.all(others)) expect(outcome).toMatchObject({ ok: true });
    // Time counts, not turns: where the others take long to start, the hostile author may have had a second turn.
    expect(order.filter((one) => one === 'hostile typescript').length).toBeLessThan(hostile.length);
    for (const outcome of await Promise.all(hostile)) expect(outcome).toMatchObject({ ok: false, errors: [{ code: 'too-costly' }] });
    await compiler.close();
  });

  test('is never so busy that JavaScript cannot be stored: who sends too much, or waits too long, gets no advice', async () => {
    const compiler = new ProcedureCompiler({ checkMilliseconds: 3000, patienceMilliseconds: 20, waiting: 2 });
    const busy = Array.from({ length: 3 }, () => compile(compiler, ENDLESS + RIGHT));
    const script = 'function result() { return {}; }';
    for (const outcome of await Promise.all(Array.from({ length: 4 }, () => compile(compiler, script, 'javascript'))))
      expect(outcome).toMatchObject({
        ok: true,
        script,
        warnings: [{ code: 'unavailable', message: expect.stringContaining('try again') }],
      });
    expect(await compile(compiler, ENDLESS + RIGHT)).toMatchObject({ ok: false, errors: [{ code: 'unavailable' }] });
    await compiler.close();
    expect(await Promise.all(busy)).toHaveLength(3);
  });

  test('gives way to the service where processor and memory are short', async () => {
    const compiler = new ProcedureCompiler();
    await compile(compiler, RIGHT);
    const children = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && statusOf(name).includes(`\nPPid:\t${process.pid}\n`))
      .filter((name) => readFileSync(`/proc/${name}/cmdline`, 'latin1').includes('procedure-check'));
    expect(children).toHaveLength(1);
    expect(getPriority(Number(children[0]))).toBe(10);
    expect(readFileSync(`/proc/${children[0] ?? ''}/oom_score_adj`, 'latin1').trim()).toBe('1000');
    await compiler.close();
  });

  test('breaks off by itself what heeds no request to stop, and ends when its service is gone', async () => {
    const child = fork(path.join(import.meta.dirname, 'process', 'main.ts'), [path.resolve('procedures')], { execArgv: ['--no-warnings'] });
    const exit = new Promise((resolve) => child.once('exit', (code, signal) => resolve([code, signal])));
    const said = () => new Promise<unknown>((resolve) => child.once('message', resolve));
    expect(await said()).toBe(READY);
    const request = { source: ENDLESS, flow: null, libraries: [], milliseconds: 300 };
    child.send({ ...request, language: 'javascript' } satisfies CheckRequest);
    expect(await said()).toMatchObject({ isHeavy: true, reply: { script: ENDLESS, warnings: [{ code: 'too-costly' }] } });
    child.send({ ...request, language: 'typescript' } satisfies CheckRequest);
    child.disconnect();
    expect(await exit).toEqual([0, null]);
  });

  test('ends with the compiler, and what waits is answered', async () => {
    const compiler = new ProcedureCompiler();
    const answers = [compile(compiler, RIGHT), compile(compiler, RIGHT)];
    await compiler.close();
    await compiler.close();
    for (const answer of await Promise.all(answers)) expect(answer).toMatchObject({ ok: false, errors: [{ code: 'unavailable' }] });
    expect(await compile(compiler, RIGHT)).toMatchObject({ ok: false, errors: [{ code: 'unavailable' }] });
  });

  test('is started anew after it has been idle', async () => {
    const compiler = new ProcedureCompiler({ idleMilliseconds: 0 });
    for (let round = 0; round < 2; round++) {
      expect(await compile(compiler, RIGHT)).toMatchObject({ ok: true });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await compiler.close();
  });
});
