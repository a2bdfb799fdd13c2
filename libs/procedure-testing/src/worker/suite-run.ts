import type { Ran } from '../ran.ts';
import type { EndedTest } from './protocol.ts';
import { Stopwatch } from './stopwatch.ts';
import { isSuite, type Body, type Suite, type Test } from './suite.ts';
import { failureOf } from './unmet.ts';

/** What a run of a file needs beside its tests. */
export interface SuiteRunOptions {
  readonly file: string;
  readonly grep: RegExp | null;
  /** For each test, without its runs of procedures. */
  readonly timeoutMilliseconds: number;
  started(path: readonly string[]): void;
  ended(test: EndedTest): void;
  /** Whether runs of procedures are under way. */
  isWaiting(): boolean;
  /** Runs of procedures since the last time it was asked. */
  takeRuns(): readonly Ran[];
}

interface Around {
  readonly path: readonly string[];
  readonly isSkipped: boolean;
  /** Whether an `only` stands above. */
  readonly isOnly: boolean;
  readonly before: readonly Body[];
  readonly after: readonly Body[];
}

/** Runs the tests of a file, one after the other, in the order in which they are declared. */
export class SuiteRun {
  readonly #options: SuiteRunOptions;
  readonly #hasOnly: boolean;
  /** Tests whose names did not match. */
  left = 0;
  /** Fails what is running. */
  #fail: ((thrown: unknown) => void) | null = null;
  /** Of what is running. */
  #time: Stopwatch | null = null;

  constructor(root: Suite, options: SuiteRunOptions) {
    this.#options = options;
    this.#hasOnly = hasOnly(root);
  }

  async run(root: Suite): Promise<void> {
    await this.#suite(root, { path: [], isSkipped: false, isOnly: false, before: [], after: [] });
  }

  /** Something was thrown that nobody waits for: what is running fails. @returns whether anything was */
  strayed(thrown: unknown): boolean {
    this.#fail?.(thrown);
    return this.#fail !== null;
  }

  /**
   * Called when a run of a procedure has begun or ended. Runs have limits of their own, and before the first one compiler and sandbox have to
   * start: that is not the test's time.
   */
  runsChanged(): void {
    if (this.#options.isWaiting()) this.#time?.stop();
    else this.#time?.start();
  }

  async #suite(suite: Suite, around: Around): Promise<void> {
    const inner: Around = {
      path: suite.name === '' ? around.path : [...around.path, suite.name],
      isSkipped: around.isSkipped || suite.mode === 'skip',
      isOnly: around.isOnly || suite.mode === 'only',
      before: [...around.before, ...suite.hooks.beforeEach],
      after: [...suite.hooks.afterEach, ...around.after],
    };
    const wanted = this.#runs(suite, inner);
    const broken = wanted ? await this.#failing(suite.hooks.beforeAll, null) : null;
    const within = broken === null ? inner : { ...inner, before: [rethrowing(broken.thrown)], after: [] };
    for (const child of suite.children) {
      if (isSuite(child)) await this.#suite(child, within);
      else await this.#test(child, within);
    }
    const failed = wanted ? await this.#failing(suite.hooks.afterAll, null) : null;
    if (failed !== null) this.#end([...inner.path, 'afterAll'], 'failed', 0, failed);
  }

  async #test(test: Test, around: Around): Promise<void> {
    const path = [...around.path, test.name];
    if (!this.#matches(path)) {
      this.left++;
      return;
    }
    if (this.#isSkipped(test, around)) {
      this.#end(path, 'skipped', 0, null);
      return;
    }
    this.#options.started(path);
    this.#options.takeRuns();
    const from = performance.now();
    const failed = (await this.#failing([...around.before, test.body], around.after)) ?? (await this.#failing(around.after, null));
    this.#end(path, failed === null ? 'passed' : 'failed', performance.now() - from, failed);
  }

  /** The first thing that is thrown; then the bodies of `finish` are run all the same, and what they throw is lost to it. */
  async #failing(bodies: readonly Body[], finish: readonly Body[] | null): Promise<{ readonly thrown: unknown } | null> {
    try {
      for (const body of bodies) await this.#inTime(body);
      return null;
    } catch (thrown) {
      if (finish !== null) await this.#failing(finish, null);
      return { thrown };
    }
  }

  async #inTime(body: Body): Promise<void> {
    const limit = this.#options.timeoutMilliseconds;
    const failed = Promise.withResolvers<never>();
    const time = new Stopwatch(limit, () => failed.reject(new Error(`it did not end within ${limit / 1000} seconds`)));
    this.#fail = failed.reject;
    this.#time = time;
    this.runsChanged();
    try {
      await Promise.race([failed.promise, body()]);
    } finally {
      this.#fail = null;
      this.#time = null;
      time.stop();
    }
  }

  #end(path: readonly string[], state: EndedTest['state'], milliseconds: number, failed: { readonly thrown: unknown } | null): void {
    const runs = this.#options.takeRuns().filter(({ outcome }) => outcome !== 'answered');
    const failure = failed === null ? null : failureOf(failed.thrown, this.#options.file);
    this.#options.ended({ path, state, milliseconds: Math.round(milliseconds), failure, runs: failed === null ? [] : runs });
  }

  /** Whether any test of the suite is going to run: else its hooks must not. */
  #runs(suite: Suite, around: Around): boolean {
    return suite.children.some((child) => {
      if (!isSuite(child)) return this.#matches([...around.path, child.name]) && !this.#isSkipped(child, around);
      const isSkipped = around.isSkipped || child.mode === 'skip';
      return this.#runs(child, {
        ...around,
        path: [...around.path, child.name],
        isSkipped,
        isOnly: around.isOnly || child.mode === 'only',
      });
    });
  }

  #isSkipped(test: Test, around: Around): boolean {
    return around.isSkipped || test.mode === 'skip' || (this.#hasOnly && !around.isOnly && test.mode !== 'only');
  }

  #matches(path: readonly string[]): boolean {
    return this.#options.grep === null || this.#options.grep.test(path.join(' '));
  }
}

function hasOnly(suite: Suite): boolean {
  return suite.children.some((child) => child.mode === 'only' || (isSuite(child) && hasOnly(child)));
}

/** What makes every test of a suite fail whose `beforeAll` has failed. */
function rethrowing(thrown: unknown): Body {
  return () => {
    throw thrown;
  };
}
