import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CommandLine } from './testing/command-line.ts';
import type { FakeAdminApi } from './testing/fake-admin-api.ts';

const TOKEN = 'twadm_of-the-administrator';
let line: CommandLine;
let api: FakeAdminApi;

beforeEach(async () => {
  line = await CommandLine.open(TOKEN);
  ({ api } = line);
});

afterEach(() => line.close());

const tokenwright: CommandLine['run'] = (args, options) => line.run(args, options);
const file: CommandLine['file'] = (name, text) => line.file(name, text);
const sent: CommandLine['sent'] = () => line.sent();

describe('procedure', () => {
  test('push uploads a file under its name', async () => {
    api.on('POST procedures/phantom/versions?flow=oauth-introspect&activate=true', { status: 201, body: { version: 2, active: true } });
    const { out } = await tokenwright([
      'procedure',
      'push',
      file('phantom.js', 'function result() {}\n'),
      '--flow',
      'oauth-introspect',
      '--activate',
    ]);
    expect(out).toBe('Uploaded phantom version 2, which is active.\n');
    expect(api.requests[0]).toMatchObject({ body: 'function result() {}\n', headers: { 'content-type': 'text/javascript' } });
  });

  test('push says where in the file the check found faults', async () => {
    api.on('POST procedures/bad/versions', {
      status: 422,
      body: {
        type: 'urn:tokenwright:problem:procedure-refused',
        title: 'The procedure did not pass the check',
        detail: 'Nothing was stored.',
        findings: [{ code: 'syntax', line: 3, column: 7, message: 'Unexpected token' }],
      },
    });
    const path = file('bad.js', 'x');
    expect(await tokenwright(['procedure', 'push', path])).toMatchObject({
      code: 1,
      err: `tokenwright: The procedure did not pass the check: Nothing was stored.\n${path}:3:7: Unexpected token\n`,
    });
  });

  test('bind takes the flow of the procedure and may pin a version', async () => {
    api
      .on('GET procedures/x', { body: { id: 'x', flow: 'oauth-introspect', activeVersion: 1 } })
      .on('PUT profiles/p/endpoints/i/bindings/oauth-introspect', { body: {} });
    await tokenwright(['procedure', 'bind', 'x', '--endpoint', 'i', '--version', '3']);
    expect(sent().at(-1)?.[2]).toEqual({ procedure: 'x', version: 3 });
  });

  test('diff compares the active version with a file', async () => {
    api.on('GET procedures/x', { body: { activeVersion: 2 } }).on('GET procedures/x/versions/2/source', { body: 'one\ntwo\n' });
    expect((await tokenwright(['procedure', 'diff', 'x', file('same.js', 'one\ntwo\n')])).out).toBe('No difference.\n');
    expect((await tokenwright(['procedure', 'diff', 'x', file('other.js', 'one\n2\n')])).out).toContain('-two\n+2\n');
  });

  test('dry-run reports what the procedure answered, and fails when it did not deliver', async () => {
    const report = {
      outcome: 'fault',
      answer: { status: 500, headers: {}, body: '{"error":"server_error"}' },
      fault: { kind: 'runtime', message: 'x is not defined', line: 2, column: 5 },
      findings: [],
      issued: [],
      effects: [],
      log: [],
      usage: null,
    };
    api.on('GET procedures/x', { body: { flow: 'oauth-introspect', activeVersion: 4 } }).on('POST dry-run', { body: report });
    const { code, out } = await tokenwright(['procedure', 'dry-run', 'x', '--inactive', '--form', 'a=b']);
    expect(code).toBe(1);
    expect(out).toContain('x:2:5: runtime: x is not defined');
    expect(sent().at(-1)?.[2]).toEqual({
      profile: 'p',
      flow: 'oauth-introspect',
      program: { procedure: 'x', version: 4 },
      form: { a: 'b' },
      tokenData: null,
    });
  });
});
