import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CommandLine } from './testing/command-line.ts';
import type { FakeAdminApi } from './testing/fake-admin-api.ts';

const TOKEN = 'twadm_of-the-administrator';
let line: CommandLine;
let api: FakeAdminApi;
let folder: string;

beforeEach(async () => {
  line = await CommandLine.open(TOKEN);
  ({ api, folder } = line);
});

afterEach(() => line.close());

const tokenwright: CommandLine['run'] = (args, options) => line.run(args, options);
const file: CommandLine['file'] = (name, text) => line.file(name, text);
const sent: CommandLine['sent'] = () => line.sent();

describe('apply and export', () => {
  test('apply sends one text with the procedure files and environment in it', async () => {
    api.on('PUT configuration', { body: { revision: 4, changes: [{ action: 'create', kind: 'client', key: 'p/gateway%40x' }] } });
    file('x.js', 'function result() {}\n');
    const path = file(
      'f.yaml',
      'profiles:\n  p: { issuer: /~, clients: { c: { secret: { env: C_SECRET } } } }\nprocedures:\n  x: { flow: oauth-introspect, file: x.js }\n',
    );
    const { out } = await tokenwright(['apply', path], { env: { C_SECRET: 'from outside' } });
    expect(out).toBe('create client "gateway@x" of "p"\nApplied as revision 4.\n');
    expect(api.requests[0]?.headers['content-type']).toBe('application/yaml');
    expect(api.requests[0]?.body).toContain('function result() {}');
    expect(api.requests[0]?.body).toContain('from outside');
  });

  test('apply goes to the revision that somebody has looked at, or that a flag says', async () => {
    const path = file('f.yaml', 'profiles:\n  p: { issuer: /~ }\n');
    const changes = [{ action: 'create', kind: 'client', key: 'p/c', differences: [] }];
    api
      .on('POST configuration/diff', { body: { revision: 41, changes, refused: [], problems: [], warnings: [] } })
      .on('PUT configuration', { body: { revision: 42, changes } });
    const tag = () => api.requests.at(-1)?.headers['if-match'];
    expect((await tokenwright(['apply', path], { isInteractive: true, input: 'yes' })).out).toContain('Applied as revision 42.\n');
    expect(tag()).toBe('"41"');
    await tokenwright(['apply', path, '--yes', '--revision', '40'], { isInteractive: true });
    expect(tag()).toBe('"40"');
    await tokenwright(['apply', path]);
    expect(tag()).toBeUndefined();
    expect((await tokenwright(['config', 'diff', path])).out).toContain(`tokenwright apply ${path} --revision 41\n`);
    api.on('PUT configuration', {
      status: 412,
      body: { type: 'urn:tokenwright:problem:precondition-failed', title: 'A precondition failed', detail: 'Compare again.' },
    });
    expect(await tokenwright(['apply', path, '--revision', '41'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('Compare again.'),
    });
    const before = api.requests.length;
    expect((await tokenwright(['apply', path], { isInteractive: true, input: 'no' })).out).toContain('Nothing was changed.\n');
    expect(api.requests.slice(before).map(({ method }) => method)).toEqual(['POST']);
  });

  test('apply reports what the service finds at its place in the file as written', async () => {
    const path = file('f.yaml', '# a\nprofiles:\n  p:\n    issuer: /~ # b\n    clients: { c: {} }\n');
    api.on('PUT configuration?dryRun=true', {
      status: 422,
      body: { title: 'Invalid', errors: [{ pointer: '/profiles/p/clients/c', line: 5, column: 16, message: 'is in the way' }] },
    });
    expect(await tokenwright(['apply', path, '--dry-run'])).toMatchObject({
      code: 1,
      err: `tokenwright: ${path}:5:16: /profiles/p/clients/c: is in the way\n`,
    });
  });

  test('apply reports what the text alone shows to be wrong together with what only the service can find, and changes nothing', async () => {
    const path = file(
      'f.yaml',
      'profils: {}\nprocedures:\n  x: { flow: oauth-introspect, file: nope.js }\nprofiles:\n  p: { issuer: /~ }\n',
    );
    const unknown = { pointer: '/profils', line: 1, column: 1, message: 'unknown key "profils"; did you mean "profiles"?' };
    const withoutFiles = { pointer: '/procedures/x/file', line: 3, column: 38, message: 'cannot read "nope.js": no files here' };
    const inTheWay = { pointer: '/profiles/p', line: 5, column: 3, message: 'is in the way' };
    api.on('PUT configuration?dryRun=true', { status: 422, body: { title: 'Invalid', errors: [unknown, withoutFiles, inTheWay] } });
    expect(await tokenwright(['apply', path])).toMatchObject({
      code: 1,
      err: [
        `tokenwright: ${path}:1:1: /profils: unknown key "profils"; did you mean "profiles"?`,
        `${path}:3:38: /procedures/x/file: cannot read "nope.js": there is no such file`,
        `${path}:5:3: /profiles/p: is in the way`,
        '',
      ].join('\n'),
    });
    expect(api.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['PUT configuration?dryRun=true']);
  });

  test('apply warns of what is less safe than it may seem, beside its answer', async () => {
    const warnings = [{ kind: 'endpoint', key: 'p/validate', message: 'tells claims without authentication' }];
    api.on('PUT configuration', { body: { revision: 4, changes: [], warnings } });
    expect(await tokenwright(['apply', file('f.yaml', 'profiles: {}\n')])).toMatchObject({
      code: 0,
      out: 'Nothing to change: revision 4 has all that the file says.\n',
      err: 'tokenwright: warning: endpoint "validate" of "p": tells claims without authentication\n',
    });
  });

  test('delegations of a subject at one client are revoked at once', async () => {
    api.on('POST profiles/main/revocations', { body: { delegations: 3 } });
    const { out } = await tokenwright(['delegation', 'revoke', '--subject', 'alice', '--client', 'web', '--profile', 'main']);
    expect(out).toBe('Revoked 3 delegations.\n');
    expect(sent().at(-1)).toEqual(['POST', 'profiles/main/revocations', { subject: 'alice', clientId: 'web' }]);
  });

  test('apply never applies a file with problems, even if the service finds none', async () => {
    api.on('PUT configuration?dryRun=true', { body: { revision: 4, changes: [] } });
    const path = file('f.yaml', 'profils: {}\n');
    expect(await tokenwright(['apply', path])).toMatchObject({ code: 1, out: '', err: expect.stringContaining(`${path}:1:1: /profils`) });
  });

  test('apply says when the service could not be asked for further problems', async () => {
    await api.close();
    const path = file('f.yaml', 'profils: {}\n');
    const { code, err } = await tokenwright(['apply', path]);
    expect(code).toBe(1);
    expect(err.split('\n')).toEqual([
      expect.stringContaining('there may be more problems that only the service could find: cannot reach the admin API'),
      `tokenwright: ${path}:1:1: /profils: unknown key "profils"; did you mean "profiles"?`,
      '',
    ]);
  });

  test('export writes for its owner alone, and over earlier exports only', async () => {
    const text = '# The configuration of a Tokenwright service at revision 1\nprofiles: {}\n';
    api.on('GET configuration', { body: text });
    expect((await tokenwright(['export'])).out).toBe(text);
    const path = join(folder, 'export.yaml');
    expect((await tokenwright(['export', path])).code).toBe(0);
    expect((await tokenwright(['export', path])).code).toBe(0);
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual([text, 0o600]);
    const mine = file('mine.yaml', '# mine\n');
    expect(await tokenwright(['export', mine])).toMatchObject({
      code: 1,
      err: `tokenwright: ${mine} exists and is no export; write over it with --force\n`,
    });
    expect((await tokenwright(['export', mine, '--force'])).code).toBe(0);
  });
});
