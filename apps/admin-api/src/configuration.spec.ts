import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { REFUSED, SOURCE, TestAdminApi } from './testing/test-admin-api.ts';

const URL = '/admin/v1/configuration';
const YAML = 'application/yaml';
let api: TestAdminApi;

beforeAll(async () => {
  api = await TestAdminApi.start();
  await api.furnish();
});
afterAll(() => api.close());

const file = (source: string) => `
profiles:
  filed:
    issuer: /filed
    scopes: { read: {} }
    endpoints:
      introspection: { kind: oauth-introspect, path: /filed/introspection }
    clients:
      someone: { secret: A-chosen-secret, capabilities: [introspection] }
procedures:
  from-file:
    flow: oauth-introspect
    source: ${JSON.stringify(source)}
`;

test('a dry run says what would change and changes nothing; applying does it in one revision', async () => {
  const before = api.live.current.revision;
  const plan = await api.call('PUT', `${URL}?dryRun=true`, { body: file(SOURCE), type: YAML });
  expect(plan.status).toBe(200);
  expect(plan.json.revision).toBe(before);
  expect(plan.json.changes).toContainEqual({ action: 'create', kind: 'client', key: 'filed/someone' });
  expect(api.live.current.revision).toBe(before);

  const applied = await api.call('PUT', URL, { body: file(SOURCE), type: YAML });
  expect(applied.json).toEqual({
    revision: before + 1,
    changes: expect.arrayContaining(plan.json.changes.filter(({ kind }: { kind: string }) => kind !== 'signing-key')),
    warnings: [],
  });
  expect(api.live.current.get('client', 'filed/someone')?.origin).toBe('file');
  expect([...api.live.current.all('signing-key')].some((key) => key.profile === 'filed')).toBe(true);
  expect(api.live.current.get('profile', 'p')?.origin).toBe('api');
  expect(api.events({ kind: 'client', key: 'filed/someone' })).toMatchObject([{ actor: 'admin', action: 'client.create' }]);
});

test('applying the same again changes nothing, and so does applying the export', async () => {
  const { revision } = api.live.current;
  expect((await api.call('PUT', URL, { body: file(SOURCE), type: YAML })).json).toEqual({ revision, changes: [], warnings: [] });
  const exported = await api.call('GET', URL);
  expect(exported.headers['content-type']).toBe('application/yaml; charset=utf-8');
  expect(exported.headers['etag']).toBe(`"${revision}"`);
  expect(exported.text).not.toContain('A-chosen-secret');
  const answer = await api.call('PUT', `${URL}?dryRun=true`, { body: exported.text, type: YAML });
  expect([answer.status, answer.json]).toEqual([200, { revision, changes: [], warnings: [] }]);
});

test('what the file no longer has goes, what the API made stays', async () => {
  const answer = await api.call('PUT', URL, { body: 'profiles: {}\n', type: YAML });
  expect(answer.json.changes).toContainEqual({ action: 'delete', kind: 'profile', key: 'filed' });
  expect(api.live.current.get('profile', 'filed')).toBeUndefined();
  expect(api.live.current.get('profile', 'p')).toBeDefined();
});

test('all that is wrong is reported at once with line and column, and nothing is applied', async () => {
  const { revision } = api.live.current;
  const answer = await api.call('PUT', URL, {
    body: `${file(REFUSED).replace('introspection]', 'introspektion]')}unknown: 1\n`,
    type: YAML,
  });
  expect(answer.status).toBe(422);
  expect(answer.json.type).toBe('urn:tokenwright:problem:invalid-configuration');
  expect(answer.json.errors).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ pointer: '/profiles/filed/clients/someone/capabilities/0', line: 9, column: expect.any(Number) }),
      expect.objectContaining({ pointer: '/procedures/from-file/source', line: expect.any(Number) }),
      expect.objectContaining({ pointer: '/unknown' }),
    ]),
  );
  expect(answer.text).not.toContain('A-chosen-secret');
  expect(api.live.current.revision).toBe(revision);
});

test('files on the server and its environment are out of reach', async () => {
  const reading = await api.call('PUT', URL, { body: 'procedures:\n  x: { flow: oauth-introspect, file: /etc/passwd }\n', type: YAML });
  expect(reading.status).toBe(422);
  expect(reading.text).not.toContain('root:');
  const environment = await api.call('PUT', URL, {
    body: 'profiles:\n  x:\n    issuer: /x\n    clients:\n      y: { secret: { env: PATH } }\n',
    type: YAML,
  });
  expect(environment.status).toBe(422);
});

test('bodies of another type, empty, broken or explosive ones are refused', async () => {
  expect((await api.call('PUT', URL, { body: {} })).status).toBe(415);
  expect((await api.call('PUT', URL, { body: ' ', type: YAML })).status).toBe(400);
  expect((await api.call('PUT', URL)).status).toBe(400);
  expect((await api.call('PUT', URL, { body: 'profiles: [', type: YAML })).status).toBe(422);
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
    .split('')
    .map((name, i) => `${name}: &${name} [${`*${'abcdefgh'[i]},`.repeat(9)}]`)
    .join('\n')}\n`;
  expect((await api.call('PUT', URL, { body: bomb, type: YAML })).status).toBe(422);
});

test('If-Match keeps a file from what it was not compared with, and is checked in the transaction', async () => {
  const text = (name: string) => file(SOURCE).replace('introspection] }', `introspection], name: ${name} }`);
  const compared = (await api.done('POST', `${URL}/diff`, { body: text('one'), type: YAML }, 200)).json;
  const { revision } = compared as { revision: number };
  expect((await api.call('GET', URL)).headers['etag']).toBe(`"${revision}"`);
  const put = (name: string, tag: string, query = '') =>
    api.call('PUT', `${URL}${query}`, { body: text(name), type: YAML, headers: { 'if-match': tag } });
  const answers = await Promise.all(['one', 'two', 'three'].map((name) => put(name, `"${revision}"`)));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412, 412]);
  const [applied] = answers.filter(({ status }) => status === 200);
  expect(applied?.headers['etag']).toBe(`"${revision + 1}"`);
  for (const refused of [...answers.filter(({ status }) => status === 412), await put('four', `"${revision}"`, '?dryRun=true')])
    expect(refused).toMatchObject({
      status: 412,
      headers: { etag: `"${revision + 1}"` },
      json: {
        type: 'urn:tokenwright:problem:precondition-failed',
        detail: `Somebody has changed the configuration meanwhile, so nothing was applied: it has revision ${revision + 1} now. Compare the file with that, and apply it again.`,
      },
    });
  expect(api.live.current.revision).toBe(revision + 1);
  expect((await put('five', '*')).status).toBe(200);
  const absent = await api.call('PUT', URL, { body: text('six'), type: YAML, headers: { 'if-none-match': '*' } });
  expect(absent.status).toBe(400);
});
