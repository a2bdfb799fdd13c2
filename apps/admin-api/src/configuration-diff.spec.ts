import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { configurationDiffAnswer } from './configuration-answers.ts';
import { SOURCE, TestAdminApi } from './testing/test-admin-api.ts';

let api: TestAdminApi;

const file = (text: string, scope = 'read') => `
profiles:
  filed:
    issuer: /~/filed
    scopes: { ${scope}: {} }
    clients: { app: { secret: the-Secr3t-of-app } }
    secrets: { pepper: the-hidden-pepper }
procedures:
  filed-procedure: { flow: oauth-introspect, source: ${JSON.stringify(text)} }
`;
const TYPE = 'application/yaml';
const diff = (body: string) => api.call('POST', '/admin/v1/configuration/diff', { body, type: TYPE });

beforeAll(async () => {
  api = await TestAdminApi.start();
  await api.done('PUT', '/admin/v1/configuration', { body: file(SOURCE), type: TYPE }, 200);
});
afterAll(() => api.close());

describe('the difference to a configuration file', () => {
  test('is empty for what is in force, and nothing is changed by looking', async () => {
    const before = api.live.current.revision;
    const { status, json } = await diff(file(SOURCE));
    expect([status, json]).toEqual([200, { revision: before, changes: [], refused: [], problems: [], warnings: expect.any(Array) }]);
    await diff(file(`${SOURCE}// 2\n`, 'write'));
    expect(api.live.current.revision).toBe(before);
  });

  test('names each member by its pointer, texts as unified diffs, and shows no secret', async () => {
    const from = api.answered.length;
    const { json } = await diff(
      file(`${SOURCE}// 2\n`, 'write').replace('the-Secr3t-of-app', 'another-Secr3t').replace('hidden-pepper', 'hidden-salt'),
    );
    expect(configurationDiffAnswer.safeParse(json).error).toBeUndefined();
    expect(json.changes).toMatchObject([
      {
        kind: 'profile',
        key: 'filed',
        differences: [
          { pointer: '/scopes/read', before: {} },
          { pointer: '/scopes/write', after: {} },
        ],
      },
      { kind: 'client', key: 'filed/app', differences: [{ pointer: '/secrets', secret: true }] },
      { kind: 'secret', key: 'filed/pepper', differences: [{ pointer: '/value', secret: true }] },
      { kind: 'procedure', key: 'filed-procedure', source: expect.stringContaining('+// 2') },
      { action: 'create', kind: 'procedure-version', key: 'filed-procedure/2' },
    ]);
    const shown = api.answered.slice(from).join('\n');
    for (const text of ['Secr3t', 'hidden', 'sealedValue', 'hash"']) expect(shown).not.toContain(text);
  });

  test('tells what would go, and what belongs to the service and is refused', async () => {
    await api.done('PUT', '/p/own', { body: { issuer: '/~/own' } }, 201);
    const { json } = await diff('profiles: { own: { issuer: /~/other } }');
    expect(json.refused).toEqual([{ kind: 'profile', key: 'own' }]);
    expect(json.problems).toMatchObject([
      { pointer: '/profiles/own', line: 1, message: expect.stringContaining('the admin API owns profile "own"') },
    ]);
    expect(json.changes.filter(({ action }: { action: string }) => action === 'delete').map(({ key }: { key: string }) => key)).toEqual(
      expect.arrayContaining(['filed', 'filed/app']),
    );
  });

  test('has everything that is wrong with the file, and is for administrators who may apply it', async () => {
    const { status, json } = await diff('profiles: { x: { isuer: /~/x } }');
    expect(status).toBe(200);
    expect(json.problems.length).toBeGreaterThan(0);
    expect((await diff('a: [')).json).toMatchObject({ changes: [], problems: [{ line: 1 }] });
    expect((await api.call('POST', '/admin/v1/configuration/diff', { body: ' ', type: TYPE })).status).toBe(400);
    expect((await api.call('POST', '/admin/v1/configuration/diff', { as: 'author', body: 'profiles: {}', type: TYPE })).status).toBe(403);
  });
});
