import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_LIMITS } from '#libs/oauth';
import { MISTYPED, REFUSED, SOURCE, TestAdminApi } from './testing/test-admin-api.ts';

const PROCEDURES = '/admin/v1/procedures';
const JAVASCRIPT = 'text/javascript';
let api: TestAdminApi;

beforeAll(async () => {
  api = await TestAdminApi.start();
  await api.furnish();
});
afterAll(() => api.close());

const upload = (id: string, source: string, query = '', as: 'author' | 'admin' = 'author') =>
  api.call('POST', `${PROCEDURES}/${id}/versions${query}`, { as, body: source, type: JAVASCRIPT });

describe('uploading', () => {
  test('a first version makes its procedure when the flow is said, and the answer says where it is', async () => {
    const answer = await upload('fresh', SOURCE, '?flow=oauth-introspect&note=first');
    expect(answer.status).toBe(201);
    expect(answer.headers['location']).toBe(`${PROCEDURES}/fresh/versions/1`);
    expect(answer.json).toMatchObject({ procedure: 'fresh', version: 1, note: 'first', createdBy: 'author', active: false, warnings: [] });
    expect((await api.call('GET', `${PROCEDURES}/fresh`)).json).toEqual({
      id: 'fresh',
      flow: 'oauth-introspect',
      description: '',
      samples: [],
      activeVersion: null,
      origin: 'api',
    });
    expect((await upload('stranger', SOURCE)).status).toBe(404);
  });

  test('the source comes back byte for byte, as JavaScript', async () => {
    const source = '// äöü \u{1f600}\r\nfunction result(context) { return {}; }';
    const { json } = await upload('bytes', source, '?flow=oauth-introspect');
    const answer = await api.call('GET', `${PROCEDURES}/bytes/versions/${json.version}/source`);
    expect(answer.text).toBe(source);
    expect(answer.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });

  test('JSON may carry source and note', async () => {
    const answer = await api.call('POST', `${PROCEDURES}/json/versions?flow=oauth-revoke`, {
      as: 'author',
      body: { source: `${SOURCE}// warn`, note: 'by JSON' },
    });
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({ note: 'by JSON', warnings: [{ code: 'pattern' }] });
    expect((await api.call('POST', `${PROCEDURES}/json/versions`, { body: { sourc: SOURCE } })).status).toBe(422);
  });

  test('the same source as the latest version makes no version: 200 with that one', async () => {
    const checked = api.checked.length;
    const again = await upload('fresh', SOURCE, '?note=other');
    expect(again.status).toBe(200);
    expect(again.json).toMatchObject({ version: 1, note: 'first' });
    expect(api.checked).toHaveLength(checked);
    expect((await api.call('GET', `${PROCEDURES}/fresh/versions`)).json.items).toHaveLength(1);
  });

  test('with `latest` it is refused when somebody else has saved a version meanwhile', async () => {
    const changed = `${SOURCE}// changed`;
    expect((await upload('raced', SOURCE, '?flow=oauth-introspect&latest=1')).status).toBe(412);
    expect((await upload('raced', SOURCE, '?flow=oauth-introspect&latest=0')).status).toBe(201);
    const late = await upload('raced', changed, '?latest=0');
    expect(late.status).toBe(412);
    expect(late.json).toMatchObject({ type: 'urn:tokenwright:problem:precondition-failed', detail: 'Its latest version is 1 by now.' });
    expect((await upload('raced', changed, '?latest=1')).json).toMatchObject({ version: 2 });
    expect((await upload('raced', SOURCE, '?latest=one')).status).toBe(400);
  });

  test('a source that does not pass the check is refused with line and column, and nothing is stored', async () => {
    const revision = api.live.current.revision;
    const answer = await upload('refused', REFUSED, '?flow=oauth-introspect');
    expect(answer.status).toBe(422);
    expect(answer.json).toMatchObject({
      type: 'urn:tokenwright:problem:procedure-refused',
      findings: [{ code: 'syntax', line: 1, column: 35, message: 'Unexpected end of input' }],
    });
    expect(api.live.current.revision).toBe(revision);
    expect((await api.call('GET', `${PROCEDURES}/refused`)).status).toBe(404);
  });

  test('a procedure keeps the flow it was made for', async () => {
    const answer = await upload('fresh', `${SOURCE}//`, '?flow=oauth-revoke');
    expect(answer.json).toMatchObject({ status: 422, errors: [{ pointer: '/flow' }] });
    expect((await upload('fresh', SOURCE, '?flow=no-flow')).status).toBe(400);
  });

  test('simultaneous uploads get numbers without gap or double', async () => {
    const answers = await Promise.all([1, 2, 3, 4, 5].map((n) => upload('busy', `${SOURCE}// ${n}`, '?flow=oauth-introspect')));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
    expect(answers.map(({ json }) => json.version).sort()).toEqual([1, 2, 3, 4, 5]);
    const sources = await Promise.all(answers.map(({ json }) => api.call('GET', `${PROCEDURES}/busy/versions/${json.version}/source`)));
    expect(new Set(sources.map(({ text }) => text)).size).toBe(5);
  });

  test('an author uploads but does not activate; activation with the upload is one change', async () => {
    expect((await api.call('POST', `${PROCEDURES}/fresh/activate`, { as: 'author', body: { version: 1 } })).status).toBe(202);
    const before = api.live.current.revision;
    const answer = await upload('fresh', `${SOURCE}// 2`, '?activate=true', 'admin');
    expect(answer.json).toMatchObject({ version: 2, active: true });
    expect(api.live.current.revision).toBe(before + 1);
    // Also when the version is there already.
    expect((await upload('fresh', `${SOURCE}// 2`, '?activate=true', 'admin')).status).toBe(200);
  });

  test('what is too large, of another type or not UTF-8 is refused before anything is done with it', async () => {
    const checked = api.checked.length;
    expect((await upload('fresh', 'x'.repeat(DEFAULT_LIMITS.sourceBytes + 1))).status).toBe(413);
    expect(
      (await api.call('POST', `${PROCEDURES}/fresh/versions`, { body: { source: '\u20ac'.repeat(DEFAULT_LIMITS.sourceBytes / 2) } }))
        .status,
    ).toBe(413);
    expect((await api.call('POST', `${PROCEDURES}/fresh/versions`, { body: SOURCE, type: 'text/plain' })).status).toBe(415);
    expect((await api.call('POST', `${PROCEDURES}/fresh/versions`, { body: SOURCE, type: 'application/yaml' })).status).toBe(415);
    expect(
      (await api.call('POST', `${PROCEDURES}/fresh/versions`, { body: Buffer.from([0x66, 0xff, 0xfe]), type: JAVASCRIPT })).status,
    ).toBe(400);
    expect((await api.call('POST', `${PROCEDURES}/fresh/versions`)).status).toBe(422);
    expect((await api.call('POST', `${PROCEDURES}/fresh/versions`, { body: '', type: JAVASCRIPT })).status).toBe(422);
    expect(api.checked).toHaveLength(checked);
  });
});

describe('versions', () => {
  test('are listed by number and read by number', async () => {
    for (let n = 6; n <= 11; n++) await upload('busy', `${SOURCE}// ${n}`);
    expect((await api.call('GET', `${PROCEDURES}/busy/versions`)).json.items.map((one: { version: number }) => one.version)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
    ]);
    expect((await api.call('GET', `${PROCEDURES}/busy/versions/11`)).json).not.toHaveProperty('source');
    for (const version of ['0', '12', '-1', '1e0', '01', 'x'])
      expect((await api.call('GET', `${PROCEDURES}/busy/versions/${version}`)).status).toBe(404);
  });

  test('are compared as a unified diff', async () => {
    const answer = await api.call('GET', `${PROCEDURES}/fresh/diff?from=1&to=2`);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.text).toContain('--- fresh@1\t\n+++ fresh@2\t\n@@ -1,1 +1,2 @@\n');
    expect(answer.text).toContain('\n+// 2\n');
    expect((await api.call('GET', `${PROCEDURES}/fresh/diff?from=1&to=1`)).text).toBe('');
    expect((await api.call('GET', `${PROCEDURES}/fresh/diff?from=1&to=9`)).status).toBe(404);
    expect((await api.call('GET', `${PROCEDURES}/fresh/diff?from=1`)).json).toMatchObject({ status: 400, errors: [{ pointer: '/to' }] });
  });

  test('that differ almost everywhere are compared without holding the service up', async () => {
    const lines = (seed: number) => Array.from({ length: 20_000 }, (_, i) => `${(i * seed) % 99_991}`).join('\n');
    await upload('wide', lines(7), '?flow=oauth-introspect');
    await upload('wide', lines(31));
    const start = performance.now();
    const answer = await api.call('GET', `${PROCEDURES}/wide/diff?from=1&to=2`);
    expect(performance.now() - start).toBeLessThan(1500);
    expect(answer.text).toContain('@@ -1,20000 +1,20000 @@');
  });
});

