import { describe, expect, jest, test } from '@jest/globals';
import { put, remove } from '../configuration/configuration.ts';
import { entityKey } from '../configuration/entities.ts';
import { DEVICE_AUTHORIZATION, DeviceWorld, refusalOf } from '../testing/device-world.ts';
import { BASE_URL, bound, clientOf, endpointOf, headerOf, jsonOf, PROFILE, SECRET } from '../testing/service-builder.ts';

const FLOW = 'oauth-device-authorization';

describe('a device that asks for a code (RFC 8628 section 3.1)', () => {
  test('is told what it polls with, what the person enters and where, and for how long (section 3.2)', async () => {
    const tv = await DeviceWorld.open();
    const response = await tv.request({ scope: 'read' });
    expect(response.status).toBe(200);
    expect(headerOf(response, 'cache-control')).toBe('no-store');
    expect(headerOf(response, 'content-type')).toBe('application/json');
    const answer = jsonOf(response);
    expect(answer).toEqual({
      device_code: expect.stringMatching(/^twd_[A-Za-z0-9_-]{50}$/),
      user_code: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/),
      verification_uri: `${BASE_URL}/people/device`,
      verification_uri_complete: `${BASE_URL}/people/device?user_code=${String(answer['user_code'])}`,
      expires_in: 600,
      interval: 5,
    });
  });

  test('waits as the endpoint says', async () => {
    const endpoint = endpointOf(FLOW, DEVICE_AUTHORIZATION, { deviceAuthorization: { codeLifetime: 120, pollInterval: 7 } });
    const tv = await DeviceWorld.open({ changes: [put('endpoint', endpoint)] });
    expect(await tv.ask()).toMatchObject({ expires_in: 120, interval: 7 });
  });

  test('is known by its secret, or by its id alone if it can keep none', async () => {
    const tv = await DeviceWorld.open({ changes: [put('client', clientOf('box', { capabilities: ['device-authorization'] }))] });
    expect((await tv.request()).status).toBe(200);
    expect((await tv.request({ client_id: 'box', client_secret: SECRET })).status).toBe(200);
    expect(refusalOf(await tv.request({ client_id: 'box', client_secret: 'wrong' }))).toEqual([401, 'invalid_client']);
    expect(refusalOf(await tv.request({ client_id: 'box' }))).toEqual([401, 'invalid_client']);
    expect(refusalOf(await tv.request({ client_id: 'nobody' }))).toEqual([401, 'invalid_client']);
  });

  test.each<[string, string, Readonly<Record<string, string>>, readonly unknown[]]>([
    ['a client without the capability', 'app', { client_secret: SECRET }, [400, 'unauthorized_client']],
    ['a scope that the client may not have', 'tv', { scope: 'read admin' }, [400, 'invalid_scope']],
    ['a malformed scope', 'tv', { scope: 'read  "' }, [400, 'invalid_scope']],
    ['a resource that there is not', 'tv', { resource: 'https://nowhere.example' }, [400, 'invalid_target']],
    ['a resource that is no URI', 'tv', { resource: 'orders' }, [400, 'invalid_target']],
    ['a DPoP proof that is none', 'tv', {}, [400, 'invalid_dpop_proof']],
  ])('is refused: %s', async (what, client_id, form, refusal) => {
    const tv = await DeviceWorld.open();
    const headers = what.includes('DPoP') ? { dpop: 'x.y.z' } : {};
    expect(refusalOf(await tv.request({ client_id, ...form }, headers))).toEqual(refusal);
  });

  test('is refused by another method or content type, and with a parameter given twice', async () => {
    const { world } = await DeviceWorld.open();
    const get = await world.get(DEVICE_AUTHORIZATION);
    expect([get.status, headerOf(get, 'allow')]).toEqual([405, 'POST']);
    expect((await world.post(DEVICE_AUTHORIZATION, '{}', { 'content-type': 'application/json' })).status).toBe(415);
    for (const body of ['client_id=tv&scope=read&scope=write', 'client_id=tv&client_id=tv', 'client_id=tv&scope=%'])
      expect(refusalOf(await world.post(DEVICE_AUTHORIZATION, body))).toEqual([400, 'invalid_request']);
  });

  test('is refused where nobody can sign in', async () => {
    const tv = await DeviceWorld.open({ changes: [remove('endpoint', entityKey(PROFILE, 'user-pages'))] });
    expect(refusalOf(await tv.request())).toEqual([503, 'temporarily_unavailable']);
  });

  test('leaves only hashes of its codes behind, and nothing that opens anything', async () => {
    const tv = await DeviceWorld.open();
    const commit = jest.spyOn(tv.world.stores.tokens, 'commit');
    const { device_code: code, user_code: typed } = await tv.ask();
    const stored = JSON.stringify(commit.mock.calls, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    );
    for (const secret of [code, typed, typed.replace('-', '')]) expect(stored).not.toContain(secret);
    expect(commit.mock.calls[0]?.[0]).toMatchObject([
      { effects: [], claim: null, polled: { kind: 'device_code', clientId: 'tv', subject: null } },
    ]);
  });

  test("gets another user code where the first one is somebody else's", async () => {
    const tv = await DeviceWorld.open();
    const { tokens } = tv.world.stores;
    const commit = jest.spyOn(tokens, 'commit').mockReturnValueOnce(['taken']);
    const { user_code: typed } = await tv.ask();
    expect(commit).toHaveBeenCalledTimes(2);
    const [first, second] = commit.mock.calls.map(([commits]) => commits[0]?.polled);
    expect(second?.userCode).not.toEqual(first?.userCode);
    await tv.at.signIn();
    expect((await tv.enter(typed)).body).toContain(typed);
  });

  test('is told to try again where no user code is free', async () => {
    const tv = await DeviceWorld.open();
    jest.spyOn(tv.world.stores.tokens, 'commit').mockReturnValue(['taken']);
    expect(refusalOf(await tv.request())).toEqual([500, 'server_error']);
  });
});

