import { statSync, watch } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { ReadableReporter } from './reporters/readable.ts';
import type { RunsSamples } from './test-file-run.ts';
import { findTestFiles, NoTestsError, TESTING } from './test-files.ts';
import { runTests, type TestRunOptions } from './test-run.ts';

/** Changes that come within this many milliseconds of each other are one: editors write a file in several steps. */
const QUIET = 100;

/**
 * Runs all tests, then again and again those that a change may have touched, until the signal says to end.
 * Failing tests and unreadable folders do not end it.
 */
export async function watchTests(
  place: string,
  runner: RunsSamples,
  options: TestRunOptions,
  reporter: ReadableReporter,
  signal: AbortSignal,
): Promise<void> {
  const touched = new Touched();
  const changes = watchPlace(place, (path) => touched.add(path));
  signal.addEventListener('abort', () => touched.end(), { once: true });
  const round = async (files: readonly string[]) => {
    const summary = await runTests(files, runner, options, reporter);
    reporter.end(summary);
    for (const { file, procedures } of summary.files) touched.learn(file, procedures);
  };
  try {
    await round(findTestFiles(place));
    for (;;) {
      reporter.note('watching; Ctrl-C ends');
      const files = await touched.next(() => filesNow(place));
      if (files === null) return;
      if (files.length > 0) await round(files);
    }
  } finally {
    changes.close();
  }
}

function watchPlace(place: string, onChange: (path: string) => void): { close(): void } {
  const root = resolve(place);
  const folder = statSync(root).isDirectory() ? root : dirname(root);
  return watch(folder, { recursive: true }, (_event, name) => {
    if (name !== null && !name.split(/[\\/]/).some((part) => part.startsWith('.') || part === 'node_modules')) onChange(join(folder, name));
  });
}

/** After a removal there may be nothing left, which is no reason to end. */
function filesNow(place: string): readonly string[] {
  try {
    return findTestFiles(place);
  } catch (error) {
    if (error instanceof NoTestsError) return [];
    throw error;
  }
}

/** Gathers changed files, and knows which test files have to do with them. */
export class Touched {
  readonly #paths = new Set<string>();
  readonly #procedures = new Map<string, ReadonlySet<string>>();
  #wake: () => void = () => undefined;
  #isEnded = false;

  add(path: string): void {
    this.#paths.add(path);
    this.#wake();
  }

  /** What a test file was seen to run. */
  learn(testFile: string, procedures: ReadonlySet<string>): void {
    this.#procedures.set(testFile, procedures);
  }

  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  /** Waits for changes to come and to be over. @returns the test files to run; null at the end */
  async next(filesNow: () => readonly string[]): Promise<readonly string[] | null> {
    while (!this.#isEnded) {
      const before = this.#paths.size;
      if (before === 0) await new Promise<void>((wake) => (this.#wake = wake));
      else {
        await new Promise<void>((wake) => setTimeout(wake, QUIET));
        if (this.#paths.size === before) break;
      }
    }
    const paths = [...this.#paths];
    this.#paths.clear();
    if (this.#isEnded) return null;
    return filesNow().filter((file) => paths.some((path) => this.#touches(path, file)));
  }

  /** A test file has to do with itself, with the procedures it ran, and with any other script, which it may import. */
  #touches(path: string, file: string): boolean {
    if (path === file) return true;
    if (TESTING.test(path) || !/\.([cm]?[jt]s|json)$/.test(path)) return false;
    if (this.#procedures.get(file)?.has(path) === true) return true;
    const isProcedure = [...this.#procedures.values()].some((procedures) => procedures.has(path));
    return !isProcedure || basename(path).replace(/\.[jt]s$/, '') === basename(file).replace(TESTING, '');
  }
}
