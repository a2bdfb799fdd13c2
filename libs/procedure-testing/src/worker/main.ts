/**
 * Runs one test file in a thread of its own. Like all of this folder it is loaded by Node as it stands when the rest runs
 * from sources: it imports nothing but files beside it, and writes nothing that goes beyond blanking types.
 */
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { Ran } from '../ran.ts';
import { expect } from './expect.ts';
import type { FileTask, FromWorker, ToWorker } from './protocol.ts';
import type { SampleDraft } from './sample-draft.ts';
import { sampleOf } from './sample-draft.ts';
import { Declarations } from './suite.ts';
import { SuiteRun } from './suite-run.ts';
import { failureOf } from './unmet.ts';

const port = parentPort;
if (port === null) throw new Error('this file is run as a worker');
const { file, grep, timeoutMilliseconds } = workerData as FileTask;
const say = (message: FromWorker): void => port.postMessage(message);

/** Runs of procedures of the present test. */
let runs: Ran[] = [];
let suiteRun: SuiteRun | null = null;
const waiting = new Map<number, PromiseWithResolvers<Ran>>();

port.on('message', (message: ToWorker) => {
  const asked = waiting.get(message.id);
  waiting.delete(message.id);
  suiteRun?.runsChanged();
  if (waiting.size === 0) port.unref();
  if (message.kind === 'not-run') asked?.reject(new Error(message.message));
  else {
    runs.push(message.ran);
    asked?.resolve(message.ran);
  }
});
port.unref();

let count = 0;

/** `run(sample, changes)`: asks for a run and waits for how it ended. */
async function run(sample?: unknown, changes?: unknown): Promise<Ran> {
  const asked = Promise.withResolvers<Ran>();
  // The stack of a refusal begins where the test asked, not where the answer came in.
  const here = new Error('asked here');
  const id = ++count;
  const draft = sampleOf(sample, changes);
  try {
    say({ kind: 'run', id, sample: draft.base, changes: draft.changes });
  } catch (cause) {
    throw new TypeError('a sample must be plain data: texts, numbers, lists and objects, and no functions', { cause });
  }
  waiting.set(id, asked);
  suiteRun?.runsChanged();
  port?.ref();
  return asked.promise.catch((error: unknown) => {
    here.message = (error as Error).message;
    here.name = 'SampleError';
    throw here;
  });
}

const declarations = new Declarations();
Object.assign(globalThis, declarations.functions, {
  expect,
  run,
  sample: (base?: unknown, changes?: unknown): SampleDraft => sampleOf(base, changes),
});

say({ kind: 'ready' });
try {
  await import(pathToFileURL(file).href);
  declarations.close();
  const suite = (suiteRun = new SuiteRun(declarations.root, {
    file,
    grep: grep === null ? null : new RegExp(grep),
    timeoutMilliseconds,
    started: (path) => say({ kind: 'started', path }),
    ended: (test) => say({ kind: 'ended', test }),
    isWaiting: () => waiting.size > 0,
    takeRuns: () => {
      const taken = runs;
      runs = [];
      return taken;
    },
  }));
  for (const event of ['unhandledRejection', 'uncaughtException'])
    process.on(event, (thrown: unknown) => {
      if (!suite.strayed(thrown)) say({ kind: 'broken', failure: failureOf(thrown, file) });
    });
  await suite.run(declarations.root);
  // The thread is ended as soon as it is over: what was written to the console must have left it.
  for (const stream of [process.stdout, process.stderr]) await new Promise((done) => stream.write('', done));
  say({ kind: 'over', left: suite.left });
} catch (error) {
  say({ kind: 'broken', failure: failureOf(error, file) });
}