describe('the procedure of a device that asks (PROCEDURE_API 6)', () => {
  test('adds to the answer, but not in place of what the endpoint says, and to the data of the code', async () => {
    const source = `function result(context) {
      var data = context.getDefaultDeviceCodeData();
      data.put('asked_by', context.client.id);
      context.deviceCodeNonceIssuer.issue(data);
      return { note: data.purpose + ' ' + data.scope, user_code: 'AAAA-AAAA', interval: 0 };
    }`;
    const tv = await DeviceWorld.open({ changes: bound(FLOW, source) });
    const answer = (await tv.ask({ scope: 'read write' })) as unknown as Record<string, unknown>;
    expect(answer).toMatchObject({ note: 'device_code read write', interval: 5 });
    expect(answer['user_code']).not.toBe('AAAA-AAAA');
  });

  test.each([
    ['issues no device code', 'return {};', 'must issue a device code'],
    [
      'issues two',
      'var i = context.deviceCodeNonceIssuer, d = context.getDefaultDeviceCodeData(); i.issue(d); i.issue(d); return {};',
      'issues one device code',
    ],
    ['would issue a token', 'return { access_token: context.accessTokenIssuer.issue({}) };', ''],
  ])('is at fault when it %s, and nothing is stored', async (_what, body, message) => {
    const tv = await DeviceWorld.open({ changes: bound(FLOW, `function result(context) { ${body} }`) });
    const commit = jest.spyOn(tv.world.stores.tokens, 'commit');
    expect(refusalOf(await tv.request())).toEqual([500, 'server_error']);
    expect(commit).not.toHaveBeenCalled();
    expect(JSON.stringify(tv.world.service.executions.faults)).toContain(message);
  });

  test('may refuse by its own code', async () => {
    const source = `function result(context) { throw exceptionFactory.badRequestException('invalid_request', 'Not today.'); }`;
    const tv = await DeviceWorld.open({ changes: bound(FLOW, source) });
    expect(refusalOf(await tv.request())).toEqual([400, 'invalid_request']);
  });
});
