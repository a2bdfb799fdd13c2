import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReadableReporter } from './reporters/readable.ts';
import { Touched, watchTests } from './watch.ts';

const A = '/p/a.test.js';
const B = '/p/b.test.js';

/** Which test files are run again after changes of these paths. */
async function after(...paths: string[]): Promise<readonly string[] | null> {
  const touched = new Touched();
  touched.learn(A, new Set(['/p/a.js', '/p/shared.js']));
  touched.learn(B, new Set(['/p/b.js', '/p/shared.js']));
  for (const path of paths) touched.add(path);
  return touched.next(() => [A, B]);
}

describe('a change runs again what has to do with it', () => {
  test.each<[string, string[], string[]]>([
    ['a test file itself', [A], [A]],
    ['a procedure, with the tests that ran it', ['/p/b.js'], [B]],
    ['a procedure that several tests run', ['/p/shared.js'], [A, B]],
    ['a script that no test was seen to run, which any may import', ['/p/samples.js'], [A, B]],
    ['a new test file', ['/p/new.test.js'], []],
    ['a file that is no script', ['/p/README.md'], []],
    ['several at once', [A, '/p/b.js'], [A, B]],
  ])('%s', async (_what, paths, files) => {
    expect(await after(...paths)).toEqual(files);
  });

  test('waits for a change, and ends when it is told to', async () => {
    const touched = new Touched();
    const next = touched.next(() => [A]);
    touched.end();
    expect(await next).toBeNull();
  });
});

describe('watching a folder', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tokenwright-watch-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('runs all tests, then those of a changed file, until it is told to end', async () => {
    const file = join(folder, 'a.test.js');
    writeFileSync(file, "it('first', () => {});");
    writeFileSync(join(folder, 'b.test.js'), "it('other', () => {});");
    const end = new AbortController();
    let text = '';
    let heard = Promise.withResolvers<undefined>();
    const reporter = new ReadableReporter((part) => {
      text += part;
      if (part.includes('watching')) heard.resolve(undefined);
    });
    const neverRun = { run: () => Promise.reject(new Error('no test asks for a run')) };
    const watching = watchTests(folder, neverRun, {}, reporter, end.signal);
    await heard.promise;
    expect(text).toContain('✓ first');
    expect(text).toContain('2 passed, 0 failed (2 files');

    text = '';
    heard = Promise.withResolvers();
    writeFileSync(file, "it('second', () => { throw new Error('changed'); });");
    await heard.promise;
    expect(text).toContain('✗ second');
    expect(text).not.toContain('other');
    end.abort();
    await watching;
  }, 30_000);
});
