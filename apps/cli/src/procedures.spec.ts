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

  test('diff compares the shipped procedure of the flow with the active version, another one or a file', async () => {
    api
      .on('GET procedures/x', { body: { flow: 'oauth-introspect', activeVersion: 2 } })
      .on('GET flows/oauth-introspect', { body: { default: { language: 'javascript', source: 'shipped\n' } } })
      .on('GET procedures/x/versions/2/source', { body: 'mine\n' })
      .on('GET procedures/x/versions/1/source', { body: 'shipped\n' });
    const active = await tokenwright(['procedure', 'diff', 'x', '--default']);
    expect(active.out).toContain('--- default of oauth-introspect');
    expect(active.out).toContain('+++ x@2');
    expect(active.out).toContain('-shipped\n+mine\n');
    expect((await tokenwright(['procedure', 'diff', 'x', '--default', '--to', '1'])).out).toBe('No difference.\n');
    expect((await tokenwright(['procedure', 'diff', 'x', file('f.js', 'file\n'), '--default'])).out).toContain('-shipped\n+file\n');
    expect(await tokenwright(['procedure', 'diff', 'x', '--default', '--from', '1'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('give either --from or --default'),
    });
    expect(await tokenwright(['library', 'diff', 'x', '--default'])).toMatchObject({ code: 2 });
  });

  test('is created, shown with where it answers, described and deleted', async () => {
    const procedure = { id: 'x', flow: 'oauth-introspect', activeVersion: 1, samples: [] };
    api
      .on('POST procedures', { status: 201, body: procedure })
      .on('GET procedures/x', { body: procedure })
      .list('procedures/x/bindings', [{ profile: 'p', endpoint: 'i', flow: 'oauth-introspect', procedure: 'x', version: null }])
      .on('GET procedures/x/versions/3', { body: { version: 3, secrets: ['api-key'] } })
      .on('PATCH procedures/x', { body: procedure })
      .on('DELETE procedures/x?takeOver=true', { status: 204 });
    await tokenwright(['procedure', 'create', 'x', '--flow', 'oauth-introspect', '--description', 'd']);
    expect(sent().at(-1)?.[2]).toEqual({ id: 'x', flow: 'oauth-introspect', description: 'd' });
    expect((await tokenwright(['procedure', 'show', 'x'])).out).toContain('i of p, its active version');
    expect((await tokenwright(['procedure', 'show', 'x', '--version', '3'])).out).toContain('["api-key"]');
    const shown = JSON.parse((await tokenwright(['procedure', 'show', 'x', '--json'])).out) as { bindings: unknown[] };
    expect(shown.bindings).toHaveLength(1);
    await tokenwright(['procedure', 'describe', 'x', '']);
    expect(sent().at(-1)).toEqual(['PATCH', 'procedures/x', { description: '' }]);
    expect((await tokenwright(['procedure', 'delete', 'x', '--take-over'])).out).toBe('Deleted procedure x.\n');
  });

  test('flow show tells of a flow and its samples, and gives the shipped procedure', async () => {
    const flow = {
      ...{ id: 'oauth-introspect', endpoint: 'oauth-introspect', title: 'Introspection', contextType: 'C', source: 's' },
      default: { language: 'javascript', source: 'function result() {}\n' },
      samples: [{ name: 'active', title: 'An active token', context: {} }],
    };
    api.on('GET flows/oauth-introspect', { body: flow });
    expect((await tokenwright(['flow', 'show', 'oauth-introspect'])).out).toContain('active: An active token');
    expect((await tokenwright(['flow', 'show', 'oauth-introspect', '--source'])).out).toBe('function result() {}\n');
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
      context: { form: { a: 'b' }, tokenData: null },
    });
  });

  test('check says where a file is wrong and stores nothing', async () => {
    const path = file('mine.ts', 'one\ntwo\n');
    api.on('POST check', { body: { passes: false, findings: [{ code: 'type', line: 2, column: 1, message: 'Wrong' }] } });
    const { code, out, err } = await tokenwright(['procedure', 'check', path, '--flow', 'oauth-introspect', '--library', 'claims@2']);
    expect([code, err]).toEqual([1, '']);
    expect(out).toBe(`${path}:2:1: Wrong\n    2 | two\n      | ^\n${path} does not pass.\n`);
    expect(sent().at(-1)?.[2]).toEqual({ source: 'one\ntwo\n', language: 'typescript', flow: 'oauth-introspect', libraries: ['claims@2'] });
    api.on('POST check', { body: { passes: true, findings: [{ code: 'advice', message: 'Slow' }] } });
    expect(await tokenwright(['library', 'check', path])).toMatchObject({ code: 0, out: `${path}: Slow (warning)\n${path} passes.\n` });
    expect(sent().at(-1)?.[2]).toMatchObject({ flow: null });
  });

  test('sample show gives what save takes', async () => {
    const sample = { name: 'a b', description: 'd', sample: { user: 'alice' }, expect: { status: 200 } };
    api.on('GET procedures/x/samples/a%20b', { body: sample }).on('PUT procedures/x/samples/c', { body: { ...sample, name: 'c' } });
    const { out } = await tokenwright(['procedure', 'sample', 'show', 'x', 'a b']);
    await tokenwright(['procedure', 'sample', 'save', 'x', 'c', file('s.json', out)]);
    expect(sent().at(-1)?.[2]).toEqual({ description: 'd', sample: { user: 'alice' }, expect: { status: 200 } });
  });
});
