import {
  DEFAULT_LIMITS,
  DryRunBusyError,
  DryRunError,
  ProcedureDryRunner,
  type DryRunReport,
  type FlowId,
  type HostServices,
  type ProcedureSample,
  type ProgramLibrary,
  type SampleTest,
  type Sandbox,
} from '#libs/oauth';
import { expectationShape, unmet, type Unmet } from './expectation.ts';
import { ObservedSandbox } from './observed-sandbox.ts';
import { requestOf } from './sample-runner.ts';
import { sampleWorld, SAMPLE_PROFILE, type SampleWorld } from './sample-world.ts';
import { SampleError, storedSampleShape } from './sample.ts';

/** A version as its samples see it. */
export interface TestedProgram {
  readonly procedure: string;
  readonly flow: FlowId;
  /** What runs: JavaScript. */
  readonly script: string;
  readonly libraries: readonly ProgramLibrary[];
  /** Names of the secrets it may read, in whose places it gets labels. */
  readonly secrets: readonly string[];
}

const MOST_PROBLEMS = 20;

/** A program that was tried in a sample. */
export interface SampleTrial {
  readonly test: SampleTest;
  readonly unmet: readonly Unmet[];
  /** Null where it could not run. */
  readonly report: DryRunReport | null;
}

/** Runs versions against the samples that are kept with their procedures, one after the other, in the sandbox of dry runs. */
export class StoredSampleRunner {
  readonly #sandbox: ObservedSandbox;
  readonly #runner: ProcedureDryRunner;
  #world: SampleWorld | null = null;
  #now = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** @param services verifies JWTs with key sets that procedures give; nothing else of it is used */
  constructor(sandbox: Sandbox, services: HostServices | null, wallMilliseconds = DEFAULT_LIMITS.wallMilliseconds) {
    this.#sandbox = new ObservedSandbox(sandbox);
    this.#runner = new ProcedureDryRunner(
      this.#sandbox,
      () => this.#staged(),
      () => this.#now,
      wallMilliseconds,
      services === null ? null : { ...services, verify: (asked) => services.verify({ ...asked, now: this.#now }) },
    );
  }

  /** Never throws for what is wrong with sample, expectation or procedure. */
  async run(program: TestedProgram, sample: ProcedureSample): Promise<SampleTest> {
    return (await this.tried(program, sample)).test;
  }

  /** The same with all there is to see of the run. */
  tried(program: TestedProgram, sample: ProcedureSample): Promise<SampleTrial> {
    const turn = this.#last.then(() => this.#tried(program, sample));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #tried(program: TestedProgram, { name, sample, expect }: ProcedureSample): Promise<SampleTrial> {
    const began = performance.now();
    const tested = (state: SampleTest['state'], problems: readonly string[]): SampleTest => ({
      ...{ name, state, problems: problems.slice(0, MOST_PROBLEMS).map((problem) => problem.slice(0, 500)) },
      milliseconds: Math.round(performance.now() - began),
    });
    const notRun = (problems: readonly string[]): SampleTrial => ({ test: tested('not-run', problems), unmet: [], report: null });
    const wish = expectationShape.safeParse(expect);
    if (!wish.success) return notRun(wish.error.issues.map(({ path, message }) => `expect.${path.join('.')}: ${message}`));
    try {
      const report = await this.#run(program, sample);
      const missed = unmet(wish.data, report);
      const problems = missed.map(({ problem }) => problem);
      return { test: tested(missed.length === 0 ? 'passed' : 'failed', problems), unmet: missed, report };
    } catch (error) {
      if (error instanceof SampleError || error instanceof DryRunError || error instanceof DryRunBusyError) return notRun([error.message]);
      throw error;
    }
  }

  async #run({ procedure, flow, script, libraries, secrets }: TestedProgram, written: unknown): Promise<DryRunReport> {
    const read = storedSampleShape.safeParse(written);
    if (!read.success) throw new SampleError(read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
    const sample = { ...read.data, secrets: Object.fromEntries(secrets.map((name) => [name, `label of ${name}`])) };
    this.#now = Math.floor(sample.time ?? Date.now() / 1000);
    this.#world = await sampleWorld(sample);
    this.#sandbox.stage({ now: sample.time ?? Date.now() / 1000, procedure });
    const request = requestOf(sample, flow, this.#world.client.id, { script, libraries, warnings: [] });
    return this.#runner.run({ ...request, profile: SAMPLE_PROFILE });
  }

  #staged(): SampleWorld {
    if (this.#world === null) throw new Error('no sample is staged');
    return this.#world;
  }
}
