import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_LIMITS } from '#libs/oauth';
import { MISTYPED, REFUSED, SOURCE, START, TestAdminApi, type CallOptions } from './testing/test-admin-api.ts';

const LIBRARIES = '/admin/v1/libraries';
const PROCEDURES = '/admin/v1/procedures';
const CLAIMS = 'function claimOf(data) { return data.claim; }\n';
let api: TestAdminApi;

beforeAll(async () => {
  api = await TestAdminApi.start();
  await api.furnish();
});
afterAll(() => api.close());

const upload = (id: string, source: string, query = '', options: CallOptions = {}) =>
  api.call('POST', `${LIBRARIES}/${id}/versions${query}`, { as: 'author', body: source, type: 'text/javascript', ...options });
const procedure = (id: string, query: string, options: CallOptions = {}) =>
  api.call('POST', `${PROCEDURES}/${id}/versions?flow=oauth-introspect${query}`, {
    as: 'author',
    body: SOURCE,
    type: 'text/javascript',
    ...options,
  });

describe('libraries', () => {
  test('a first version makes its library, which has no flow, and the answer says where it is', async () => {
    const answer = await upload('claims', CLAIMS, '?note=first');
    expect(answer.status).toBe(201);
    expect(answer.headers['location']).toBe(`${LIBRARIES}/claims/versions/1`);
    expect(answer.json).toEqual({
      library: 'claims',
      version: 1,
      language: 'javascript',
      digest: expect.stringMatching(/^[\w-]{43}$/),
      note: 'first',
      createdAt: START,
      createdBy: 'author',
      origin: 'api',
      active: false,
      warnings: [],
    });
    expect((await api.call('GET', `${LIBRARIES}/claims`)).json).toEqual({
      id: 'claims',
      description: '',
      activeVersion: null,
      origin: 'api',
    });
    expect(api.events({ kind: 'library-version', key: 'claims/1' })).toMatchObject([{ action: 'library-version.create', actor: 'author' }]);
  });

  test('the text is checked beside a procedure that uses nothing of it, and findings are places in the text', async () => {
    expect(api.compiled.at(-1)).toMatchObject({ source: CLAIMS, flow: null });
    expect(api.checked.at(-1)).toMatchObject({ libraries: [{ name: 'claims', version: 1, source: CLAIMS }] });
    const revision = api.live.current.revision;
    const answer = await upload('refused', REFUSED);
    expect(answer.json).toMatchObject({ status: 422, type: 'urn:tokenwright:problem:procedure-refused' });
    expect(answer.json.findings).toEqual([{ code: 'syntax', message: 'Unexpected end of input', line: 1, column: 35 }]);
    expect((await upload('refused', MISTYPED, '?language=typescript')).json.findings).toMatchObject([{ code: 'type', line: 1 }]);
    expect((await upload('refused', '')).status).toBe(422);
    expect((await upload('refused', 'x'.repeat(DEFAULT_LIMITS.sourceBytes + 1))).status).toBe(413);
    expect((await upload('re/fused', CLAIMS)).status).toBe(404);
    expect(api.live.current.revision).toBe(revision);
    expect((await api.call('GET', `${LIBRARIES}/refused`)).status).toBe(404);
  });

  test('the latest version again makes none; a version never changes', async () => {
    expect((await upload('claims', CLAIMS, '?note=other')).json).toMatchObject({ version: 1, note: 'first' });
    expect((await upload('claims', CLAIMS)).status).toBe(200);
    expect((await upload('claims', `${CLAIMS}// 2\n`)).json.version).toBe(2);
    expect((await api.call('GET', `${LIBRARIES}/claims/versions`)).json.items.map((one: { version: number }) => one.version)).toEqual([
      1, 2,
    ]);
    expect((await api.call('GET', `${LIBRARIES}/claims/versions/1`)).json).not.toHaveProperty('source');
    expect((await api.call('GET', `${LIBRARIES}/claims/versions/1/source`)).text).toBe(CLAIMS);
    for (const [method, path] of [
      ['PUT', 'claims/versions/1'],
      ['DELETE', 'claims/versions/1'],
    ] as const)
      expect((await api.call(method, `${LIBRARIES}/${path}`)).status).toBe(405);
    for (const path of ['claims/versions/3', 'none/versions', 'none/versions/1', 'none'])
      expect((await api.call('GET', `${LIBRARIES}/${path}`)).status).toBe(404);
  });

  test('versions are compared as a unified diff', async () => {
    expect((await api.call('GET', `${LIBRARIES}/claims/diff?from=1&to=2`)).text).toContain('--- claims@1\t\n+++ claims@2\t\n');
    expect((await api.call('GET', `${LIBRARIES}/claims/diff?from=1&to=7`)).status).toBe(404);
  });

  test('an author uploads, an admin activates and describes', async () => {
    expect((await api.call('POST', `${LIBRARIES}/claims/activate`, { as: 'author', body: { version: 1 } })).status).toBe(202);
    expect((await api.call('POST', `${LIBRARIES}/claims/activate`, { body: { version: 9 } })).json).toMatchObject({
      status: 422,
      errors: [{ pointer: '/version', message: 'library "claims" has no version 9' }],
    });
    expect((await api.call('POST', `${LIBRARIES}/claims/activate`, { body: { version: 1 } })).json.activeVersion).toBe(1);
    expect((await upload('claims', `${CLAIMS}// 3\n`, '?activate=true', { as: 'admin' })).json).toMatchObject({ version: 3, active: true });
    const tag = (await api.call('GET', `${LIBRARIES}/claims`)).headers['etag'] ?? '';
    const describe = () =>
      api.call('PATCH', `${LIBRARIES}/claims`, { body: { description: 'Claims of us all' }, headers: { 'if-match': tag } });
    expect((await describe()).json).toMatchObject({ description: 'Claims of us all', activeVersion: 3 });
    expect((await describe()).status).toBe(412);
    expect(api.events({ kind: 'library', key: 'claims' }).map(({ action }) => action)).toEqual([
      'library.update',
      'library.activate',
      'library.activate',
      'library.create',
    ]);
  });

  test('what a file owns is not changed here unless it is taken over', async () => {
    await upload('filed', CLAIMS);
    await api.giveToFile('library', 'filed');
    expect((await upload('filed', `${CLAIMS}//`)).json.type).toBe('urn:tokenwright:problem:owned-by-file');
    expect((await api.call('DELETE', `${LIBRARIES}/filed`)).status).toBe(409);
    expect((await upload('filed', `${CLAIMS}//`, '?takeOver=true', { as: 'admin' })).json.version).toBe(2);
    expect((await api.call('DELETE', `${LIBRARIES}/filed`)).status).toBe(204);
    expect((await api.call('GET', `${LIBRARIES}/filed/versions/1`)).status).toBe(404);
  });
});