describe('activation', () => {
  test('a version is activated, and rolling back goes back one activation at a time', async () => {
    const activate = (version: number) => api.call('POST', `${PROCEDURES}/busy/activate`, { body: { version } });
    for (const version of [1, 2, 5]) expect((await activate(version)).json.activeVersion).toBe(version);
    const rollback = () => api.call('POST', `${PROCEDURES}/busy/rollback`);
    expect((await rollback()).json.activeVersion).toBe(2);
    expect((await rollback()).json.activeVersion).toBe(1);
    expect((await rollback()).json).toMatchObject({ status: 409, type: 'urn:tokenwright:problem:no-earlier-version' });
    expect((await activate(3)).json.activeVersion).toBe(3);
    expect((await rollback()).json.activeVersion).toBe(1);
    expect(api.events({ kind: 'procedure', key: 'busy' })[0]).toMatchObject({
      action: 'procedure.rollback',
      actor: 'admin',
      before: { activeVersion: 3 },
      after: { activeVersion: 1 },
    });
  });

  test('of a version that does not exist is refused, and of a procedure never activated there is nothing to roll back', async () => {
    expect((await api.call('POST', `${PROCEDURES}/busy/activate`, { body: { version: 99 } })).json).toMatchObject({
      status: 422,
      errors: [{ pointer: '/version' }],
    });
    expect((await api.call('POST', `${PROCEDURES}/none/activate`, { body: { version: 1 } })).status).toBe(404);
    expect((await api.call('POST', `${PROCEDURES}/json/rollback`)).status).toBe(409);
    expect((await api.call('POST', `${PROCEDURES}/none/rollback`)).status).toBe(404);
  });

  test('what was active before a procedure was deleted is not what its namesake rolls back to', async () => {
    await upload('again', SOURCE, '?flow=oauth-introspect&activate=true', 'admin');
    await upload('again', `${SOURCE}//`, '?activate=true', 'admin');
    expect((await api.call('DELETE', `${PROCEDURES}/again`)).status).toBe(204);
    await upload('again', SOURCE, '?flow=oauth-introspect&activate=true', 'admin');
    expect((await api.call('POST', `${PROCEDURES}/again/rollback`)).status).toBe(409);
  });
});

