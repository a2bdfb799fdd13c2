import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mintOpaqueToken, tokenId, type Commit } from '#libs/oauth';
import { SOURCE, START, TestAdminApi } from './testing/test-admin-api.ts';

let api: TestAdminApi;
beforeAll(async () => {
  api = await TestAdminApi.start();
  await api.furnish();
});
afterAll(() => api.close());

describe('entity tags', () => {
  const url = '/p/p/clients/tagged';
  const tagOf = async () => (await api.call('GET', url)).headers['etag'] ?? '';

  test('of two simultaneous changes of the same revision one wins and one is 412', async () => {
    await api.done('PUT', url, { body: {} }, 201);
    const tag = await tagOf();
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((name) => api.call('PUT', url, { body: { name }, headers: { 'if-match': tag } })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
    const won = answers.find(({ status }) => status === 200);
    expect((await api.call('GET', url)).json.name).toBe(won?.json.name);
    expect(await tagOf()).toBe(won?.headers['etag']);
  });

  test('changes of different entities at once all succeed', async () => {
    const answers = await Promise.all(
      ['k', 'l', 'm', 'n'].map((id) => api.call('PUT', `/p/p/clients/${id}`, { body: {}, headers: { 'if-none-match': '*' } })),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(answers.map(({ headers }) => headers['etag'])).size).toBe(4);
  });

  test('If-Match takes lists and *, compares strongly and is not satisfied by what does not exist (RFC 9110 section 13.1.1)', async () => {
    const tag = await tagOf();
    const put = async (match: string, at = url) =>
      (await api.call('PUT', at, { body: { name: match }, headers: { 'if-match': match } })).status;
    expect(await put(`W/${tag}`)).toBe(412);
    expect(await put('"x"')).toBe(412);
    expect(await put('*', `${url}-missing`)).toBe(412);
    expect(await put('17')).toBe(400);
    expect(await put(`"0", ${tag}`)).toBe(200);
    expect(await put(tag)).toBe(412);
    expect(await put('*')).toBe(200);
  });

  test('If-None-Match: * only creates', async () => {
    const answer = await api.call('PUT', url, { body: {}, headers: { 'if-none-match': '*' } });
    expect([answer.status, answer.headers['etag']]).toEqual([412, await tagOf()]);
    expect((await api.call('PUT', url, { body: {}, headers: { 'if-none-match': '"1"' } })).status).toBe(400);
  });

  test('they hold for deleting, secrets, activation and renewing a token too', async () => {
    const headers = { 'if-match': '"1"' };
    for (const [method, path, body] of [
      ['DELETE', url, undefined],
      ['POST', `${url}/secrets`, {}],
      ['POST', '/admin/v1/procedures/mine/activate', { version: 1 }],
      ['POST', '/admin/v1/procedures/mine/rollback', undefined],
      ['PATCH', '/admin/v1/procedures/mine', { description: 'x' }],
      ['DELETE', '/p/p', undefined],
    ] as const)
      expect([path, (await api.call(method, path, { headers, ...(body === undefined ? {} : { body }) })).status]).toEqual([path, 412]);
    expect((await api.call('POST', '/admin/v1/administrators/read/token', { headers: { 'if-match': '"9999"' } })).status).toBe(412);
    expect((await api.call('DELETE', url, { headers: { 'if-match': await tagOf() } })).status).toBe(204);
  });
});

describe('what a configuration file owns', () => {
  test("is the API's once it is taken over", async () => {
    await api.done('POST', '/p/p/clients', { body: { id: 'filed' } }, 201);
    await api.giveToFile('client', 'p', 'filed');
    await api.giveToFile('procedure', 'mine');
    await api.giveToFile('endpoint', 'p', 'e');
    expect((await api.call('PUT', '/p/p/clients/filed?takeOver=true', { body: { name: 'x' } })).json).toMatchObject({
      name: 'x',
      origin: 'api',
    });
    expect((await api.call('PUT', '/p/p/clients/filed', { body: { name: 'y' } })).status).toBe(200);
    expect((await api.call('PUT', '/p/p/clients/filed?takeOver=yes', { body: {} })).json.errors).toMatchObject([{ pointer: '/takeOver' }]);
  });

  test('is not activated or bound otherwise either', async () => {
    expect(
      (await api.call('POST', '/admin/v1/procedures/mine/versions?takeOver=true', { body: { source: `${SOURCE}// 2` } })).json.version,
    ).toBe(2);
    await api.giveToFile('procedure', 'mine');
    expect((await api.call('POST', '/admin/v1/procedures/mine/activate', { body: { version: 2 } })).status).toBe(409);
    // Activating what is active changes nothing, so nothing has to be taken over.
    expect((await api.call('POST', '/admin/v1/procedures/mine/activate', { body: { version: 1 } })).json.origin).toBe('file');

    const binding = '/p/p/endpoints/e/bindings/oauth-introspect';
    await api.done('PUT', binding, { body: { procedure: 'mine' } }, 201);
    await api.giveToFile('binding', 'p', 'e', 'oauth-introspect');
    expect((await api.call('PUT', binding, { body: { procedure: 'mine', version: 2 } })).status).toBe(409);
    expect((await api.call('PUT', `${binding}?takeOver=true`, { body: { procedure: 'mine', version: 2 } })).json).toMatchObject({
      version: 2,
      origin: 'api',
    });
    expect((await api.call('DELETE', binding)).status).toBe(204);
  });
});

describe('the audit trail', () => {
  test('has who did what with before and after, in the revision of the change', async () => {
    await api.done('PUT', '/p/p/clients/audited', { body: { name: 'One' } }, 201);
    await api.done('PUT', '/p/p/clients/audited', { body: { name: 'Two' } }, 200);
    await api.done('DELETE', '/p/p/clients/audited', {}, 204);
    const { json } = await api.call('GET', '/admin/v1/audit?kind=client&key=p%2Faudited');
    expect(json.items.map((event: { action: string }) => event.action)).toEqual(['client.delete', 'client.update', 'client.create']);
    expect(json.items[1]).toMatchObject({ actor: 'admin', at: START, before: { name: 'One' }, after: { name: 'Two' } });
    expect(json.items[0]).toMatchObject({ before: { name: 'Two' }, after: null, revision: api.live.current.revision });
  });

  test('is paged, newest first, and filtered by actor', async () => {
    const first = (await api.call('GET', '/admin/v1/audit?limit=2')).json;
    const second = (await api.call('GET', `/admin/v1/audit?limit=2&before=${first.next}`)).json;
    const ids = [...first.items, ...second.items].map((event: { id: number }) => event.id);
    expect(ids).toEqual([...ids].sort((a, b) => b - a));
    expect(new Set(ids).size).toBe(4);
    expect((await api.call('GET', '/admin/v1/audit?actor=nobody')).json).toEqual({ items: [], next: null });
    const { items } = (await api.call('GET', `/admin/v1/audit?action=client.update&since=${START}&until=${START + 1_000_000}`)).json;
    expect(new Set(items.map(({ action }: { action: string }) => action))).toEqual(new Set(['client.update']));
    expect((await api.call('GET', `/admin/v1/audit?until=${START - 1_000_000}`)).json.items).toEqual([]);
    expect((await api.call('GET', '/admin/v1/audit?since=yesterday')).json.errors).toMatchObject([{ pointer: '/since' }]);
  });

  test('has no event of a change that was refused', async () => {
    const before = api.events().length;
    await api.call('PUT', '/p/p/clients/bad', { body: { scopes: ['unknown'] } });
    await api.call('DELETE', '/p/p');
    expect(api.events()).toHaveLength(before);
  });
});

describe('delegations and tokens', () => {
  const make = (id: string, clientId: string, owner: string): Commit & { readonly token: string } => {
    const { key } = mintOpaqueToken('access_token', START + 600);
    const common = { profile: 'p', clientId, expiresAt: START + 600 };
    return {
      at: START,
      requires: [],
      claim: null,
      token: tokenId(key),
      effects: [
        { effect: 'delegation', delegation: { ...common, id, owner, scope: 'read', view: JSON.stringify({ id }), createdAt: START } },
        {
          effect: 'token',
          token: {
            ...common,
            key,
            purpose: 'access_token',
            form: 'opaque',
            subject: owner,
            delegationId: id,
            data: '{"sub":"x"}',
            issuedAt: START,
          },
        },
      ],
    };
  };
  const made = [make('d1', 'c1', 'anna'), make('d2', 'c1', 'bert'), make('d3', 'c2', 'anna'), make('d4', 'c2', 'carl')];
  beforeAll(async () => {
    await api.stores.tokens.commit(made);
  });

  test('are listed by client, owner, subject and state, without values or hashes', async () => {
    const ids = async (query: string) =>
      (await api.call('GET', `/p/p/delegations?${query}`)).json.items.map((one: { id: string }) => one.id).sort();
    expect(await ids('')).toEqual(['d1', 'd2', 'd3', 'd4']);
    expect(await ids('clientId=c1')).toEqual(['d1', 'd2']);
    expect(await ids('owner=anna&status=active')).toEqual(['d1', 'd3']);
    expect((await api.call('GET', '/p/p/delegations/d1')).json).toMatchObject({
      id: 'd1',
      owner: 'anna',
      status: 'active',
      view: { id: 'd1' },
    });
    const { items } = (await api.call('GET', '/p/p/tokens?subject=anna&clientId=c1')).json;
    expect(items).toMatchObject([{ id: made[0]?.token, delegationId: 'd1', data: { sub: 'x' }, revokedAt: null }]);
    expect(items[0]).not.toHaveProperty('key');
    expect((await api.call('GET', '/p/p/tokens?delegation=d1')).status).toBe(400);
    expect((await api.call('GET', '/p/p/delegations?after=no!sense')).json.errors).toMatchObject([{ pointer: '/after' }]);
  });

  test('a token is revoked by its public id, again without effect, and never one of another profile', async () => {
    const token = made[0]?.token ?? '';
    expect((await api.call('DELETE', `/p/p/tokens/${token}`)).status).toBe(204);
    expect((await api.call('DELETE', `/p/p/tokens/${token}`)).status).toBe(204);
    expect((await api.call('GET', '/p/p/tokens?active=true&clientId=c1')).json.items).toHaveLength(1);
    expect(api.events({ kind: 'token', key: `p/${token}` })).toMatchObject([{ action: 'token.revoke', actor: 'admin' }]);
    expect((await api.call('DELETE', '/p/p/tokens/nonsense')).status).toBe(404);
    await api.done('PUT', '/p/elsewhere', { body: { issuer: '/elsewhere' } }, 201);
    expect((await api.call('DELETE', `/p/elsewhere/tokens/${made[1]?.token}`)).status).toBe(404);
  });

  test('a delegation is revoked with all its tokens', async () => {
    expect((await api.call('DELETE', '/p/p/delegations/d2')).status).toBe(204);
    expect((await api.call('GET', '/p/p/delegations/d2')).json).toMatchObject({ status: 'revoked', revokedAt: START });
    expect((await api.call('GET', '/p/p/tokens?active=true&clientId=c1')).json.items).toEqual([]);
    expect((await api.call('DELETE', '/p/p/delegations/none')).status).toBe(404);
    expect(api.events({ kind: 'delegation', key: 'p/d2' })).toMatchObject([
      { action: 'delegation.revoke', before: { status: 'active', owner: 'bert' } },
    ]);
  });

  test('all delegations of a client or subject are revoked at once, however many', async () => {
    const many = Array.from({ length: 120 }, (_, n) => make(`m${n}`, 'many', 'dora'));
    await api.stores.tokens.commit(many);
    expect((await api.call('POST', '/p/p/revocations', { body: { subject: 'anna', clientId: 'many' } })).json).toEqual({ delegations: 0 });
    expect((await api.call('POST', '/p/p/revocations', { body: { clientId: 'many' } })).json).toEqual({ delegations: 120 });
    expect((await api.call('POST', '/p/p/revocations', { body: { subject: 'anna' } })).json).toEqual({ delegations: 2 });
    expect((await api.call('POST', '/p/p/revocations', { body: { subject: 'anna' } })).json).toEqual({ delegations: 0 });
    expect((await api.call('GET', '/p/p/delegations?status=active')).json.items.map((one: { id: string }) => one.id)).toEqual(['d4']);
    expect((await api.call('POST', '/p/p/revocations', { body: {} })).status).toBe(422);
    expect(api.events({ kind: 'delegation', key: 'p' })).toMatchObject([
      { action: 'delegation.revoke-all', actor: 'admin', after: { status: 'revoked', owner: 'anna' } },
      { action: 'delegation.revoke-all', actor: 'admin', after: { status: 'revoked', owner: 'anna' } },
      { action: 'delegation.revoke-all', actor: 'admin', after: { status: 'revoked', clientId: 'many' } },
      { action: 'delegation.revoke-all', actor: 'admin', after: { status: 'revoked', owner: 'anna', clientId: 'many' } },
    ]);
  });

  test('of a subject at one client, those at other clients stay', async () => {
    await api.stores.tokens.commit([make('e1', 'web', 'eva'), make('e2', 'app', 'eva'), make('e3', 'web', 'fred')]);
    expect((await api.call('POST', '/p/p/revocations', { body: { subject: 'eva', clientId: 'web' } })).json).toEqual({ delegations: 1 });
    for (const [id, status] of [
      ['e1', 'revoked'],
      ['e2', 'active'],
      ['e3', 'active'],
    ])
      expect((await api.call('GET', `/p/p/delegations/${String(id)}`)).json).toMatchObject({ status });
  });

  const presented = mintOpaqueToken('access_token', START + 600);
  const over = mintOpaqueToken('access_token', START - 600);
  const lookUp = async (token: string, profile = 'p') =>
    (await api.call('POST', `/p/${profile}/tokens/lookup`, { as: 'read', body: { token } })).json;

  test('what a presented token is, is told without keeping it', async () => {
    const common = { profile: 'p', clientId: 'presents', expiresAt: START + 600 };
    const token = {
      ...common,
      purpose: 'access_token',
      form: 'opaque',
      subject: 'anna',
      delegationId: 'looked-up',
      data: '{"sub":"anna"}',
      issuedAt: START,
    } as const;
    await api.stores.tokens.commit([
      {
        ...{ at: START, requires: [], claim: null },
        effects: [
          { effect: 'delegation', delegation: { ...common, id: 'looked-up', owner: 'anna', scope: 'read', view: '{}', createdAt: START } },
          { effect: 'token', token: { ...token, key: presented.key } },
          { effect: 'token', token: { ...token, key: over.key, expiresAt: START - 600 } },
        ],
      },
    ]);
    const answer = await lookUp(` ${presented.value}\n`);
    expect(answer).toMatchObject({ status: 'active', token: { id: tokenId(presented.key), clientId: 'presents', data: { sub: 'anna' } } });
    expect(JSON.stringify(answer)).not.toContain(presented.value);
    expect(await lookUp(over.value)).toMatchObject({ status: 'expired', token: { delegationId: 'looked-up' } });
    for (const text of ['twa_nonsense', 'a.b.c', mintOpaqueToken('access_token', START).value])
      expect(await lookUp(text)).toEqual({ status: 'unknown', token: null });
    expect((await api.call('DELETE', '/p/p/delegations/looked-up')).status).toBe(204);
    expect(await lookUp(presented.value)).toMatchObject({ status: 'revoked' });
    expect((await api.call('POST', '/p/p/tokens/lookup', { body: { token: '' } })).status).toBe(422);
    expect((await api.call('POST', '/p/none/tokens/lookup', { body: { token: 'x' } })).status).toBe(404);
  });
});
