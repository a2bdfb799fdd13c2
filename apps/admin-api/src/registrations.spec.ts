import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mintDynamicClientId, type NewDynamicClient } from '#libs/oauth';
import { aDelegation } from '../../../libs/oauth/src/testing/store-builders.ts';
import { createdTokenAnswer, dynamicClientAnswer, initialAccessTokenAnswer } from './registration-shapes.ts';
import { START, TestAdminApi } from './testing/test-admin-api.ts';

let api: TestAdminApi;
beforeAll(async () => {
  api = await TestAdminApi.start();
  await api.furnish();
  const { id: _, origin: _origin, ...profile } = (await api.done('GET', '/p/p', {}, 200)).json;
  const templates = { apps: { capabilities: ['client-credentials'] }, partners: { capabilities: ['client-credentials'] } };
  await api.done('PUT', '/p/p', { body: { ...profile, registrationTemplates: templates } }, 200);
  const endpoint = {
    kind: 'oauth-dynamic-client-registration',
    path: '/register',
    registration: { template: 'apps', templates: ['partners'] },
  };
  await api.done('PUT', '/p/p/endpoints/register', { body: endpoint }, 201);
});
afterAll(() => api.close());

async function registered(members: Partial<NewDynamicClient> = {}): Promise<NewDynamicClient> {
  const client: NewDynamicClient = {
    ...{ profile: 'p', id: mintDynamicClientId(), endpoint: 'register', template: 'apps', registeredBy: 'anyone' },
    ...{ metadata: { client_name: 'A' }, properties: {}, secrets: [{ hash: 'sha256$x', createdAt: START, expiresAt: null }] },
    ...{ tokenHash: 'a hash', createdAt: START, expiresAt: null },
    ...members,
  };
  await api.stores.dynamicClients.register(client, { maximumClients: 100, token: null, audit: [] });
  return client;
}

describe('clients that have registered themselves', () => {
  test('are listed and read with template, right and time, and without any hash', async () => {
    const [first, second] = [await registered(), await registered({ template: 'partners' })];
    const { items } = (await api.done('GET', '/p/p/dynamic-clients', {}, 200)).json as unknown as { items: { id: string }[] };
    expect(items.map(({ id }) => id)).toEqual([second.id, first.id]);
    const ofTemplate = (await api.done('GET', '/p/p/dynamic-clients?template=partners', {}, 200)).json as unknown as { items: unknown[] };
    expect(ofTemplate.items).toHaveLength(1);
    const one = dynamicClientAnswer.parse((await api.done('GET', `/p/p/dynamic-clients/${first.id}`, {}, 200)).json);
    expect(one).toMatchObject({ template: 'apps', registeredBy: 'anyone', createdAt: START, metadata: { client_name: 'A' } });
    for (const secret of ['sha256$', 'a hash']) expect(api.answered.join('\n')).not.toContain(secret);
  });

  test('are no clients of the configuration', async () => {
    const { id } = await registered();
    expect((await api.call('GET', `/p/p/clients/${id}`)).status).toBe(404);
  });

  test('are deleted with all that hangs from them, and the trail says by whom', async () => {
    const { id } = await registered();
    const delegation = aDelegation('p', { id: `d-${id}`, clientId: id });
    await api.stores.tokens.commit([{ at: START, effects: [{ effect: 'delegation', delegation }], requires: [], claim: null }]);
    await api.done('DELETE', `/p/p/dynamic-clients/${id}`, {}, 204);
    expect(await api.stores.tokens.findDelegation('p', delegation.id)).toMatchObject({ status: 'revoked' });
    expect(api.events({ kind: 'dynamic-client', key: `p/${id}` })).toMatchObject([
      { actor: 'admin', action: 'dynamic-client.delete', after: null },
    ]);
    expect((await api.call('DELETE', `/p/p/dynamic-clients/${id}`)).status).toBe(404);
  });
});

describe('initial access tokens', () => {
  test('are shown once, are good once for a day unless told, and are hashes at rest', async () => {
    const made = createdTokenAnswer.parse((await api.done('POST', '/p/p/initial-access-tokens', { body: { note: 'for B' } }, 201)).json);
    expect(made).toMatchObject({
      endpoint: 'register',
      template: null,
      uses: 0,
      maximumUses: 1,
      expiresAt: made.createdAt + 86_400,
      createdBy: 'admin',
    });
    const list = await api.done('GET', '/p/p/initial-access-tokens', {}, 200);
    const { items } = list.json as unknown as { items: unknown[] };
    const { token, ...shown } = made;
    expect(items.map((item) => initialAccessTokenAnswer.parse(item))).toContainEqual(shown);
    expect(JSON.stringify([items, api.events(), api.logged])).not.toContain(token);
    await api.done('DELETE', `/p/p/initial-access-tokens/${made.id}`, {}, 204);
    expect((await api.call('DELETE', `/p/p/initial-access-tokens/${made.id}`)).status).toBe(404);
  });

  test.each([
    [{ endpoint: 'none' }, '/endpoint', /must be one of "register"/],
    [{ template: 'none' }, '/template', /must be one of those of the endpoint: "apps", "partners"/],
    [{ maximumUses: 0 }, '/maximumUses', /at least 1/],
  ])('%j is refused at %s', async (body, pointer, message) => {
    const answer = await api.call('POST', '/p/p/initial-access-tokens', { body });
    expect(answer.status).toBe(422);
    expect(answer.json.errors).toEqual([{ pointer, message: expect.stringMatching(message) }]);
  });
});
