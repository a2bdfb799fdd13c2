/**
 * Contexts that a procedure is tried in at every upload, and what is expected of it there. They are kept with the procedure, and
 * say nothing about what is answered in production.
 */
export interface ProcedureSample {
  /** Unique among those of the procedure. */
  readonly name: string;
  readonly description: string;
  /** Self-contained, as tests of procedures write it: no client, account or token of a profile is looked up. */
  readonly sample: Readonly<Record<string, unknown>>;
  /** What must hold of how it ends; nothing for: it is answered. */
  readonly expect: Readonly<Record<string, unknown>>;
}

/** Most samples of a procedure: they run at each upload. */
export const MOST_SAMPLES = 30;

export type TestState = 'passed' | 'failed' | 'not-run';

/** How a version did in the samples of its procedure. */
export interface VersionTests {
  /** `not-run` when there is nothing to run, or not all of it could be. */
  readonly state: TestState;
  /** Seconds since 1970. */
  readonly at: number;
  readonly by: string;
  readonly samples: readonly SampleTest[];
}

export interface SampleTest {
  readonly name: string;
  readonly state: TestState;
  /** What does not hold; or why it did not run. */
  readonly problems: readonly string[];
  readonly milliseconds: number;
}
