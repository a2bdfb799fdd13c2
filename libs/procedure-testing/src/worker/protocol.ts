import type { Ran } from '../ran.ts';

/** What a worker is started with: one test file. */
export interface FileTask {
  /** Absolute path. */
  readonly file: string;
  /** Source of a regular expression that names of tests must match; null for all. */
  readonly grep: string | null;
  readonly timeoutMilliseconds: number;
}

/** Why a test failed, in words and in texts that can be compared line by line. */
export interface Failure {
  readonly message: string;
  readonly expected?: string;
  readonly actual?: string;
  /** Where the test file said so: `file:line:column`. */
  readonly place: string | null;
  /** Frames of other errors than expectations that were not met. */
  readonly stack: string | null;
}

/** One test, ended. */
export interface EndedTest {
  /** Names of the suites around it, outermost first, and its own. */
  readonly path: readonly string[];
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly milliseconds: number;
  readonly failure: Failure | null;
  /** What its runs ended with, for a test that failed: those that did not answer. */
  readonly runs: readonly Ran[];
}

export type FromWorker =
  /** The thread is up, and about to read the file. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'run'; readonly id: number; readonly sample: unknown; readonly changes: unknown }
  | { readonly kind: 'started'; readonly path: readonly string[] }
  | { readonly kind: 'ended'; readonly test: EndedTest }
  /** The file itself failed: it does not load, or its hooks are misplaced. */
  | { readonly kind: 'broken'; readonly failure: Failure }
  /** `left` tests did not match the name that was asked for. */
  | { readonly kind: 'over'; readonly left: number };

export type ToWorker =
  | { readonly kind: 'ran'; readonly id: number; readonly ran: Ran }
  /** The sample makes no sense; the message says why. */
  | { readonly kind: 'not-run'; readonly id: number; readonly message: string };
