import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { CommandLine } from './testing/command-line.ts';
import type { FakeAdminApi } from './testing/fake-admin-api.ts';

let line: CommandLine;
let api: FakeAdminApi;
let folder: string;

beforeEach(async () => {
  line = await CommandLine.open();
  ({ api, folder } = line);
});

afterEach(() => line.close());

const tokenwright = (...args: readonly string[]) => line.run(args);
const file: CommandLine['file'] = (name, text) => line.file(name, text);

const refusal = (...findings: readonly object[]) => ({
  status: 422,
  body: {
    type: 'urn:tokenwright:problem:procedure-refused',
    title: 'The procedure did not pass the check',
    detail: 'Nothing was stored.',
    findings,
  },
});
const REPORT = {
  outcome: 'answered',
  answer: { status: 200, headers: {}, body: '{}' },
  fault: null,
  findings: [],
  issued: [],
  effects: [],
  log: [],
  calls: [],
  usage: null,
};
const SOURCE = 'function result(context) {\n\tconst x = ;\n}\n';

describe('findings of the check at upload', () => {
  test('are shown with the line that is meant and a mark below the column', async () => {
    api.on('POST procedures/mine/versions', refusal({ line: 2, column: 12, message: 'Unexpected token' }, { message: 'too long' }));
    const path = file('mine.js', SOURCE);
    expect(await tokenwright('procedure', 'push', path)).toEqual({
      code: 1,
      out: '',
      err: [
        'tokenwright: The procedure did not pass the check: Nothing was stored.',
        `${path}:2:12: Unexpected token`,
        '    2 | \tconst x = ;',
        '      | \t          ^',
        `${path}: too long`,
        '',
      ].join('\n'),
    });
  });

  test('in a library that is stored are named with it, without a line of the file', async () => {
    api.on('POST procedures/mine/versions', refusal({ line: 1, column: 1, library: 'claims', message: 'is in the way' }));
    const { err } = await tokenwright('procedure', 'push', file('mine.js', SOURCE));
    expect(err.split('\n').slice(1)).toEqual(['library claims:1:1: is in the way', '']);
  });

  test('that are advice are shown likewise, and marked', async () => {
    const warnings = [{ line: 1, column: 17, message: 'has no type' }];
    api.on('POST libraries/mine/versions', { status: 201, body: { version: 3, warnings } });
    const path = file('mine.ts', SOURCE);
    expect(await tokenwright('library', 'push', path)).toEqual({
      code: 0,
      out: 'Uploaded mine version 3; activate it with: tokenwright library activate mine 3\n',
      err: `${path}:1:17: has no type (warning)\n    1 | function result(context) {\n      |                 ^\n`,
    });
  });

  test('do not play tricks on the terminal with what the source has', async () => {
    api.on('POST procedures/mine/versions', refusal({ line: 1, column: 3, message: 'Unexpected token' }));
    const { err } = await tokenwright('procedure', 'push', file('mine.js', '\u001b[2J \u202e'));
    expect(err).toContain('    1 | \ufffd[2J \ufffd\n      |   ^\n');
  });
});

