import { describe, expect, test } from '@jest/globals';
import { put } from '../configuration/configuration.ts';
import { bound, headerOf, jsonOf, PROFILE } from '../testing/service-builder.ts';
import { CODE_CLIENT, RegistrationWorld, templateOf } from '../testing/registration-world.ts';
import { AFTER, BEFORE } from './registration-execution.ts';

const open = (before: string, after: string, template = templateOf()) =>
  RegistrationWorld.open({}, { apps: template }, {}, [
    put('bucket', { profile: PROFILE, id: 'notes', description: '', origin: 'api' }),
    ...bound(BEFORE, `function result(context) { ${before} }`),
    ...bound(AFTER, `function result(context) { ${after} }`),
  ]);
const PASSED_ON = 'return context.responseFields;';
const SERVER = { grant_types: ['client_credentials'], token_endpoint_auth_method: 'client_secret_post' };

describe('procedures of client registration', () => {
  test('what the first one answers takes the place of what was sent, and what it takes away is as if never sent', async () => {
    const world = await open(
      `context.removeMetadata('software_id'); return { client_name: context.metadata.client_name + '!' };`,
      PASSED_ON,
    );
    const client = await world.registered({ ...CODE_CLIENT, client_name: 'A', software_id: 's' });
    expect([client['client_name'], client['software_id']]).toEqual(['A!', undefined]);
  });

  test('it goes no further than the template: its answer is judged as if it had been sent (RFC 7591 section 5)', async () => {
    const world = await open(`return { scope: 'read admin', grant_types: ['client_credentials', 'password'] };`, PASSED_ON);
    expect(await world.registered(CODE_CLIENT)).toMatchObject({ scope: 'read', grant_types: ['client_credentials'] });
    const hostile = await open(`return { redirect_uris: ['javascript:alert(1)'] };`, PASSED_ON);
    expect((await hostile.register(CODE_CLIENT)).status).toBe(400);
  });

  test('each may refuse in its own words, and nothing is stored', async () => {
    for (const world of [
      await open(`throw exceptionFactory.badRequestException('invalid_client_metadata', 'Not you.');`, PASSED_ON),
      await open('return {};', `throw exceptionFactory.badRequestException('invalid_client_metadata', 'Not you.');`),
    ]) {
      const response = await world.register(CODE_CLIENT);
      expect([response.status, jsonOf(response)]).toEqual([400, { error: 'invalid_client_metadata', error_description: 'Not you.' }]);
      expect((await world.service.stores.dynamicClients.list({ profile: PROFILE }, { limit: 9 })).items).toEqual([]);
    }
  });

  test('a failure is one fixed server_error, uses no token up and stores nothing', async () => {
    const world = await open('return {};', 'return null.x;');
    const response = await world.register(CODE_CLIENT);
    expect([response.status, jsonOf(response)['error']]).toEqual([500, 'server_error']);
    expect((await world.service.stores.dynamicClients.list({ profile: PROFILE }, { limit: 9 })).items).toEqual([]);
  });

  test('they see the request without secrets, what it is about, and by what right', async () => {
    const seen = `JSON.stringify([context.operation, context.template, context.registeredBy, context.softwareStatement,
      context.request.method, context.request.getHeader('authorization'), context.request.parsedBodyAsJson.client_name,
      context.client === null ? null : context.client.id])`;
    const world = await open(
      `return { software_id: ${seen} };`,
      `return { seen: JSON.stringify(context.responseFields) + context.client.capabilities.size() };`,
    );
    const client = await world.registered({ ...SERVER, client_name: 'N' });
    expect(JSON.parse(String(client['software_id']))).toEqual(['register', 'apps', 'anyone', null, 'POST', null, 'N', null]);
    expect(client['seen']).toContain(client.client_id);
    expect(client['seen']).not.toContain(client.client_secret);
    const body = { ...SERVER, client_id: client.client_id, client_secret: client.client_secret, client_name: 'M' };
    const updated = await world.send('PUT', new URL(client.registration_client_uri).pathname, body, client.registration_access_token);
    expect(JSON.parse(String(jsonOf(updated)['software_id']))).toEqual([
      ...['update', 'apps', 'anyone', null, 'PUT', null, 'M', client.client_id],
    ]);
  });

  test('no procedure sees the secret that comes with an update', async () => {
    const world = await open(
      `return { software_id: String('client_secret' in context.request.parsedBodyAsJson) + context.request.bodyAsString.length };`,
      PASSED_ON,
    );
    const client = await world.registered(SERVER);
    const body = { ...SERVER, client_id: client.client_id, client_secret: client.client_secret };
    const updated = await world.send('PUT', new URL(client.registration_client_uri).pathname, body, client.registration_access_token);
    const withoutIt = JSON.stringify({ ...SERVER, client_id: client.client_id });
    expect([updated.status, jsonOf(updated)['software_id']]).toEqual([200, `false${String(withoutIt.length)}`]);
  });

  test('what the second one adds is kept and read again; what is registered or the service alone decides stays', async () => {
    const world = await open(
      'return {};',
      `var response = { greeting: 'hello', scope: 'admin', client_id: 'x', client_secret: 'x', jwks_uri: 'https://x.example/',
        registration_access_token: 'x', client_id_issued_at: 1 }; context.response.setHeader('X-Seen', 'yes'); return response;`,
    );
    const response = await world.register({ ...SERVER, scope: 'read' });
    const client = jsonOf(response) as Awaited<ReturnType<typeof world.registered>>;
    expect(headerOf(response, 'x-seen')).toBe('yes');
    expect(client).toMatchObject({ greeting: 'hello', scope: 'read', client_id_issued_at: world.service.now });
    expect(client).not.toHaveProperty('jwks_uri');
    expect((await world.clientCredentials(client)).status).toBe(200);
    const read = await world.send('GET', new URL(client.registration_client_uri).pathname, undefined, client.registration_access_token);
    expect(jsonOf(read)).toMatchObject({ greeting: 'hello', scope: 'read' });
  });

  test('properties are for other procedures: set by either, by the template, and of what a client says only what the template names', async () => {
    const template = templateOf({ properties: { plan: 'free', region: 'eu' }, metadataProperties: ['team'] });
    const world = await open(
      `context.setClientProperty('checked', true); return {};`,
      `context.setClientProperty('plan', { name: 'gold' }); return {};`,
      template,
    );
    const client = await world.registered({ ...SERVER, team: 'red', region: 'us', admin: true });
    const propertiesOf = async () => (await world.service.snapshot.profiles.get(PROFILE)!.findClient(client.client_id))?.client.properties;
    expect(await propertiesOf()).toEqual({ plan: { name: 'gold' }, region: 'eu', checked: true, team: 'red' });
    expect([client['team'], client['admin']]).toEqual(['red', undefined]);
    const body = { ...SERVER, client_id: client.client_id };
    await world.send('PUT', new URL(client.registration_client_uri).pathname, body, client.registration_access_token);
    expect(await propertiesOf()).toEqual({ plan: { name: 'gold' }, region: 'eu', checked: true });
  });

  test.each([
    [`for (var i = 0; i < 40; i++) context.setClientProperty('p' + i, new Array(1000).join('x')); return {};`],
    [`context.getBucket('none').storeAttributes('s', 'p', { a: 1 }); return {};`],
    [`context.response.setHeader('Set-Cookie', 'a=b'); return {};`],
    [`return { big: new Array(70000).join('x') };`],
  ])('more than may be is the fault of the procedure, and nothing is stored: %s', async (after) => {
    const world = await open('return {};', after);
    expect((await world.register(CODE_CLIENT)).status).toBe(500);
    expect((await world.service.stores.dynamicClients.list({ profile: PROFILE }, { limit: 9 })).items).toEqual([]);
  });

  test('buckets are written once the client is registered', async () => {
    const store = (name: string) => `context.getBucket('notes').storeAttributes('${name}', 'registration', { name: '${name}' });`;
    const world = await open(`${store('before')} return {};`, `${store('after')} return {};`);
    expect((await world.register({ ...CODE_CLIENT, scope: 'admin' })).status).toBe(400);
    const { buckets } = world.service.stores;
    expect(await buckets.get(PROFILE, 'notes', 'before', 'registration')).toBeNull();
    await world.registered(CODE_CLIENT);
    expect(await buckets.get(PROFILE, 'notes', 'before', 'registration')).toBe('{"name":"before"}');
    expect(await buckets.get(PROFILE, 'notes', 'after', 'registration')).toBe('{"name":"after"}');
  });
});
