import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { findFlow, FLOWS, preludeSource } from '#libs/oauth';
import { openHostServices } from '#libs/host-services';
import { ProcedureCompiler } from '#libs/procedure-check';
import {
  findTestFiles,
  junitXml,
  NoTestsError,
  ReadableReporter,
  runTests,
  SampleRunner,
  watchTests,
  type TestSummary,
} from '#libs/procedure-testing';
import { openSandbox } from '#libs/sandbox';
import { CommandError, UsageError } from '../command-error.ts';
import { wholeNumber } from '../flags.ts';
import { harmless, type Terminal } from '../terminal.ts';
import type { TestFlags } from './procedure-test.ts';

/** Longest that a single test may be given. Seconds. */
const LONGEST = 3600;

/** Runs the tests in the real sandbox, and says how they ended. */
export async function testProcedures(folder: string, flags: TestFlags, terminal: Terminal): Promise<void> {
  const run = prepared(folder, flags, terminal);
  const compiler = new ProcedureCompiler();
  // For key sets that procedures give; tests call nothing else.
  const services = openHostServices({ onError: (error) => terminal.err(harmless(`${String(error)}\n`)) });
  try {
    const sandbox = await openSandbox({ prelude: preludeSource() });
    try {
      await run(new SampleRunner(sandbox, (text) => compiler.compile(text), services));
    } finally {
      await sandbox.close();
    }
  } finally {
    await services.close();
    await compiler.close();
  }
}

/** Looks at what was asked for before anything is started. */
function prepared(folder: string, flags: TestFlags, terminal: Terminal): (runner: SampleRunner) => Promise<void> {
  const { reporter: kind, output, watch = false } = flags;
  if (output !== undefined && kind !== 'junit') throw new UsageError('--output is for the JUnit report: add --reporter junit');
  if (watch && kind === 'junit') throw new UsageError('give either --watch or --reporter junit');
  if (flags.flow !== undefined && findFlow(flags.flow) === undefined)
    throw new UsageError(`there is no flow "${flags.flow}"; there are ${FLOWS.map(({ id }) => id).join(', ')}`);
  const options = {
    ...(flags.grep === undefined ? {} : { grep: patternOf(flags.grep) }),
    ...(flags.flow === undefined ? {} : { flow: flags.flow }),
    timeoutMilliseconds: timeoutOf(flags.timeout) * 1000,
  };
  const files = filesIn(folder);
  // On standard output a report must be alone.
  const toError = kind === 'junit' && output === undefined;
  const reporter = new ReadableReporter((text) => (toError ? terminal.err(harmless(text)) : terminal.out(harmless(text))));
  return async (runner) => {
    if (watch) {
      await watchTests(folder, runner, options, reporter, interrupted());
      return;
    }
    const summary = await runTests(files, runner, options, reporter);
    reporter.end(summary);
    if (kind === 'junit') write(junitXml(summary), output, terminal);
    judge(summary, flags);
  };
}

function filesIn(folder: string): readonly string[] {
  try {
    return findTestFiles(folder);
  } catch (error) {
    if (error instanceof NoTestsError) throw new UsageError(error.message);
    throw error;
  }
}

function patternOf(text: string): string {
  try {
    return new RegExp(text).source;
  } catch {
    throw new UsageError(`--grep must be a regular expression, not "${text}"`);
  }
}

function timeoutOf(text: string): number {
  const seconds = wholeNumber('--timeout', text);
  if (seconds < 1 || seconds > LONGEST) throw new UsageError(`--timeout must be from 1 to ${LONGEST} seconds, not ${seconds}`);
  return seconds;
}

function write(xml: string, file: string | undefined, terminal: Terminal): void {
  if (file === undefined) {
    terminal.out(xml);
    return;
  }
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, xml);
  } catch (error) {
    throw new CommandError(`cannot write the report: ${(error as Error).message}`, { cause: error });
  }
}

function judge({ passed, failed, skipped, left, otherFlow, files }: TestSummary, flags: TestFlags): void {
  if (failed > 0) throw new CommandError(`${failed} of ${passed + failed} tests failed`);
  if (passed + skipped > 0) return;
  if (flags.flow !== undefined && files.length === 0)
    throw new UsageError(`none of ${otherFlow.length} test files is for a procedure of the flow ${flags.flow}`);
  if (left > 0) throw new UsageError(`none of ${left} tests has a name that matches "${flags.grep ?? ''}"`);
  throw new UsageError(`the test files declare no tests: write it('does something', async () => { ... })`);
}

/** Ends when the person at the terminal has seen enough. */
function interrupted(): AbortSignal {
  const end = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end.abort());
  return end.signal;
}
