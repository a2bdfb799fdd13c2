import { besideOf } from './sample-runner.ts';
import { flowOf, readProcedure } from './procedure-file.ts';
import { SAMPLE_FILE } from './sample-file.ts';
import { runSampleFile } from './sample-file-run.ts';
import { SampleError } from './sample.ts';
import { runTestFile, type EndedFile, type RunsSamples } from './test-file-run.ts';
import type { EndedTest } from './worker/protocol.ts';

/** Which tests to run, and for how long one may take. */
export interface TestRunOptions {
  /** Source of a regular expression over the names of suites and test, joined by spaces. */
  readonly grep?: string;
  /** Only files whose procedure is for this flow. */
  readonly flow?: string;
  /** Default: 20 seconds. */
  readonly timeoutMilliseconds?: number;
}

/** Told what happens, while it happens. */
export interface TestRunListener {
  fileStarted?(file: string): void;
  testEnded?(file: string, test: EndedTest): void;
  fileEnded?(ended: EndedFile): void;
}

/** How a whole run ended. */
export interface TestSummary {
  readonly files: readonly EndedFile[];
  readonly passed: number;
  /** Tests, and files that failed as a whole. */
  readonly failed: number;
  readonly skipped: number;
  /** Tests that did not match the name asked for. */
  readonly left: number;
  /** Files that were left out, for their procedure is for another flow or it does not show which. */
  readonly otherFlow: readonly string[];
  readonly milliseconds: number;
}

const TIMEOUT = 20_000;

/** Runs test files, one after the other: procedures of dry runs are run one at a time anyway. */
export async function runTests(
  files: readonly string[],
  runner: RunsSamples,
  options: TestRunOptions = {},
  listener: TestRunListener = {},
): Promise<TestSummary> {
  const from = performance.now();
  const { flow, grep = null, timeoutMilliseconds = TIMEOUT } = options;
  const chosen = flow === undefined ? files : files.filter((file) => testedFlow(file) === flow);
  const ended: EndedFile[] = [];
  for (const file of chosen) {
    listener.fileStarted?.(file);
    const runFile = SAMPLE_FILE.test(file) ? runSampleFile : runTestFile;
    const one = await runFile({ file, grep, timeoutMilliseconds }, runner, (test) => listener.testEnded?.(file, test));
    ended.push(one);
    listener.fileEnded?.(one);
  }
  const tests = ended.flatMap((file) => file.tests);
  const inState = (state: EndedTest['state']) => tests.filter((test) => test.state === state).length;
  return {
    files: ended,
    passed: inState('passed'),
    failed: inState('failed') + ended.filter(({ broken }) => broken !== null).length,
    skipped: inState('skipped'),
    left: ended.reduce((sum, { left }) => sum + left, 0),
    otherFlow: files.filter((file) => !chosen.includes(file)),
    milliseconds: Math.round(performance.now() - from),
  };
}

/** Flow of the procedure beside a test file; null where there is none or it does not say. */
function testedFlow(testFile: string): string | null {
  try {
    return flowOf(readProcedure(besideOf(testFile)));
  } catch (error) {
    if (error instanceof SampleError) return null;
    throw error;
  }
}
