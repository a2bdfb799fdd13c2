import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ProcedureCompiler, type CompileOutcome } from './index.ts';

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
