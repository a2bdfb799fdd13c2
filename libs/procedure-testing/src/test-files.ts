import { readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

/** How the names of test files end. */
export const TEST_FILE = /\.test\.(js|ts)$/;

/** Folders in which nobody looks for tests. */
const LEFT_OUT: ReadonlySet<string> = new Set(['node_modules', 'dist', 'coverage']);

/** There is nothing to test; the message says where and what was looked for. */
export class NoTestsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NoTestsError';
  }
}

/**
 * Test files in a folder and the folders below it, by name; or the one file that is given.
 *
 * @returns absolute paths, at least one
 * @throws NoTestsError
 */
export function findTestFiles(place: string): readonly string[] {
  const path = resolve(place);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new NoTestsError(`there is no folder or file ${path}`);
  if (found.isFile()) {
    if (TEST_FILE.test(path)) return [path];
    throw new NoTestsError(`${basename(path)} is no test file: the names of test files end in .test.js or .test.ts`);
  }
  const files = filesBelow(path).sort();
  if (files.length > 0) return files;
  throw new NoTestsError(
    `there are no tests in ${path}: looked there and in the folders below it for files *.test.js and *.test.ts; "tokenwright procedure new" makes a procedure with its test`,
  );
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name.startsWith('.') || LEFT_OUT.has(entry.name) ? [] : filesBelow(path);
    return entry.isFile() && TEST_FILE.test(entry.name) ? [path] : [];
  });
}