describe('procedures', () => {
  test('are created, described, listed by flow and deleted unless a flow is bound to them', async () => {
    expect(
      (await api.call('POST', PROCEDURES, { as: 'author', body: { id: 'empty', flow: 'oauth-revoke', description: 'Nothing yet' } }))
        .status,
    ).toBe(201);
    expect((await api.call('POST', PROCEDURES, { as: 'author', body: { id: 'empty', flow: 'oauth-revoke' } })).status).toBe(409);
    expect((await api.call('POST', PROCEDURES, { body: { id: 'odd', flow: 'none' } })).json).toMatchObject({
      status: 422,
      errors: [{ pointer: '/flow' }],
    });
    expect((await api.call('PATCH', `${PROCEDURES}/empty`, { body: { description: 'Still nothing' } })).json.description).toBe(
      'Still nothing',
    );
    expect((await api.call('GET', `${PROCEDURES}?flow=oauth-revoke`)).json.items.map((one: { id: string }) => one.id)).toEqual([
      'empty',
      'json',
    ]);
    await api.done('PUT', '/p/p/endpoints/e/bindings/oauth-introspect', { body: { procedure: 'mine' } }, 201);
    expect((await api.call('DELETE', `${PROCEDURES}/mine`)).json).toMatchObject({
      type: 'urn:tokenwright:problem:in-use',
      errors: [{ kind: 'binding' }],
    });
    expect((await api.call('DELETE', `${PROCEDURES}/empty`)).status).toBe(204);
  });

  test('are searched, and listed with their latest version, bindings and last failure', async () => {
    await upload('searched', SOURCE, '?flow=oauth-revoke&activate=true', 'admin');
    await upload('searched', `${SOURCE}// two`, '');
    const listed = await api.call('GET', `${PROCEDURES}?q=SEARCH`);
    expect(listed.json.items).toMatchObject([{ id: 'searched', activeVersion: 1, latestVersion: 2, bindings: [], lastFault: null }]);
    expect((await api.call('GET', `${PROCEDURES}/searched/bindings`)).json).toEqual({ items: [], next: null });
    expect((await api.call('GET', `${PROCEDURES}/nobody/bindings`)).status).toBe(404);
  });

  test('a dry run answers the report of the runner; what it cannot be run with is said with its place', async () => {
    const request = { profile: 'p', flow: 'oauth-introspect', program: { source: SOURCE }, tokenData: { sub: 'a' } };
    const answer = await api.call('POST', '/admin/v1/dry-run', { as: 'author', body: request });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.json.answer.body)).toEqual({ ...request, program: { source: SOURCE, libraries: [] } });
    expect((await api.call('POST', '/admin/v1/dry-run', { body: { ...request, profile: 'nowhere' } })).json).toMatchObject({
      status: 422,
      errors: [{ pointer: '/profile' }],
    });
    expect(await api.call('POST', '/admin/v1/dry-run', { body: { ...request, profile: 'busy' } })).toMatchObject({ status: 503 });
    expect(
      (await api.call('POST', '/admin/v1/dry-run', { body: { ...request, program: { procedure: 'mine', version: '1' } } })).json,
    ).toMatchObject({ status: 422 });
  });

  test('a dry run takes TypeScript too, which the runner gets without its types, and passes on what services are to answer', async () => {
    const request = {
      profile: 'p',
      flow: 'oauth-introspect',
      program: { source: 'function result(context: string) { /* untyped */ }', language: 'typescript' },
      request: { headers: { 'x-tenant': 'a' }, clientIpAddress: '192.0.2.1' },
      answers: [{ call: 'http GET api.example.com/', answer: { statusCode: 404 } }],
    };
    const { json } = await api.call('POST', '/admin/v1/dry-run', { as: 'author', body: request });
    expect(JSON.parse(json.answer.body)).toEqual({
      ...request,
      program: { source: 'function result(context        ) { /* untyped */ }', libraries: [] },
    });
    expect(json.findings).toMatchObject([{ message: 'It has no type' }]);
    const mistyped = { ...request, program: { source: MISTYPED, language: 'typescript' } };
    expect((await api.call('POST', '/admin/v1/dry-run', { body: mistyped })).json).toMatchObject({
      status: 422,
      type: 'urn:tokenwright:problem:procedure-refused',
      findings: [{ line: 1, column: 7 }],
    });
    expect((await api.call('POST', '/admin/v1/dry-run', { body: { ...request, answers: [{ call: 'http' }] } })).json.errors).toMatchObject([
      { pointer: '/answers/0/answer' },
    ]);
  });
});
