import { readFileSync } from 'node:fs';
import { expectationShape, unmet, type Unmet } from './expectation.ts';
import type { Ran } from './ran.ts';
import { readSampleFile, type SampleFile } from './sample-file.ts';
import { SampleError } from './sample.ts';
import type { EndedFile, RunsSamples } from './test-file-run.ts';
import type { EndedTest, Failure, FileTask } from './worker/protocol.ts';

/** Runs the procedure of a sample file in each of its samples, as a service would at a save. Each is a test of its name. */
export async function runSampleFile(
  { file, grep }: FileTask,
  runner: RunsSamples,
  onTest: (test: EndedTest) => void = () => undefined,
): Promise<EndedFile> {
  const from = performance.now();
  const ended = (members: Partial<EndedFile>): EndedFile => ({
    ...{ file, tests: [], broken: null, left: 0, output: '', procedures: new Set() },
    ...members,
    milliseconds: Math.round(performance.now() - from),
  });
  let written: SampleFile;
  try {
    written = readSampleFile(readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof SampleError)) throw error;
    return ended({ broken: failed(error.message) });
  }
  const { samples, ...common } = written;
  const wanted = Object.entries(samples).filter(([name]) => grep === null || new RegExp(grep).test(name));
  const tests: EndedTest[] = [];
  const procedures = new Set<string>();
  for (const [name, { sample, expect = {} }] of wanted) {
    const began = performance.now();
    const { ran, failure } = await tried(runner, file, { ...sample, ...common }, expect);
    if (ran !== null) procedures.add(ran.procedure);
    const test: EndedTest = {
      path: [name],
      state: failure === null ? 'passed' : 'failed',
      milliseconds: Math.round(performance.now() - began),
      failure,
      runs: failure === null || ran === null || ran.outcome === 'answered' ? [] : [ran],
    };
    tests.push(test);
    onTest(test);
  }
  return ended({ tests, left: Object.keys(samples).length - wanted.length, procedures });
}

async function tried(
  runner: RunsSamples,
  testFile: string,
  changes: Readonly<Record<string, unknown>>,
  expect: Readonly<Record<string, unknown>>,
): Promise<{ readonly ran: Ran | null; readonly failure: Failure | null }> {
  const wish = expectationShape.safeParse(expect, { reportInput: false });
  if (!wish.success) {
    const problems = wish.error.issues.map(({ path, message }) => `expect${path.map((part) => `.${String(part)}`).join('')}: ${message}`);
    return { ran: null, failure: failed(problems.join('\n')) };
  }
  try {
    const ran = await runner.run({ testFile, base: null, isWhole: true, changes });
    const { response, jwts } = ran;
    const answer = { status: response.status, headers: response.headers, body: response.text };
    return { ran, failure: failureOf(unmet(wish.data, { ...ran, answer, issued: jwts })) };
  } catch (error) {
    if (!(error instanceof SampleError)) throw error;
    return { ran: null, failure: failed(error.message) };
  }
}

/** The first that can be compared is; the sentences tell them all. */
function failureOf(missed: readonly Unmet[]): Failure | null {
  if (missed.length === 0) return null;
  const compared = missed.find(({ expected }) => expected !== null);
  return {
    ...failed(missed.map(({ problem }) => problem).join('\n')),
    ...(compared === undefined ? {} : { expected: compared.expected ?? '', actual: compared.actual ?? '' }),
  };
}

function failed(message: string): Failure {
  return { message, place: null, stack: null };
}
