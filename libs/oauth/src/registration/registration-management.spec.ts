import { describe, expect, test } from '@jest/globals';
import { put } from '../configuration/configuration.ts';
import { headerOf, jsonOf, PROFILE } from '../testing/service-builder.ts';
import { CODE_CLIENT, registrationOf, RegistrationWorld, templateOf, type Registered } from '../testing/registration-world.ts';

const SERVER = { grant_types: ['client_credentials'], token_endpoint_auth_method: 'client_secret_post', scope: 'read write' };
const pathOf = (client: Registered) => new URL(client.registration_client_uri).pathname;
const codeOf = (response: { readonly status: number; readonly body: string | null }) => [
  response.status,
  jsonOf(response as never)['error'],
];

async function registered(template = templateOf(), metadata: object = SERVER) {
  const world = await RegistrationWorld.open({}, { apps: template });
  const client = await world.registered(metadata);
  const send = (method: string, body?: unknown, token = client.registration_access_token) =>
    world.send(method, pathOf(client), body, token);
  const update = (members: object = {}, token?: string) => send('PUT', { client_id: client.client_id, ...metadata, ...members }, token);
  return { world, client, send, update };
}

describe('management of a registration (RFC 7592)', () => {
  test('the client reads what is registered, without its secret, of which only a hash is kept (section 2.1)', async () => {
    const { client, send } = await registered();
    const response = await send('GET');
    const { client_secret: _, ...rest } = client;
    expect([response.status, jsonOf(response)]).toEqual([200, rest]);
    expect(headerOf(response, 'cache-control')).toBe('no-store');
  });

  test('a wrong token, an unknown client, one that is gone and a wrong address are answered alike (sections 2.1 to 2.3)', async () => {
    const { world, client, send } = await registered();
    const other = await world.registered(SERVER);
    const wrong = await send('GET', undefined, other.registration_access_token);
    const answers = [
      await send('PUT', {}, other.registration_access_token),
      await send('DELETE', undefined, 'x'),
      await world.send('GET', pathOf(client)),
      await world.send('GET', '/register/dyn_AAAAAAAAAAAAAAAAAAAAAA', undefined, client.registration_access_token),
    ];
    await send('DELETE');
    answers.push(await send('GET'), await send('DELETE'));
    expect(wrong.status).toBe(401);
    for (const answer of answers) expect(answer).toEqual(wrong);
  });

  test('an update takes the place of all that was registered, and rotates the token (section 2.2)', async () => {
    const { client, send, update } = await registered(templateOf(), { ...SERVER, client_name: 'Old', software_id: 's' });
    const response = await update({ client_name: 'New', software_id: null });
    const answer = jsonOf(response) as Registered & Record<string, unknown>;
    expect([response.status, answer['client_name'], answer['software_id']]).toEqual([200, 'New', undefined]);
    expect(answer.registration_access_token).not.toBe(client.registration_access_token);
    expect(answer.registration_client_uri).toBe(client.registration_client_uri);
    expect((await send('GET')).status).toBe(401);
    expect(jsonOf(await send('GET', undefined, answer.registration_access_token))['client_name']).toBe('New');
  });

  test('it holds at once, and what was given before it stays', async () => {
    const { world, client, update } = await registered();
    expect(jsonOf(await world.clientCredentials(client))['scope']).toBe('read write');
    await update({ scope: 'read' });
    expect(jsonOf(await world.clientCredentials(client))['scope']).toBe('read');
  });

  test('it needs the id of the client, its secret or none, and nothing that is not its to send (section 2.2)', async () => {
    const { client, send, update } = await registered();
    expect(codeOf(await send('PUT', SERVER))).toEqual([400, 'invalid_client_metadata']);
    for (const members of [
      ...[{ client_id: 'other' }, { client_secret: 'chosen' }, { registration_access_token: 'x' }, { registration_client_uri: 'x' }],
      ...[{ client_secret_expires_at: 0 }, { client_id_issued_at: 1 }, { scope: 'unknown' }],
    ])
      expect(codeOf(await update(members))).toEqual([400, 'invalid_client_metadata']);
    // Nothing of these was stored, the token goes on.
    expect((await update({ client_secret: client.client_secret })).status).toBe(200);
  });

  test('of two updates at a time one counts', async () => {
    const { update } = await registered();
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => update({ client_name: `n${String(i)}` })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(9);
  });

  test('a client that authenticates by a secret from now on is given one, and loses it when it needs none', async () => {
    const { world, update } = await registered(templateOf(), { ...CODE_CLIENT, token_endpoint_auth_method: 'none' });
    const secured = jsonOf(await update({ ...SERVER })) as unknown as Registered & Record<string, unknown>;
    expect(secured.client_secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect((await world.clientCredentials(secured)).status).toBe(200);
    const open = jsonOf(await update({}, secured.registration_access_token));
    expect([open['client_secret'], open['client_secret_expires_at'], open['token_endpoint_auth_method']]).toEqual([
      undefined,
      undefined,
      'none',
    ]);
    expect((await world.clientCredentials(secured)).status).toBe(401);
  });

  test('a template may have each update give another secret; the one before ends a little later', async () => {
    const { world, client, update } = await registered(templateOf({ rotateSecretOnUpdate: true, secretOverlap: 60 }));
    const next = { ...client, ...jsonOf(await update()) };
    expect(next.client_secret).not.toBe(client.client_secret);
    for (const each of [client, next]) expect((await world.clientCredentials(each)).status).toBe(200);
    world.service.now += 60;
    expect((await world.clientCredentials(client)).status).toBe(401);
    expect((await world.clientCredentials(next)).status).toBe(200);
  });

  test('no more than two secrets are good at a time', async () => {
    const { world, client, update } = await registered(templateOf({ rotateSecretOnUpdate: true, secretOverlap: 600 }));
    const second = { ...client, ...jsonOf(await update()) };
    world.service.now += 1;
    const third = { ...client, ...jsonOf(await update({}, second.registration_access_token)) };
    expect((await world.clientCredentials(client)).status).toBe(401);
    for (const each of [second, third]) expect((await world.clientCredentials(each)).status).toBe(200);
  });

  test('a secret that ends says when, and an update in the second half of its life gives another', async () => {
    const { world, client, send, update } = await registered(templateOf({ secretLifetime: 1000 }));
    expect((client as unknown as Record<string, unknown>)['client_secret_expires_at']).toBe(world.service.now + 1000);
    world.service.now += 499;
    const early = jsonOf(await update()) as unknown as Registered;
    expect(early.client_secret).toBeUndefined();
    world.service.now += 1;
    const late = jsonOf(await update({}, early.registration_access_token)) as unknown as Registered & Record<string, unknown>;
    expect(late.client_secret).toBeDefined();
    expect(late['client_secret_expires_at']).toBe(world.service.now + 1000);
    world.service.now += 1000;
    expect((await world.clientCredentials({ ...client, ...late })).status).toBe(401);
    expect((await send('GET', undefined, late.registration_access_token)).status).toBe(200);
  });

  test('a client that deletes itself is gone at once, with its tokens, and is told so (section 2.3)', async () => {
    const { world, client, send } = await registered();
    const { access_token: token } = jsonOf(await world.clientCredentials(client));
    expect(jsonOf(await world.service.introspect(String(token)))).toMatchObject({ active: true });
    const response = await send('DELETE');
    expect([response.status, response.body]).toEqual([204, null]);
    expect(jsonOf(await world.service.introspect(String(token)))).toEqual({ active: false });
    expect(jsonOf(await world.clientCredentials(client))).toMatchObject({ error: 'invalid_client' });
    const events = await world.service.stores.audit.list({ kind: 'dynamic-client', limit: 1 });
    expect(events).toMatchObject([{ action: 'dynamic-client.delete', actor: `dynamic-client ${client.client_id}`, after: null }]);
  });

  test('a client whose template is gone is unknown until it is back', async () => {
    const templates = { apps: templateOf(), partners: templateOf() };
    const world = await RegistrationWorld.open({ access: ['initial-access-token'], templates: ['partners'] }, templates);
    const client = await world.registered(SERVER, await world.initialToken({ template: 'partners' }));
    const { service } = world;
    const { profile } = service.snapshot.profiles.get(PROFILE)!;
    const { endpoint } = service.snapshot.routes.get('/register')!;
    const read = () => world.send('GET', pathOf(client), undefined, client.registration_access_token);
    await service.change(
      put('profile', { ...profile, registrationTemplates: { apps: templateOf() } }),
      put('endpoint', { ...endpoint, registration: registrationOf({ templates: [] }) }),
    );
    expect([(await read()).status, (await world.clientCredentials(client)).status]).toEqual([401, 401]);
    await service.change(put('profile', profile));
    expect([(await read()).status, (await world.clientCredentials(client)).status]).toEqual([200, 200]);
  });

  test('other methods are not known (RFC 9110 section 15.5.6)', async () => {
    const { send } = await registered();
    const response = await send('PATCH', {});
    expect([response.status, headerOf(response, 'allow')]).toEqual([405, 'GET, HEAD, PUT, DELETE']);
  });
});