describe('procedures with libraries', () => {
  test('pin versions: those named, else the active one, in the order of the upload', async () => {
    await upload('dates', 'function today() {}\n', '?activate=true', { as: 'admin' });
    const answer = await procedure('pinning', '&library=dates&library=claims@2');
    expect([answer.status, answer.json.libraries]).toEqual([
      201,
      [
        { library: 'dates', version: 1 },
        { library: 'claims', version: 2 },
      ],
    ]);
    expect(api.checked.at(-1)?.libraries?.map(({ name, version }) => `${name}@${version}`)).toEqual(['dates@1', 'claims@2']);
    expect(api.compiled.at(-1)?.libraries?.map(({ name }) => name)).toEqual(['dates', 'claims']);
  });

  test('the same source with other libraries is another version, since it is another program', async () => {
    expect((await procedure('pinning', '&library=dates&library=claims@2')).status).toBe(200);
    expect((await procedure('pinning', '&library=dates&library=claims')).json).toMatchObject({ version: 2 });
    await upload('claims', `${CLAIMS}// 4\n`, '?activate=true', { as: 'admin' });
    expect((await api.call('GET', `${PROCEDURES}/pinning/versions/2`)).json.libraries[1]).toEqual({ library: 'claims', version: 3 });
    expect((await procedure('pinning', '&library=dates&library=claims')).json).toMatchObject({
      version: 3,
      libraries: [{ library: 'dates' }, { library: 'claims', version: 4 }],
    });
  });

  test('JSON may name them too', async () => {
    const answer = await api.call('POST', `${PROCEDURES}/pinning/versions`, { body: { source: SOURCE, libraries: ['claims@1'] } });
    expect(answer.json.libraries).toEqual([{ library: 'claims', version: 1 }]);
    expect(
      (await api.call('POST', `${PROCEDURES}/pinning/versions`, { body: { source: SOURCE, libraries: ['claims@'] } })).json,
    ).toMatchObject({
      status: 422,
      errors: [{ pointer: '/libraries/0' }],
    });
  });

  test('all that does not exist is said at once, and nothing is stored', async () => {
    await upload('idle', CLAIMS);
    const revision = api.live.current.revision;
    expect((await procedure('other', '&library=none&library=claims@99&library=idle')).json).toMatchObject({
      status: 422,
      errors: [
        { pointer: '/library/0', message: 'there is no library "none"' },
        { pointer: '/library/1', message: 'library "claims" has no version 99' },
        { pointer: '/library/2', message: 'library "idle" has no active version: activate one, or name one as in idle@1' },
      ],
    });
    expect((await procedure('other', '&library=claims@1&library=claims')).json.errors).toEqual([
      { pointer: '/library/1', message: 'library "claims" is named twice' },
    ]);
    for (const reference of ['claims@0', 'claims@x', '@1', 'a b']) {
      const answer = await procedure('other', `&library=${encodeURIComponent(reference)}`);
      expect([reference, answer.status, answer.json.errors[0].pointer]).toEqual([reference, 400, '/library/0']);
    }
    expect(api.live.current.revision).toBe(revision);
  });

  test('a dry run of a source that is not stored uses them too: those named, else the active one', async () => {
    const dryRun = (libraries: readonly string[], source = SOURCE) =>
      api.call('POST', '/admin/v1/dry-run', {
        as: 'author',
        body: { profile: 'p', flow: 'oauth-introspect', program: { source, language: 'typescript', libraries } },
      });
    const answer = await dryRun(['dates', 'claims@2']);
    const { program } = JSON.parse(answer.json.answer.body) as { program: unknown };
    expect(program).toEqual({
      source: SOURCE,
      libraries: [
        { name: 'dates', version: 1, source: 'function today() {}\n' },
        { name: 'claims', version: 2, source: `${CLAIMS}// 2\n` },
      ],
    });
    expect(api.compiled.at(-1)?.libraries?.map(({ name }) => name)).toEqual(['dates', 'claims']);
    expect((await dryRun(['none', 'claims@99'])).json).toMatchObject({
      status: 422,
      detail: 'The dry run names what does not exist or does not fit.',
      errors: [
        { pointer: '/program/libraries/0', message: 'there is no library "none"' },
        { pointer: '/program/libraries/1', message: 'library "claims" has no version 99' },
      ],
    });
    const stored = { procedure: 'pinning', version: 1, libraries: ['claims'] };
    const refused = await api.call('POST', '/admin/v1/dry-run', { body: { profile: 'p', flow: 'oauth-introspect', program: stored } });
    expect(refused.status).toBe(422);
  });

  test('a library that is pinned is not deleted: 409 names every version that pins it', async () => {
    const answer = await api.call('DELETE', `${LIBRARIES}/dates`);
    expect(answer.json).toMatchObject({ status: 409, type: 'urn:tokenwright:problem:in-use' });
    expect(answer.json.errors).toEqual(
      [1, 2, 3].map((version) => ({
        kind: 'procedure-version',
        key: `pinning/${version}`,
        pointer: '/libraries/0',
        message: `version ${version} of procedure "pinning" pins version 1 of it`,
      })),
    );
    expect((await api.call('DELETE', `${PROCEDURES}/pinning`)).status).toBe(204);
    expect((await api.call('DELETE', `${LIBRARIES}/dates`)).status).toBe(204);
  });
});

