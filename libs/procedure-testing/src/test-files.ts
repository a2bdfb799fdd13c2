import { readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { SAMPLE_FILE } from './sample-file.ts';

/** How the names of test files end. */
const TEST_FILE = /\.test\.(js|ts)$/;
/** What tests a procedure, be it written as a test or as samples. */
export const TESTING = new RegExp(`(?:${TEST_FILE.source})|(?:${SAMPLE_FILE.source})`);

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
    if (TESTING.test(path)) return [path];
    throw new NoTestsError(`${basename(path)} is no test file: the names of test files end in .test.js, .test.ts or .samples.json`);
  }
  const files = filesBelow(path).sort();
  if (files.length > 0) return files;
  throw new NoTestsError(
    `there are no tests in ${path}: looked there and in the folders below it for files *.test.js, *.test.ts and *.samples.json; "tokenwright procedure new" makes a procedure with its test`,
  );
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name.startsWith('.') || LEFT_OUT.has(entry.name) ? [] : filesBelow(path);
    return entry.isFile() && TESTING.test(entry.name) ? [path] : [];
  });
}