describe('a dry run of a file', () => {
  const dryRun = (...args: readonly string[]) =>
    tokenwright('procedure', 'dry-run', file('mine.ts', SOURCE), '--flow', 'oauth-introspect', ...args);

  test('names the stored libraries that the file uses, in their order', async () => {
    api.on('POST dry-run', { body: REPORT });
    expect((await dryRun('--library', 'claims@2', '--library', 'dates')).code).toBe(0);
    expect(JSON.parse(api.requests.at(-1)?.body ?? '')).toEqual({
      profile: 'p',
      flow: 'oauth-introspect',
      program: { source: SOURCE, language: 'typescript', libraries: ['claims@2', 'dates'] },
    });
  });

  test('of a stored version takes no libraries: it has its own', async () => {
    const { code, err } = await tokenwright('procedure', 'dry-run', 'mine@1', '--library', 'claims');
    expect([code, err]).toEqual([2, 'tokenwright: --library is for a file: a stored version has the libraries it was uploaded with\n']);
    expect(api.requests).toEqual([]);
  });

  test('shows where it failed, and how it came there', async () => {
    const stack = [
      { line: 4, column: 3, library: 'claims' },
      { line: 2, column: 2 },
    ];
    const fault = { kind: 'runtime', message: 'Error: no', ...stack[0], stack };
    api.on('POST dry-run', { body: { ...REPORT, outcome: 'fault', fault } });
    const { code, out } = await dryRun();
    expect(code).toBe(1);
    expect(out).toContain(`library claims:4:3: runtime: Error: no\n    at ${join(folder, 'mine.ts')}:2:2\n`);
    api.on('POST dry-run', { body: { ...REPORT, outcome: 'fault', fault: { ...fault, ...stack[1], library: undefined, stack: [] } } });
    expect((await dryRun()).out).toContain('mine.ts:2:2: runtime: Error: no\n    2 | \tconst x = ;\n      | \t^\n');
  });

  test('tells what is wrong from what is advised', async () => {
    const findings = [{ line: 1, column: 1, message: 'is slow' }];
    api.on('POST dry-run', { body: { ...REPORT, findings, calls: [{ kind: 'http', target: '', outcome: 'fault' }] } });
    const { out } = await dryRun();
    expect(out).toContain('mine.ts:1:1: is slow (warning)\n');
    expect(out).toContain('called http: fault\n');
    api.on('POST dry-run', { body: { ...REPORT, outcome: 'refused', findings } });
    expect((await dryRun()).out).toContain('mine.ts:1:1: is slow\n');
    api.on('POST dry-run', refusal({ line: 2, column: 12, message: 'Unexpected token' }));
    expect((await dryRun()).err).toContain('    2 | \tconst x = ;\n');
  });
});

describe('apply', () => {
  test('shows the line that is meant of a procedure, and no line of the configuration, which may have secrets in it', async () => {
    file('mine.js', SOURCE);
    const path = file(
      'f.yaml',
      [
        'profiles:',
        '  p: { issuer: /~, scopes: { a b: {} }, secrets: { pepper: correct-horse } }',
        'procedures:',
        '  mine:',
        '    flow: oauth-introspect',
        '    file: mine.js',
        '',
      ].join('\n'),
    );
    const found = { pointer: '/procedures/mine/source', line: 8, column: 18, message: 'Unexpected token' };
    api.on('PUT configuration?dryRun=true', { status: 422, body: { title: 'Invalid', errors: [found] } });
    const { code, err } = await tokenwright('apply', path);
    expect(code).toBe(1);
    const sent = (api.requests.at(-1)?.body ?? '').split('\n');
    expect(sent[found.line - 1]?.slice(found.column - 1)).toBe(';');
    expect(err).toContain('mine.js:2:12: /procedures/mine/file: Unexpected token\n    2 | \tconst x = ;\n      | \t          ^\n');
    expect(err).toContain(`${path}:2:`);
    expect(err).not.toContain('correct-horse');
  });

  test('says of a bucket that goes that what is in it goes too', async () => {
    const changes = [
      { action: 'delete', kind: 'bucket', key: 'p/seen' },
      { action: 'delete', kind: 'client', key: 'p/c' },
    ];
    api.on('PUT configuration?dryRun=true', { body: { revision: 4, changes } });
    expect((await tokenwright('apply', file('f.yaml', 'profiles: {}\n'), '--dry-run')).out).toBe(
      'delete bucket "seen" of "p" with all that procedures keep in it\ndelete client "c" of "p"\nNothing was changed.\n',
    );
  });
});

test('status counts in words', async () => {
  const entities = { profile: 1, 'token-issuer': 2, library: 2, 'signing-key': 2, 'http-client': 0 };
  api.on('GET status', { body: { version: '1', revision: 3, ready: true, entities } });
  expect((await tokenwright('status')).out).toContain('revision 3: 1 profile, 2 token issuers, 2 libraries, 2 signing keys\n');
});
