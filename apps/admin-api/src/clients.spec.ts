import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { verifySecret } from '#libs/oauth';
import { START, TestAdminApi, type Answer } from './testing/test-admin-api.ts';

const CLIENTS = '/p/p/clients';
/** Every secret and token that an answer showed. */
const shown: { readonly text: string; readonly answer: number }[] = [];
let api: TestAdminApi;

beforeAll(async () => {
  api = await TestAdminApi.start();
  await api.furnish();
});
afterAll(() => api.close());

/** Notes what an answer shows once. */
function secretOf(answer: Answer): string {
  const text: string = answer.json.secret ?? answer.json.token;
  shown.push({ text, answer: answer.index });
  return text;
}

describe('clients', () => {
  test('a generated secret has 256 bits, is shown once and fits what is stored', async () => {
    const answer = await api.call('POST', CLIENTS, { body: { id: 'generated', capabilities: ['introspection'] } });
    expect(answer.status).toBe(201);
    expect(answer.headers['location']).toBe('/admin/v1/profiles/p/clients/generated');
    const secret = secretOf(answer);
    expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await verifySecret(secret, api.live.current.get('client', 'p/generated')?.secrets[0]?.hash ?? '')).toBe(true);
    expect((await api.call('GET', `${CLIENTS}/generated`)).json).not.toHaveProperty('secret');
  });

  test('a chosen secret is hashed with argon2id', async () => {
    const answer = await api.call('POST', CLIENTS, {
      body: { id: 'chosen', name: 'The Chosen', secret: 'Secr3t!-of-a-person', scopes: ['read'], capabilities: ['client-credentials'] },
    });
    expect(secretOf(answer)).toBe('Secr3t!-of-a-person');
    expect(api.live.current.get('client', 'p/chosen')?.secrets[0]?.hash).toMatch(/^\$argon2id\$/);
  });

  test('a client without a secret has no capability', async () => {
    expect((await api.call('POST', CLIENTS, { body: { id: 'public', secret: null } })).json).not.toHaveProperty('secret');
    expect(
      (await api.call('POST', CLIENTS, { body: { id: 'public2', secret: null, capabilities: ['introspection'] } })).json,
    ).toMatchObject({ status: 422, errors: [{ pointer: '/secrets' }] });
    expect((await api.call('PUT', `${CLIENTS}/public3`, { body: {} })).status).toBe(201);
  });

  test('a client gets a secret where it authenticates by one, and none where it has other methods only', async () => {
    const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
    const authentication = { methods: ['private_key_jwt'], jwks: { keys: [jwk] } };
    const signer = await api.call('POST', CLIENTS, { body: { id: 'signer', capabilities: ['introspection'], authentication } });
    expect(signer.status).toBe(201);
    expect(signer.json).not.toHaveProperty('secret');
    expect(signer.json).toMatchObject({
      secrets: [],
      authentication: { ...authentication, jwksUri: null, certificateSubject: null, certificates: [] },
    });
    const both = { ...authentication, methods: ['private_key_jwt', 'client_secret_basic'] };
    expect(secretOf(await api.call('POST', CLIENTS, { body: { id: 'both', authentication: both } }))).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const open = await api.call('POST', CLIENTS, { body: { id: 'open', authentication: { methods: ['none'] } } });
    expect([open.status, open.json.secrets]).toEqual([201, []]);
    expect(
      (
        await api.call('PUT', `${CLIENTS}/mutual`, {
          body: {
            capabilities: ['introspection'],
            authentication: { methods: ['tls_client_auth'], certificateSubject: { kind: 'san_dns', value: 'm.example' } },
          },
        })
      ).status,
    ).toBe(201);
  });

  test('what does not go together in how a client authenticates is said at its place', async () => {
    const refused = async (body: object) => (await api.call('POST', CLIENTS, { body: { id: 'wrong', ...body } })).json;
    expect(await refused({ authentication: { methods: ['private_key_jwt'] } })).toMatchObject({
      ...{ status: 422, errors: [{ pointer: '/authentication/jwks' }] },
    });
    expect(await refused({ authentication: { methods: ['none'] }, capabilities: ['introspection'] })).toMatchObject({
      ...{ status: 422, errors: [{ pointer: '/capabilities/0' }] },
    });
    const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
    const answer = await refused({ authentication: { methods: ['private_key_jwt'], jwks: { keys: [jwk] } } });
    expect(answer).toMatchObject({ status: 422, errors: [{ pointer: '/authentication/jwks/keys/0/d' }] });
    expect(JSON.stringify(answer)).not.toContain(jwk.d);
  });

  test('a client of the same id is refused as 409, unknown scopes as 422 with their place', async () => {
    expect((await api.call('POST', CLIENTS, { body: { id: 'chosen' } })).json.type).toBe('urn:tokenwright:problem:already-exists');
    expect((await api.call('POST', CLIENTS, { body: { id: 'x', scopes: ['read', 'write'] } })).json).toMatchObject({
      status: 422,
      errors: [{ pointer: '/scopes/1' }],
    });
    expect((await api.call('POST', '/p/none/clients', { body: { id: 'x' } })).status).toBe(404);
  });

  test('of two that create the same client at once one wins', async () => {
    const answers = await Promise.all([1, 2].map(() => api.call('POST', CLIENTS, { body: { id: 'twin' } })));
    answers.filter(({ status }) => status === 201).forEach(secretOf);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  test('replacing a client keeps its secrets and takes none', async () => {
    const before = api.live.current.get('client', 'p/chosen')?.secrets;
    const answer = await api.call('PUT', `${CLIENTS}/chosen`, { body: { name: 'New', capabilities: ['client-credentials'] } });
    expect(answer.json).toMatchObject({ name: 'New', scopes: [] });
    expect(api.live.current.get('client', 'p/chosen')?.secrets).toEqual(before);
    expect((await api.call('PUT', `${CLIENTS}/chosen`, { body: { secret: 'Secr3t!-of-a-person' } })).json.errors).toMatchObject([
      { pointer: '/secret' },
    ]);
  });

  test('clients are found by a part of id or name in any case', async () => {
    const found = async (q: string) => (await api.call('GET', `${CLIENTS}?q=${q}`)).json.items.map((client: { id: string }) => client.id);
    expect(await found('GENER')).toEqual(['generated']);
    expect(await found('new')).toEqual(['chosen']);
    expect(await found('nothing')).toEqual([]);
  });

  test('at most two secrets are valid at a time, and the others can be given an end', async () => {
    const url = `${CLIENTS}/generated/secrets`;
    const first = api.live.current.get('client', 'p/generated')?.secrets[0];
    const second = await api.call('POST', url, { body: { expireOthersIn: 3600 } });
    expect(second.status).toBe(201);
    secretOf(second);
    expect(api.live.current.get('client', 'p/generated')?.secrets).toMatchObject([
      { ...first, expiresAt: START + 3600 },
      { expiresAt: null },
    ]);
    expect((await api.call('POST', url, { body: {} })).json.type).toBe('urn:tokenwright:problem:too-many-secrets');

    api.now += 3601;
    const third = await api.call('POST', url);
    secretOf(third);
    expect((await api.call('GET', `${CLIENTS}/generated`)).json.secrets.map((secret: { id: string }) => secret.id)).toEqual([
      second.json.id,
      third.json.id,
    ]);

    const fourth = await api.call('POST', url, { body: { expireOthersIn: 0, secret: 'Another-chosen-1' } });
    secretOf(fourth);
    expect((await api.call('GET', `${CLIENTS}/generated`)).json.secrets.map((secret: { id: string }) => secret.id)).toEqual([
      fourth.json.id,
    ]);
  });

  test('a secret is deleted by its id, but not the last one of a client with capabilities', async () => {
    const url = `${CLIENTS}/generated/secrets`;
    const added = await api.call('POST', url);
    secretOf(added);
    expect((await api.call('DELETE', `${url}/${added.json.id}`)).status).toBe(204);
    expect((await api.call('DELETE', `${url}/${added.json.id}`)).status).toBe(404);
    const [last] = (await api.call('GET', `${CLIENTS}/generated`)).json.secrets;
    expect((await api.call('DELETE', `${url}/${last.id}`)).json).toMatchObject({ status: 422, errors: [{ pointer: '/secrets' }] });
    expect((await api.call('POST', `${CLIENTS}/none/secrets`)).status).toBe(404);
  });

  test('a client is deleted', async () => {
    expect((await api.call('DELETE', `${CLIENTS}/twin`)).status).toBe(204);
    expect((await api.call('DELETE', `${CLIENTS}/twin`)).status).toBe(404);
  });
});

describe('administrators', () => {
  test('a token is shown once, works, and stops working when it is renewed or its administrator removed', async () => {
    const created = await api.call('POST', '/admin/v1/administrators', { body: { id: 'robin', role: 'author' } });
    expect(created.status).toBe(201);
    const token = secretOf(created);
    expect(token).toMatch(/^twadm_[A-Za-z0-9_-]{43}$/);
    const use = (text: string) => api.call('GET', '/admin/v1/flows', { as: null, headers: { authorization: `Bearer ${text}` } });
    expect((await use(token)).status).toBe(200);

    const renewed = secretOf(await api.call('POST', '/admin/v1/administrators/robin/token'));
    expect([(await use(token)).status, (await use(renewed)).status]).toEqual([401, 200]);
    expect((await api.call('DELETE', '/admin/v1/administrators/robin')).status).toBe(204);
    expect((await use(renewed)).status).toBe(401);
  });

  test('the last one who can administer stays, and the actors of the audit trail are no names', async () => {
    expect((await api.call('DELETE', '/admin/v1/administrators/admin')).json.type).toBe('urn:tokenwright:problem:last-administrator');
    for (const id of ['file', 'cli', 'System'])
      expect((await api.call('POST', '/admin/v1/administrators', { body: { id, role: 'read' } })).status).toBe(422);
    expect((await api.call('POST', '/admin/v1/administrators', { body: { id: 'admin', role: 'read' } })).status).toBe(409);
    expect((await api.call('POST', '/admin/v1/administrators/nobody/token')).status).toBe(404);
  });
});

test('no secret, hash or private key is in any answer but the one that shows it, nor in the audit trail or the log', async () => {
  for (const path of ['/admin/v1/administrators', '/admin/v1/audit?limit=500', CLIENTS, '/p/p/keys', '/admin/v1/status'])
    await api.call('GET', path);
  // A secret in a place where it does not belong is not repeated either.
  await api.call('POST', CLIENTS, { body: `{"id":"x","secret":"Secr3t!-of-a-person"` });
  await api.call('POST', CLIENTS, { body: { id: 'x', secret: { value: 'Secr3t!-of-a-person' } } });
  await api.call('GET', '/admin/v1/flows', { as: null, headers: { authorization: 'Bearer Secr3t!-of-a-person' } });

  expect(shown.length).toBeGreaterThan(8);
  const events = JSON.stringify(api.events());
  const log = api.logged.join('\n');
  const hidden = [...api.live.current.all('client')].flatMap((client) => client.secrets.map(({ hash }) => hash));
  hidden.push(
    ...[...api.live.current.all('signing-key')].map((key) => key.sealedPrivateJwk),
    ...[...api.live.current.all('administrator')].map((one) => one.tokenHash),
  );
  for (const text of hidden) for (const where of [...api.answered, events, log]) expect(where.includes(text)).toBe(false);
  for (const { text, answer } of shown) {
    api.answered.forEach((where, index) => expect([index, where.includes(text) && index !== answer]).toEqual([index, false]));
    for (const where of [events, log]) expect(where.includes(text)).toBe(false);
  }
  for (const where of [...api.answered, events, log]) expect(where).not.toMatch(/argon2|sha256\$|tokenHash|sealedPrivateJwk|"hash"|"d":"/);
});
