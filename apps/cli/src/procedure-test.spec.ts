import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './program.ts';
import { FakeTerminal } from './testing/fake-admin-api.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tokenwright-cli-procedures-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function tokenwright(...args: string[]) {
  const terminal = new FakeTerminal();
  const code = await run(['procedure', ...args], terminal, '1.2.3');
  return { code, out: terminal.written, err: terminal.errors };
}

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

describe('procedure new, then procedure test', () => {
  test('a new procedure passes its test at once, and another of its name is refused', async () => {
    const made = await tokenwright('new', 'oauth-introspect', 'mine', '--typescript', '--folder', folder);
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(made.out).toContain(`Made ${join(folder, 'oauth-introspect', 'mine.ts')} and `);
    const tested = await tokenwright('test', folder);
    expect(tested).toMatchObject({ code: 0, err: '', out: expect.stringContaining('2 passed, 0 failed (1 file') });
    expect(await tokenwright('new', 'oauth-introspect', 'mine', '--folder', folder)).toMatchObject({
      code: 1,
      err: expect.stringContaining('is there already; choose another name'),
    });
  }, 60_000);

  test('ends with 1 when a test fails, and shows where the procedure did', async () => {
    write('broken.js', '/** Flow: oauth-introspect */\nfunction result(context) {\n  return context.nothing.at.all;\n}\n');
    write('broken.test.js', "it('answers', async () => expect(await run()).toBeAnswered());\nit('passes', () => {});\n");
    const { code, out, err } = await tokenwright('test', folder);
    expect(code).toBe(1);
    expect(err).toBe('tokenwright: 1 of 2 tests failed\n');
    expect(out).toContain(`${join(folder, 'broken.js')}:3:26: runtime: TypeError`);
    expect(out).toContain('1 passed, 1 failed (1 file');
  }, 60_000);

  test('writes a JUnit report to a file beside what people read, or alone to standard output', async () => {
    write('a.test.js', "it('passes <easily>', () => { console.log('hello'); });\n");
    const file = join(folder, 'reports', 'results.xml');
    expect(await tokenwright('test', folder, '--reporter', 'junit', '--output', file)).toMatchObject({
      code: 0,
      out: expect.stringContaining('✓ passes <easily>'),
    });
    expect(readFileSync(file, 'utf8')).toContain('name="passes &lt;easily&gt;"');
    const { out, err } = await tokenwright('test', folder, '--reporter', 'junit');
    expect(out).toMatch(/^<\?xml version="1.0"[^]*<system-out>hello\n<\/system-out>[^]*<\/testsuites>\n$/);
    expect(err).toContain('✓ passes');
  }, 60_000);
});

describe('asked wrongly it ends with 2 and says what to do', () => {
  test.each<[string, readonly string[], string]>([
    [
      'no tests',
      [],
      'there are no tests in FOLDER: looked there and in the folders below it for files *.test.js, *.test.ts and *.samples.json',
    ],
    ['no such folder', ['nowhere'], 'there is no folder or file '],
    ['no test file', ['x.js'], 'x.js is no test file'],
    ['a pattern that is none', ['--grep', '('], '--grep must be a regular expression, not "("'],
    ['a flow that there is not', ['--flow', 'x'], 'there is no flow "x"; there are oauth-introspect, '],
    ['no time', ['--timeout', '0'], '--timeout must be from 1 to 3600 seconds'],
    ['a file for no report', ['--output', 'x.xml'], 'add --reporter junit'],
    ['a report that never ends', ['--watch', '--reporter', 'junit'], 'give either --watch or --reporter junit'],
  ])('%s', async (_what, args, message) => {
    write('x.js', '');
    const [first = ''] = args;
    const place = first === '' || first.startsWith('--') ? [folder, ...args] : [join(folder, first)];
    const { code, err } = await tokenwright('test', ...place);
    expect(code).toBe(2);
    expect(err).toContain(message.replace('FOLDER', folder));
  });

  test.each<[string, readonly string[], string]>([
    ['a name that no test has', ['--grep', 'nothing like it'], 'none of 1 tests has a name that matches "nothing like it"'],
    ['a flow that no procedure is for', ['--flow', 'oauth-revoke'], 'none of 1 test files is for a procedure of the flow oauth-revoke'],
  ])(
    '%s',
    async (_what, args, message) => {
      write('a.test.js', "it('passes', () => {});\n");
      const { code, err } = await tokenwright('test', folder, ...args);
      expect([code, err]).toEqual([2, `tokenwright: ${message}\n`]);
    },
    60_000,
  );

  test('a flow or name for which nothing can be made', async () => {
    expect(await tokenwright('new', 'oauth-nothing', '--folder', folder)).toMatchObject({
      code: 2,
      err: expect.stringContaining('there is no flow "oauth-nothing"'),
    });
    expect(await tokenwright('new', 'oauth-revoke', '../up', '--folder', folder)).toMatchObject({
      code: 2,
      err: expect.stringContaining('the name must be'),
    });
    expect(existsSync(join(folder, 'tsconfig.json'))).toBe(false);
  });
});
