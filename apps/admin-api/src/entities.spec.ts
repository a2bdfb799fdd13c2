import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestAdminApi, type Json } from './testing/test-admin-api.ts';

let api: TestAdminApi;
beforeAll(async () => {
  api = await TestAdminApi.start();
  await api.furnish();
});
afterAll(() => api.close());

describe('profiles', () => {
  test('a new profile comes with token issuers and published keys, in one revision', async () => {
    const before = api.live.current.revision;
    const created = await api.call('PUT', '/p/second', { body: { issuer: '/second' } });
    expect(created.status).toBe(201);
    expect(created.json).toMatchObject({ id: 'second', issuer: '/second', origin: 'api', defaults: { accessTokenLifetime: 600 } });
    expect(api.live.current.revision).toBe(before + 1);
    expect((await api.call('GET', '/p/second/token-issuers')).json.items.map((issuer: { id: string }) => issuer.id)).toEqual([
      'jwt',
      'opaque',
      'wrapped-opaque',
    ]);
    const keys = await api.call('GET', '/p/second/keys');
    expect(keys.json.items.map((key: { state: string }) => key.state).sort()).toEqual(['active', 'next']);
  });

  test('putting what is already there changes nothing and keeps the entity tag', async () => {
    const first = await api.call('PUT', '/p/p', { body: { issuer: '/~', scopes: { read: {} } } });
    const revision = api.live.current.revision;
    const again = await api.call('PUT', '/p/p', { body: { issuer: '/~', scopes: { read: {} } } });
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.headers['etag']).toBe(first.headers['etag']);
    expect(api.live.current.revision).toBe(revision);
  });

  test('a profile with endpoints is not deleted, one without goes with its issuers and keys', async () => {
    const refused = await api.call('DELETE', '/p/p');
    expect(refused.status).toBe(409);
    expect(refused.json).toMatchObject({ type: 'urn:tokenwright:problem:in-use', errors: [{ kind: 'endpoint', key: 'p/e' }] });
    await api.call('PUT', '/p/third', { body: { issuer: '/third' } });
    expect((await api.call('DELETE', '/p/third')).status).toBe(204);
    expect((await api.call('GET', '/p/third')).status).toBe(404);
    expect([...api.live.current.all('signing-key')].filter(({ profile }) => profile === 'third')).toEqual([]);
  });

  test('a profile trusts other issuers, and a client may exchange tokens for some audiences, as they are written', async () => {
    const jwk = { kty: 'EC', crv: 'P-256', kid: '1' };
    const point = { x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4', y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM' };
    const written = { issuer: 'https://partner.example', jwks: { keys: [{ ...jwk, ...point }] }, audiences: ['https://as.example'] };
    const profile = await api.call('PUT', '/p/exchanging', { body: { issuer: '/exchanging', trustedIssuers: [written] } });
    expect([profile.status, profile.json.trustedIssuers]).toEqual([
      201,
      [{ ...written, jwksUri: null, algorithms: ['ES256', 'RS256', 'PS256', 'EdDSA'], subjectPrefix: null }],
    ]);
    const body = { capabilities: ['token-exchange'], tokenExchange: { audiences: ['https://tool.example'] } };
    const client = await api.call('POST', '/p/exchanging/clients', { body: { id: 'agent', ...body } });
    expect([client.status, client.json.tokenExchange]).toEqual([
      201,
      { subjectTokens: 'audience', ownAudiences: [], audiences: ['https://tool.example'] },
    ]);
    const keyless = await api.call('PUT', '/p/exchanging', {
      body: { issuer: '/exchanging', trustedIssuers: [{ ...written, jwks: null }] },
    });
    expect([keyless.status, keyless.json.errors]).toMatchObject([422, [{ pointer: '/trustedIssuers/0/jwks' }]]);
    const unsafe = { ...body, tokenExchange: { subjectTokens: 'every' } };
    expect((await api.call('PUT', '/p/exchanging/clients/agent', { body: unsafe })).json.errors).toMatchObject([
      { pointer: '/tokenExchange/subjectTokens' },
    ]);
  });

  test('how people are told to clients, and how sure it is who they are: keys and the secret for it are made along', async () => {
    const authenticationContexts = { levels: { pwd: 1, card: 2 }, password: 'pwd' };
    const scopes = { read: {}, staff: { claims: ['employee_number'] } };
    const profile = await api.call('PUT', '/p/telling', { body: { issuer: '/telling', scopes, authenticationContexts } });
    expect([profile.status, profile.json.authenticationContexts, profile.json.scopes]).toEqual([201, authenticationContexts, scopes]);
    const unknown = {
      issuer: '/telling',
      scopes: { staff: { claims: ['sub'] } },
      authenticationContexts: { levels: { pwd: 1 }, password: 'x' },
    };
    expect((await api.call('PUT', '/p/telling', { body: unknown })).json.errors).toMatchObject([
      ...[{ pointer: '/scopes/staff/claims/0' }, { pointer: '/authenticationContexts/password' }],
    ]);

    const authorizationCode = { redirectUris: ['https://app.example/callback'] };
    const body = { capabilities: ['authorization-code'], authentication: { methods: ['none'] }, authorizationCode };
    const openId = { idTokenSignedResponseAlg: 'EdDSA', subjectType: 'pairwise' };
    const client = await api.call('POST', '/p/telling/clients', { body: { id: 'app', ...body, openId } });
    expect([client.status, client.json.openId]).toEqual([
      201,
      {
        ...openId,
        userinfoSignedResponseAlg: null,
        sectorIdentifier: null,
        jwtAccessTokenSubject: 'pairwise',
        ...{ defaultMaxAge: null, defaultAcrValues: [] },
      },
    ]);
    const keys = (await api.call('GET', '/p/telling/keys')).json.items as readonly { readonly algorithm: string }[];
    expect(new Set(keys.map(({ algorithm }) => algorithm))).toEqual(new Set(['ES256', 'EdDSA']));
    expect((await api.call('GET', '/p/telling/secrets')).json.items).toMatchObject([{ id: 'pairwise-subjects', origin: 'system' }]);
    expect((await api.call('DELETE', '/p/telling/secrets/pairwise-subjects')).status).toBe(409);
    expect((await api.call('PUT', '/p/telling/secrets/pairwise-subjects', { body: { value: 'another' } })).status).toBe(422);

    const elsewhere = { redirectUris: ['https://app.example/callback', 'https://other.example/callback'] };
    const refused = await api.call('PUT', '/p/telling/clients/app', { body: { ...body, openId, authorizationCode: elsewhere } });
    expect(refused.json.errors).toMatchObject([{ pointer: '/openId/sectorIdentifier' }]);
    expect((await api.call('PUT', '/p/telling/clients/app', { body })).status).toBe(200);
    expect((await api.call('DELETE', '/p/telling/clients/app')).status).toBe(204);
    expect((await api.call('DELETE', '/p/telling')).status).toBe(204);
    expect([...api.live.current.all('secret')].filter((secret) => secret.profile === 'telling')).toEqual([]);
  });

  test('two profiles do not share an issuer', async () => {
    const answer = await api.call('PUT', '/p/copy', { body: { issuer: '/~' } });
    expect(answer.status).toBe(422);
    expect(answer.json.errors).toMatchObject([{ pointer: '/issuer' }]);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  test('everything that is wrong with a body is reported at once, at its JSON pointer, and nothing is stored', async () => {
    const revision = api.live.current.revision;
    const answer = await api.call('PUT', '/p/p', {
      body: { issuer: 'ftp://x', capabilites: [], defaults: { accessTokenLifetime: '5' }, scopes: { 'a b': {} } },
    });
    expect(answer.status).toBe(422);
    expect(answer.json.type).toBe('urn:tokenwright:problem:invalid-body');
    expect(answer.json.errors.map((error: { pointer: string }) => error.pointer).sort()).toEqual([
      '/capabilites',
      '/defaults/accessTokenLifetime',
      '/issuer',
      '/scopes/a b',
    ]);
    expect(api.live.current.revision).toBe(revision);
  });

  test('an id that could not be written in a path or log is refused', async () => {
    expect((await api.call('PUT', '/p/a%2fb', { body: { issuer: '/a' } })).json).toMatchObject({
      status: 400,
      errors: [{ pointer: '/profile' }],
    });
  });

  test('lists come in pages, each entity once', async () => {
    const first = await api.call('GET', '/admin/v1/profiles?limit=1');
    expect(first.json.items).toHaveLength(1);
    const second = await api.call('GET', `/admin/v1/profiles?limit=500&after=${first.json.next}`);
    expect(second.json.next).toBeNull();
    const ids = [...first.json.items, ...second.json.items].map((profile: { id: string }) => profile.id);
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(ids).toContain('p');
    for (const query of ['limit=0', 'limit=501', 'limit=x', 'offset=1'])
      expect((await api.call('GET', `/admin/v1/profiles?${query}`)).status).toBe(400);
  });
});

describe('endpoints and bindings', () => {
  test('an endpoint is created, read, replaced and deleted with its bindings', async () => {
    const url = '/p/p/endpoints/other';
    expect((await api.call('PUT', url, { body: { kind: 'oauth-introspect', path: '/other' } })).json).toMatchObject({
      id: 'other',
      advertised: false,
      revocationLag: 60,
    });
    expect((await api.call('PUT', `${url}/bindings/oauth-introspect`, { body: { procedure: 'mine' } })).status).toBe(201);
    expect((await api.call('GET', `${url}/bindings/oauth-introspect`)).json).toMatchObject({
      procedure: 'mine',
      version: null,
      origin: 'api',
    });
    expect((await api.call('GET', `${url}/bindings`)).json.items).toHaveLength(1);
    expect((await api.call('GET', '/p/p/bindings')).json.items.map(({ endpoint }: Json) => endpoint)).toContain('other');
    expect((await api.call('GET', '/p/none/bindings')).status).toBe(404);
    expect((await api.call('PUT', `${url}/bindings/oauth-introspect`, { body: { procedure: 'mine', version: 1 } })).status).toBe(200);
    expect((await api.call('PUT', url, { body: { kind: 'oauth-introspect', path: '/moved' } })).json.path).toBe('/moved');
    expect((await api.call('GET', '/p/p/endpoints')).json.items).toHaveLength(2);
    expect((await api.call('DELETE', url)).status).toBe(204);
    expect((await api.call('GET', url)).status).toBe(404);
    expect(api.live.current.get('binding', 'p/other/oauth-introspect')).toBeUndefined();
  });

  test('a binding names a procedure of its flow with a version that exists', async () => {
    const url = '/p/p/endpoints/e/bindings/oauth-introspect';
    expect((await api.call('PUT', url, { body: { procedure: 'nobody' } })).json).toMatchObject({
      status: 422,
      errors: [{ pointer: '/procedure' }],
    });
    expect((await api.call('PUT', url, { body: { procedure: 'mine', version: 9 } })).json).toMatchObject({
      status: 422,
      errors: [{ pointer: '/version' }],
    });
    expect(
      (await api.call('PUT', '/p/p/endpoints/e/bindings/oauth-introspect-application-jwt', { body: { procedure: 'mine' } })).status,
    ).toBe(422);
    expect((await api.call('PUT', '/p/p/endpoints/e/bindings/no-flow', { body: { procedure: 'mine' } })).status).toBe(400);
    expect((await api.call('PUT', '/p/p/endpoints/none/bindings/oauth-introspect', { body: { procedure: 'mine' } })).status).toBe(404);
    expect((await api.call('DELETE', url)).status).toBe(404);
  });

  test('what is missing above is said as 404', async () => {
    for (const path of ['endpoints', 'clients', 'token-issuers', 'keys', 'delegations', 'tokens'])
      expect((await api.call('GET', `/p/none/${path}`)).status).toBe(404);
    expect((await api.call('PUT', '/p/none/endpoints/e', { body: { kind: 'oauth-token', path: '/x' } })).status).toBe(404);
    expect((await api.call('GET', '/p/p/endpoints/e/bindings/oauth-introspect')).status).toBe(404);
  });
});

describe('token issuers and keys', () => {
  test('an issuer with another algorithm brings its keys', async () => {
    const created = await api.call('PUT', '/p/p/token-issuers/edwards', { body: { kind: 'jwt', algorithm: 'EdDSA' } });
    expect(created.json).toMatchObject({ isDefault: false, algorithm: 'EdDSA' });
    expect(
      [...api.live.current.all('signing-key')].filter((key) => key.profile === 'p' && key.algorithm === 'EdDSA').map((key) => key.state),
    ).toEqual(['active', 'next']);
    expect((await api.call('GET', '/p/p/token-issuers/edwards')).headers['etag']).toBe(created.headers['etag']);
    expect((await api.call('DELETE', '/p/p/token-issuers/edwards')).status).toBe(204);
    expect((await api.call('PUT', '/p/p/token-issuers/opaque', { body: { algorithm: 'ES256' } })).json.errors).toMatchObject([
      { pointer: '/algorithm' },
    ]);
  });

  test('keys rotate when verifiers can know the next one, else 409 says how long to wait', async () => {
    const early = await api.call('POST', '/p/p/keys/rotate', { body: { algorithm: 'ES256' } });
    expect(early.status).toBe(409);
    expect(early.headers['retry-after']).toBe('305');
    expect(early.json.type).toBe('urn:tokenwright:problem:rotation-too-early');

    api.now += 400;
    const rotated = await api.call('POST', '/p/p/keys/rotate', { body: {} });
    expect(rotated.status).toBe(200);
    expect(rotated.json).toMatchObject({ activated: { state: 'active' }, retired: { state: 'retired' }, next: { state: 'next' } });

    const emergency = await api.call('POST', '/p/p/keys/rotate', { body: { emergency: true } });
    expect(emergency.json.retired).toBeNull();
    const kids = (await api.call('GET', '/p/p/keys')).json.items.map((key: { kid: string }) => key.kid);
    expect(kids).not.toContain(rotated.json.activated.kid);
    expect(api.events().filter(({ action }) => action === 'signing-key.rotate')).toHaveLength(2);
  });
});
