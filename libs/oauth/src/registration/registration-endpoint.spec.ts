import { describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { put } from '../configuration/configuration.ts';
import { clientOf, headerOf, ISSUER, jsonOf, PROFILE } from '../testing/service-builder.ts';
import { CODE_CLIENT, REGISTRATION, RegistrationWorld, templateOf } from '../testing/registration-world.ts';

const codeOf = (response: { readonly status: number; readonly body: string | null }) => [
  response.status,
  jsonOf(response as never)['error'],
];

describe('registration of clients', () => {
  test('answers 201 with the client, its secret and everything that is registered, not to be kept (RFC 7591 section 3.2.1)', async () => {
    const world = await RegistrationWorld.open();
    const response = await world.register({
      ...CODE_CLIENT,
      ...{ client_name: 'Bücher', 'client_name#de-CH': 'Büecher', client_uri: 'https://app.example/', contacts: ['a@app.example'] },
      ...{ software_id: 's', software_version: '2', grant_types: ['authorization_code', 'refresh_token'], scope: 'write read' },
    });
    expect(response.status).toBe(201);
    expect(headerOf(response, 'cache-control')).toBe('no-store');
    const { client_id, client_secret, registration_access_token, registration_client_uri, ...rest } = jsonOf(response);
    expect(client_id).toMatch(/^dyn_[A-Za-z0-9_-]{22}$/);
    expect(client_secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(registration_access_token).toMatch(/^twm_[A-Za-z0-9_-]{50}$/);
    expect(registration_client_uri).toBe(`https://as.example${REGISTRATION}/${String(client_id)}`);
    expect(rest).toEqual({
      client_id_issued_at: world.service.now,
      client_secret_expires_at: 0,
      ...{ client_name: 'Bücher', 'client_name#de-CH': 'Büecher', client_uri: 'https://app.example/', contacts: ['a@app.example'] },
      ...{ software_id: 's', software_version: '2', token_endpoint_auth_method: 'client_secret_basic' },
      ...{ grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], scope: 'write read', ...CODE_CLIENT },
      ...{ subject_type: 'public', id_token_signed_response_alg: 'ES256' },
    });
  });

  test('nothing secret is stored or told to administrators: hashes alone (RFC 7591 section 5)', async () => {
    const world = await RegistrationWorld.open();
    const { client_id, client_secret, registration_access_token } = await world.registered(CODE_CLIENT);
    const stored = JSON.stringify(await world.service.stores.dynamicClients.find(PROFILE, client_id, null));
    const audit = await world.service.stores.audit.list({ kind: 'dynamic-client', limit: 10 });
    expect(audit).toMatchObject([
      { action: 'dynamic-client.register', actor: 'anyone', after: { template: 'apps', metadata: CODE_CLIENT } },
    ]);
    for (const secret of [client_secret, registration_access_token])
      for (const text of [stored, JSON.stringify(audit), JSON.stringify(world.service.log)]) expect(text).not.toContain(secret);
    expect(JSON.stringify(audit)).not.toContain('sha256$');
  });

  test('the client can be used at once, and gets no more than was registered', async () => {
    const world = await RegistrationWorld.open();
    const client = await world.registered({ grant_types: ['client_credentials'], scope: 'read' });
    expect([client['response_types'], client['token_endpoint_auth_method']]).toEqual([[], 'client_secret_basic']);
    // In the form it is the same secret.
    expect(jsonOf(await world.clientCredentials(client))).toMatchObject({ token_type: 'bearer', scope: 'read' });
    const posting = await world.registered({
      ...{ grant_types: ['client_credentials'], scope: 'read', token_endpoint_auth_method: 'client_secret_post' },
    });
    expect(jsonOf(await world.clientCredentials(posting))).toMatchObject({ token_type: 'bearer', scope: 'read' });
    expect(jsonOf(await world.clientCredentials(posting, { scope: 'write' }))).toMatchObject({ error: 'invalid_scope' });
  });

  test('it never introspects, whatever it asks for (RFC 7662 section 2.1)', async () => {
    const world = await RegistrationWorld.open();
    const client = await world.registered({
      ...{ grant_types: ['client_credentials'], token_endpoint_auth_method: 'client_secret_post', capabilities: ['introspection'] },
      introspection: { policy: 'any' },
    });
    const token = await world.service.token();
    const asked = await world.service.post('/introspect', { token, client_id: client.client_id, client_secret: client.client_secret });
    expect(codeOf(asked)).toEqual([403, 'unauthorized_client']);
  });

  test('what a template allows no more holds no more, for clients that are there already', async () => {
    const world = await RegistrationWorld.open();
    const client = await world.registered({
      ...{ grant_types: ['client_credentials'], scope: 'read write', token_endpoint_auth_method: 'client_secret_post' },
    });
    await world.retemplate({ scopes: ['read'], accessTokenLifetime: 7 });
    expect(jsonOf(await world.clientCredentials(client))).toMatchObject({ scope: 'read', expires_in: 7 });
    await world.retemplate({ capabilities: ['authorization-code'] });
    expect(jsonOf(await world.clientCredentials(client))).toMatchObject({ error: 'unauthorized_client' });
    await world.retemplate({ authenticationMethods: ['private_key_jwt'] });
    expect(jsonOf(await world.clientCredentials(client))).toMatchObject({ error: 'invalid_client' });
  });

  test('a client whose time is over is unknown', async () => {
    const world = await RegistrationWorld.open({}, { apps: templateOf({ clientLifetime: 100 }) });
    const client = await world.registered({ grant_types: ['client_credentials'], token_endpoint_auth_method: 'client_secret_post' });
    expect((await world.clientCredentials(client)).status).toBe(200);
    world.service.now += 100;
    expect(jsonOf(await world.clientCredentials(client))).toMatchObject({ error: 'invalid_client' });
    const read = await world.send('GET', new URL(client.registration_client_uri).pathname, undefined, client.registration_access_token);
    expect(read.status).toBe(401);
  });

  test.each([
    ['GET', REGISTRATION, 405],
    ['PUT', REGISTRATION, 405],
    ['POST', `${REGISTRATION}/x`, 401],
    ['GET', `${REGISTRATION}/x`, 401],
    ['GET', `${REGISTRATION}/dyn_AAAAAAAAAAAAAAAAAAAAAA`, 401],
  ])('%s %s is answered %s', async (method, path, status) => {
    const world = await RegistrationWorld.open();
    expect((await world.send(method, path, {})).status).toBe(status);
  });

  test('a body must be JSON, and an object', async () => {
    const world = await RegistrationWorld.open();
    expect(codeOf(await world.service.post(REGISTRATION, {}))).toEqual([415, 'invalid_request']);
    for (const body of ['', '{', '[]', 'null', '"x"', `{"a":${'['.repeat(200)}${']'.repeat(200)}}`])
      expect(codeOf(await world.register(body))).toEqual([400, 'invalid_client_metadata']);
  });

  test('one address registers so often in a minute, and others go on', async () => {
    const world = await RegistrationWorld.open({ perMinute: 2 });
    const statuses = [];
    for (const address of ['192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.2'])
      statuses.push((await world.register(CODE_CLIENT, undefined, address)).status);
    expect(statuses).toEqual([201, 201, 429, 201]);
    const refused = await world.register(CODE_CLIENT);
    expect(Number(headerOf(refused, 'retry-after'))).toBeGreaterThan(0);
    expect(world.service.service.counts.refusals.count(PROFILE, 'registrations')).toBe(2);
  });

  test('there are no more clients of a template than it allows', async () => {
    const world = await RegistrationWorld.open({}, { apps: templateOf({ maximumClients: 1 }) });
    await world.registered(CODE_CLIENT);
    expect(codeOf(await world.register(CODE_CLIENT))).toEqual([503, 'temporarily_unavailable']);
  });

  test('the endpoint is in the metadata (RFC 8414 section 2)', async () => {
    const world = await RegistrationWorld.open();
    const found = jsonOf(await world.service.get('/.well-known/oauth-authorization-server/~'));
    expect(found['registration_endpoint']).toBe(`https://as.example${REGISTRATION}`);
  });
});

describe('finding clients that have registered themselves', () => {
  test('a client of the configuration is found before one that has registered itself', async () => {
    const id = 'dyn_AAAAAAAAAAAAAAAAAAAAAA';
    const world = await RegistrationWorld.open({}, undefined, {}, [put('client', clientOf(id, { name: 'configured' }))]);
    const profile = world.service.snapshot.profiles.get(PROFILE);
    expect(await profile?.findClient(id)).toMatchObject({ client: { name: 'configured' } });
  });

  test('it is one object for as long as nothing changes, so that what hangs from it is made once', async () => {
    const world = await RegistrationWorld.open();
    const { client_id } = await world.registered(CODE_CLIENT);
    const profile = world.service.snapshot.profiles.get(PROFILE);
    expect(await profile?.findClient(client_id)).toBe(await profile?.findClient(client_id));
    expect(profile?.configuredClient(client_id)).toBeUndefined();
  });
});

describe('who may register (RFC 7591 section 3)', () => {
  test('nobody without a token where one is needed, and the challenge says so (RFC 6750 section 3)', async () => {
    const world = await RegistrationWorld.open({ access: ['initial-access-token'] });
    const response = await world.register(CODE_CLIENT);
    expect(codeOf(response)).toEqual([401, 'invalid_token']);
    expect(headerOf(response, 'www-authenticate')).toBe(`Bearer realm="${ISSUER}"`);
  });

  test('an initial access token is good once, and a refusal does not use it up', async () => {
    const world = await RegistrationWorld.open({ access: ['initial-access-token'] });
    const token = await world.initialToken();
    expect(codeOf(await world.register({ redirect_uris: [] }, token))).toEqual([400, 'invalid_redirect_uri']);
    const answers = await Promise.all(Array.from({ length: 100 }, () => world.register(CODE_CLIENT, token)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(99);
  });

  test('it ends, and is good at its own endpoint alone', async () => {
    const world = await RegistrationWorld.open({ access: ['initial-access-token'] });
    const ended = await world.initialToken({ expiresAt: world.service.now });
    const wrong = `twi_${'A'.repeat(50)}`;
    for (const token of [ended, wrong, `${ended}x`, 'x']) expect((await world.register(CODE_CLIENT, token)).status).toBe(401);
  });

  test('it may name another template of the endpoint, and no other', async () => {
    const templates = { apps: templateOf(), partners: templateOf({ scopes: ['write'] }), inner: templateOf() };
    const world = await RegistrationWorld.open({ access: ['initial-access-token'], templates: ['partners'] }, templates);
    expect((await world.registered(CODE_CLIENT, await world.initialToken({ template: 'partners' })))['scope']).toBe('write');
    expect((await world.register(CODE_CLIENT, await world.initialToken({ template: 'inner' }))).status).toBe(401);
  });

  test('an access token of the profile with the scope is one, another is not', async () => {
    const world = await RegistrationWorld.open({ access: ['access-token'], accessTokenScope: 'write' });
    const client = await world.registered(CODE_CLIENT, await world.service.token({ scope: 'write' }));
    expect(await world.service.stores.dynamicClients.find(PROFILE, client.client_id, null)).toMatchObject({
      registeredBy: 'access-token app',
    });
    expect(codeOf(await world.register(CODE_CLIENT, await world.service.token({ scope: 'read' })))).toEqual([403, 'insufficient_scope']);
    const revoked = await world.service.token({ scope: 'write' });
    await world.service.revoke(revoked);
    expect((await world.register(CODE_CLIENT, revoked)).status).toBe(401);
    expect((await world.register(CODE_CLIENT)).status).toBe(401);
  });

  test('a token that is not good is refused where nobody needs one, too', async () => {
    const world = await RegistrationWorld.open();
    expect((await world.register(CODE_CLIENT, 'x')).status).toBe(401);
  });
});

describe('software statements (RFC 7591 section 2.3)', () => {
  const DIRECTORY = 'https://directory.example';

  async function directory(settings: Parameters<typeof RegistrationWorld.open>[0] = {}) {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256' }] };
    const trusted = { issuer: DIRECTORY, jwks, jwksUri: null, audiences: [ISSUER], algorithms: ['ES256'], subjectPrefix: null };
    const world = await RegistrationWorld.open(
      { access: ['software-statement'], softwareStatements: [{ issuer: DIRECTORY, template: 'vouched' }], ...settings },
      { apps: templateOf(), vouched: templateOf({ properties: { vouched: true } }) },
      { trustedIssuers: [trusted] },
    );
    const statement = (claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}, key = privateKey) =>
      new SignJWT({ iss: DIRECTORY, software_id: 'known', ...claims }).setProtectedHeader({ alg: 'ES256', ...header }).sign(key);
    return { world, statement };
  }

  test('what it says takes the place of what the client says, and it is answered as it was sent', async () => {
    const { world, statement } = await directory();
    const text = await statement({ client_name: 'Vouched', redirect_uris: ['https://vouched.example/cb'] });
    const client = await world.registered({ client_name: 'Other', redirect_uris: ['https://evil.example/'], software_statement: text });
    expect(client).toMatchObject({
      ...{ client_name: 'Vouched', redirect_uris: ['https://vouched.example/cb'], software_id: 'known', software_statement: text },
    });
    expect(await world.service.stores.dynamicClients.find(PROFILE, client.client_id, null)).toMatchObject({
      ...{ template: 'vouched', registeredBy: `software-statement ${DIRECTORY}` },
    });
  });

  test('of an issuer that is not named it is not approved, and a wrong one is invalid (section 3.2.2)', async () => {
    const { world, statement } = await directory();
    const other = await generateKeyPair('ES256');
    const send = async (software_statement: unknown) => codeOf(await world.register({ ...CODE_CLIENT, software_statement }));
    expect(await send(await statement({ iss: 'https://other.example' }))).toEqual([400, 'unapproved_software_statement']);
    for (const text of [
      ...['x', 'a.b.c', 5, await statement({}, {}, other.privateKey), await statement({ exp: 1 }), await statement({}, { typ: 'at+jwt' })],
      ...[await statement({ software_id: undefined }), await statement({ aud: 'https://other.example' })],
    ])
      expect(await send(text)).toEqual([400, 'invalid_software_statement']);
  });

  test('without one there is no registration where it is the only way, or required', async () => {
    const { world } = await directory();
    expect((await world.register(CODE_CLIENT)).status).toBe(401);
    const required = await directory({ access: ['anyone'], softwareStatementRequired: true });
    expect(codeOf(await required.world.register(CODE_CLIENT))).toEqual([400, 'invalid_client_metadata']);
    const text = await required.statement();
    expect((await required.world.register({ ...CODE_CLIENT, software_statement: text })).status).toBe(201);
  });

  test('where no statements are taken, one that is sent is refused and not passed over', async () => {
    const { world, statement } = await directory({ access: ['anyone'], softwareStatements: [] });
    expect(codeOf(await world.register({ ...CODE_CLIENT, software_statement: await statement() }))).toEqual([
      ...[400, 'unapproved_software_statement'],
    ]);
  });

  test('an update goes on by the statement that the client has, also when its time is over', async () => {
    const { world, statement } = await directory();
    const text = await statement({ exp: world.service.now + 60 });
    const client = await world.registered({ ...CODE_CLIENT, software_statement: text });
    world.service.now += 3600;
    const path = new URL(client.registration_client_uri).pathname;
    const change = { ...CODE_CLIENT, client_id: client.client_id, client_name: 'New' };
    expect(codeOf(await world.send('PUT', path, change, client.registration_access_token))).toEqual([400, 'invalid_client_metadata']);
    const updated = await world.send('PUT', path, { ...change, software_statement: text }, client.registration_access_token);
    expect([updated.status, jsonOf(updated)['client_name']]).toEqual([200, 'New']);
  });
});