describe('TypeScript', () => {
  const TYPED = 'function result(context: string) { return {}; }\n';

  test('is known by media type or by ?language=, comes back with its types, and runs without them', async () => {
    for (const [id, query, type] of [
      ['typed1', '', 'text/typescript'],
      ['typed2', '', 'application/typescript; charset=utf-8'],
      ['typed3', '&language=typescript', 'text/javascript'],
    ] as const) {
      const answer = await procedure(id, query, { body: TYPED, type });
      expect([id, answer.status, answer.json.language]).toEqual([id, 201, 'typescript']);
      const source = await api.call('GET', `${PROCEDURES}/${id}/versions/1/source`);
      expect([source.text, source.headers['content-type']]).toEqual([TYPED, 'text/typescript; charset=utf-8']);
      const stripped = 'function result(context        ) { return {}; }\n';
      expect(api.live.current.get('procedure-version', `${id}/1`)?.script).toBe(stripped);
      expect(api.checked.at(-1)?.source).toBe(stripped);
      expect((await api.call('GET', `${PROCEDURES}/${id}/versions/1`)).json).not.toHaveProperty('script');
    }
    expect(
      (await procedure('typed4', '', { body: { source: TYPED, language: 'typescript' }, type: 'application/json' })).json.language,
    ).toBe('typescript');
    expect((await procedure('typed5', '&language=coffee')).json.errors).toMatchObject([{ pointer: '/language' }]);
  });

  test('the same text in another language is another version', async () => {
    expect((await procedure('both', '')).json).toMatchObject({ version: 1, language: 'javascript' });
    expect((await procedure('both', '', { type: 'text/typescript' })).json).toMatchObject({ version: 2, language: 'typescript' });
  });

  test('of wrong types is refused with findings before the sandbox sees it; what is merely advised is in the answer', async () => {
    const checked = api.checked.length;
    const answer = await procedure('mistyped', '', { body: MISTYPED, type: 'text/typescript' });
    expect(answer.json).toMatchObject({
      status: 422,
      type: 'urn:tokenwright:problem:procedure-refused',
      findings: [{ code: 'type', line: 1, column: 7, message: "Type 'number' is not assignable to type 'string'." }],
    });
    expect(api.checked).toHaveLength(checked);
    expect((await api.call('GET', `${PROCEDURES}/mistyped`)).status).toBe(404);
    expect((await procedure('advised', '', { body: `${SOURCE}// untyped, warn` })).json.warnings).toEqual([
      { code: 'type', message: 'It has no type', line: 2, column: 1 },
      { code: 'pattern', message: 'Slow pattern', line: 1, column: 1 },
    ]);
  });

  test('a check that could not be made is 503, since it says nothing of the text', async () => {
    api.outage = 'too many sources are being checked; try again in a moment';
    const answer = await procedure('waiting', '');
    api.outage = null;
    expect(answer.json).toMatchObject({ status: 503, findings: [{ code: 'unavailable', message: expect.stringContaining('try again') }] });
    expect(answer.headers['retry-after']).toBe('5');
    expect((await api.call('GET', `${PROCEDURES}/waiting`)).status).toBe(404);
  });
});
