import { Worker } from 'node:worker_threads';
import type { Ran } from './ran.ts';
import { SampleError } from './sample.ts';
import type { AskedSample } from './sample-runner.ts';
import type { EndedTest, Failure, FileTask, FromWorker, ToWorker } from './worker/protocol.ts';

/** Milliseconds beyond the limit of a test after which its thread is taken to hang. */
const GRACE = 2000;

/** Runs what tests ask for; `SampleRunner` fits. */
export interface RunsSamples {
  /** @throws SampleError */
  run(asked: AskedSample): Promise<Ran>;
}

/** Milliseconds for a thread to come up, on a busy machine. */
const START = 60_000;

/** How the tests of a file ended. */
export interface EndedFile {
  /** Absolute path. */
  readonly file: string;
  readonly tests: readonly EndedTest[];
  /** Why the file as a whole failed; null otherwise. */
  readonly broken: Failure | null;
  /** Tests that did not match the name asked for. */
  readonly left: number;
  /** What the file wrote to the console. */
  readonly output: string;
  readonly milliseconds: number;
  /** Paths of the procedures that were run. */
  readonly procedures: ReadonlySet<string>;
}

/** Runs one test file in a thread of its own, so that neither a loop nor an exit of it ends anything but its file. */
export async function runTestFile(
  task: FileTask,
  runner: RunsSamples,
  onTest: (test: EndedTest) => void = () => undefined,
): Promise<EndedFile> {
  const from = performance.now();
  const tests: EndedTest[] = [];
  const procedures = new Set<string>();
  let left = 0;
  let output = '';
  let isOver = false;
  let current: readonly string[] = [];
  const worker = new Worker(WORKER, { workerData: task, stdout: true, stderr: true, execArgv: [], env: process.env });
  for (const stream of [worker.stdout, worker.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const watch = new Watch(() => void worker.terminate());
  const wind = () => watch.wind(task.timeoutMilliseconds + GRACE);
  watch.wind(START);

  const broken = await new Promise<Failure | null>((done, failed) => {
    const answer = async (id: number, base: unknown, changes: unknown) => {
      const message = await answered(runner, task.file, id, base, changes);
      if (message.kind === 'ran') procedures.add(message.ran.procedure);
      worker.postMessage(message);
      wind();
    };
    worker.on('message', (message: FromWorker) => {
      wind();
      switch (message.kind) {
        case 'ready':
          break;
        case 'run':
          watch.stop();
          answer(message.id, message.sample, message.changes).catch(failed);
          break;
        case 'started':
          current = message.path;
          break;
        case 'ended':
          current = [];
          tests.push(message.test);
          onTest(message.test);
          break;
        case 'over':
          left = message.left;
          isOver = true;
          void worker.terminate();
          break;
        case 'broken':
          isOver = true;
          done(message.failure);
          void worker.terminate();
      }
    });
    worker.on('error', (error) => done({ message: errorText(error), place: null, stack: null }));
    worker.on('exit', () => done(isOver ? null : { message: endedEarly(current, watch.hasRung, task), place: null, stack: null }));
  }).finally(() => watch.stop());
  return { file: task.file, tests, broken, left, output, milliseconds: Math.round(performance.now() - from), procedures };
}

/** Runs from the built files, or from sources as they stand. */
const WORKER = new URL(`./worker/main${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** Rings when a thread has said nothing for too long. */
class Watch {
  readonly #ring: () => void;
  #timer: NodeJS.Timeout | undefined;
  hasRung = false;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  wind(milliseconds: number): void {
    this.stop();
    this.#timer = setTimeout(() => {
      this.hasRung = true;
      this.#ring();
    }, milliseconds);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

async function answered(runner: RunsSamples, testFile: string, id: number, base: unknown, changes: unknown): Promise<ToWorker> {
  try {
    const ran: Ran = await runner.run({ testFile, base: base as string | null, changes: changes as Record<string, unknown> });
    return { kind: 'ran', id, ran };
  } catch (error) {
    if (!(error instanceof SampleError)) throw error;
    return { kind: 'not-run', id, message: error.message };
  }
}

function endedEarly(current: readonly string[], hasRung: boolean, { timeoutMilliseconds }: FileTask): string {
  const where = current.length === 0 ? 'the file' : `the test "${current.join(' > ')}"`;
  return hasRung
    ? `${where} did not end within ${timeoutMilliseconds / 1000} seconds, and was stopped`
    : `${where} ended the run before all tests were over: does it call process.exit()?`;
}

function errorText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
