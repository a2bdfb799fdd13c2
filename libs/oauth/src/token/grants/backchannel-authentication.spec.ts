import { describe, expect, test } from '@jest/globals';
import { put } from '../../configuration/configuration.ts';
import { BackchannelWorld } from '../../testing/backchannel-world.ts';
import { refusal } from '../../testing/exchange-world.ts';
import { aPolledAuthorization } from '../../testing/store-builders.ts';
import { mintOneTimeToken } from '../one-time-token.ts';
import { bound, claimsOf, clientOf, ISSUER, jsonOf, PROFILE } from '../../testing/service-builder.ts';

const FLOW = 'oauth-token-backchannel-authentication';

/** A request that alice has approved. */
async function approved(world: BackchannelWorld, parameters: Readonly<Record<string, string>> = {}): Promise<string> {
  const id = await world.asked(parameters);
  await world.decide('approve', { acr: 'high', amr: 'pin' });
  return id;
}

describe('a client that polls (OpenID Connect CIBA sections 10.1 and 11)', () => {
  test('is told to wait until the person has decided', async () => {
    const world = await BackchannelWorld.open();
    expect(refusal(await world.poll(await world.asked()))).toEqual([400, 'authorization_pending']);
  });

  test('is told to slow down when it asks again at once', async () => {
    const world = await BackchannelWorld.open();
    const id = await world.asked();
    await world.poll(id);
    expect(refusal(await world.poll(id))).toEqual([400, 'slow_down']);
  });

  test('gets an access token, a refresh token and an id token of the person who has said yes', async () => {
    const world = await BackchannelWorld.open();
    const response = await world.poll(await approved(world));
    expect(response.status).toBe(200);
    const answer = jsonOf(response);
    expect(answer).toEqual({
      access_token: expect.stringMatching(/^twa_/),
      refresh_token: expect.stringMatching(/^twr_/),
      id_token: expect.stringMatching(/^ey/),
      // Procedures see the machine's clock.
      ...{ token_type: 'bearer', expires_in: expect.any(Number), scope: 'openid read' },
    });
    expect(claimsOf(String(answer['id_token']))).toEqual({
      ...{ iss: ISSUER, sub: 'id-of-alice', aud: 'till', purpose: 'id', acr: 'high', amr: ['pin'] },
      ...{ auth_time: world.service.now, iat: world.service.now, exp: world.service.now + 600 },
      at_hash: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
    });
    expect(jsonOf(await world.service.introspect(String(answer['access_token'])))).toMatchObject({
      ...{ active: true, sub: 'id-of-alice', client_id: 'till', scope: 'openid read' },
    });
  });

  test('gets no claim that is for another mode: urn:openid:params:jwt:claim:auth_req_id is of push (section 10.3.1)', async () => {
    const world = await BackchannelWorld.open();
    const { id_token: idToken } = jsonOf(await world.poll(await approved(world)));
    expect(claimsOf(String(idToken))).not.toHaveProperty('urn:openid:params:jwt:claim:auth_req_id');
  });

  test('is told one of the acr_values that it has asked for, where the authentication was no less sure', async () => {
    const world = await BackchannelWorld.open();
    const profile = world.service.snapshot.profiles.get(PROFILE)?.profile;
    if (profile === undefined) throw new Error('there is no profile');
    const levels = { high: 3, medium: 2, low: 1 };
    await world.service.change(put('profile', { ...profile, authenticationContexts: { levels, password: 'low' } }));
    const acrOf = async (acr_values: string) => {
      const { id_token: idToken } = jsonOf(await world.poll(await approved(world, { acr_values })));
      return claimsOf(String(idToken))['acr'];
    };
    expect(await acrOf('medium low')).toBe('medium');
    expect(await acrOf('unheard-of')).toBe('high');
  });

  test('can refresh what it got (RFC 6749 section 6)', async () => {
    const world = await BackchannelWorld.open();
    const { refresh_token: token } = jsonOf(await world.poll(await approved(world)));
    const refreshed = await world.service.tokenRequest({ grant_type: 'refresh_token', refresh_token: String(token) }, 'till');
    expect([refreshed.status, jsonOf(refreshed)['scope']]).toEqual([200, 'openid read']);
  });

  test('is told when the person has said no', async () => {
    const world = await BackchannelWorld.open();
    const id = await world.asked();
    await world.decide('deny');
    expect(refusal(await world.poll(id))).toEqual([400, 'access_denied']);
  });

  test('is told when the person did not decide in time', async () => {
    const world = await BackchannelWorld.open();
    const { value, hash } = mintOneTimeToken('auth_req_id');
    const polled = aPolledAuthorization({ profile: PROFILE, hash, clientId: 'till', expiresAt: world.service.now - 1 });
    await world.service.stores.tokens.commit([{ at: 0, effects: [], requires: [], claim: null, polled }]);
    expect(refusal(await world.poll(value))).toEqual([400, 'expired_token']);
  });

  test.each([
    ['of another client', 'other'],
    ['that was made up', 'till'],
  ])('gets nothing for an auth_req_id %s', async (_, client) => {
    const other = clientOf('other', { capabilities: ['backchannel-authentication'], scopes: ['openid'] });
    const world = await BackchannelWorld.open({}, [put('client', other)]);
    const id = await approved(world);
    const sent = client === 'other' ? id : `twb_${'A'.repeat(50)}`;
    expect(refusal(await world.poll(sent, {}, client))).toEqual([400, 'invalid_grant']);
    expect((await world.poll(id)).status).toBe(200);
  });

  test('gets nothing for the id that the person knows, nor without any', async () => {
    const world = await BackchannelWorld.open();
    await world.asked();
    const [id = ''] = await world.waiting();
    expect(refusal(await world.poll(id))).toEqual([400, 'invalid_grant']);
    expect(refusal(await world.poll(''))).toEqual([400, 'invalid_request']);
  });

  test('gets its tokens once, however often it asks at the same time', async () => {
    const world = await BackchannelWorld.open();
    const id = await approved(world);
    const answers = await Promise.all(Array.from({ length: 20 }, () => world.poll(id)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(refusal(await world.poll(id))).toEqual([400, 'invalid_grant']);
  });

  test('loses what it got when the auth_req_id is presented again, as with codes (RFC 6749 section 4.1.2)', async () => {
    const other = clientOf('other', { capabilities: ['backchannel-authentication'], scopes: ['openid'] });
    const world = await BackchannelWorld.open({}, [put('client', other)]);
    const id = await approved(world);
    const { access_token: token } = jsonOf(await world.poll(id));
    const isActive = async () => jsonOf(await world.service.introspect(String(token)))['active'];
    expect(refusal(await world.poll(id, {}, 'other'))).toEqual([400, 'invalid_grant']);
    expect(await isActive()).toBe(true);
    expect(refusal(await world.poll(id))).toEqual([400, 'invalid_grant']);
    expect(await isActive()).toBe(false);
    expect(await world.service.stores.audit.list({ kind: 'delegation', limit: 9 })).toMatchObject([
      { action: 'backchannel-authentication.reused', after: { client: 'till' } },
    ]);
  });

  test('gets nothing of a person whose account was disabled meanwhile', async () => {
    const world = await BackchannelWorld.open();
    const id = await approved(world);
    await world.service.stores.accounts.update(PROFILE, 'id-of-alice', { enabled: false }, world.service.now);
    expect(refusal(await world.poll(id))).toEqual([400, 'access_denied']);
  });

  test('names resources among those of the request (RFC 8707 section 2.2)', async () => {
    const world = await BackchannelWorld.open();
    const api = { audience: null, scopes: null, accessTokenFormat: null, accessTokenLifetime: null };
    const profile = world.service.snapshot.profiles.get(PROFILE)?.profile;
    if (profile === undefined) throw new Error('there is no profile');
    const resources = { 'https://a.example': api, 'https://b.example': api };
    await world.service.change(put('profile', { ...profile, resources }));
    const id = await approved(world, { resource: 'https://a.example' });
    expect(refusal(await world.poll(id, { resource: 'https://b.example' }))).toEqual([400, 'invalid_target']);
    const { access_token: token } = jsonOf(await world.poll(id));
    expect(jsonOf(await world.service.introspect(String(token)))).toMatchObject({ aud: 'https://a.example' });
  });

  test('is one that may: without the capability it is told so', async () => {
    const world = await BackchannelWorld.open();
    expect(refusal(await world.poll('x', {}, 'app'))).toEqual([400, 'unauthorized_client']);
  });
});

describe('the procedure of the grant', () => {
  test('sees what was asked and answered', async () => {
    const source = `function result(context) {
      const { data } = context.presentedNonce;
      return { ...data, name: context.subjectAttributes().name, delegation: String(context.delegation) };
    }`;
    const world = await BackchannelWorld.open({}, bound(FLOW, source));
    const answer = jsonOf(await world.poll(await approved(world, { binding_message: 'W4SCT', acr_values: 'high low' })));
    expect(answer).toMatchObject({
      ...{ sub: 'id-of-alice', scope: 'openid read', aud: 'till', iss: ISSUER, auth_time: world.service.now },
      ...{ binding_message: 'W4SCT', acr_values: 'high low', name: 'A', delegation: 'null' },
    });
  });

  test('does not burn the request when it fails, and does when it refuses', async () => {
    const failing = `function result(context) {
      if (context.request.getFormParameter('now') === 'fail') return context.missing.member;
      throw exceptionFactory.badRequestException('invalid_request', 'No.');
    }`;
    const world = await BackchannelWorld.open({}, bound(FLOW, failing));
    const id = await approved(world);
    expect(refusal(await world.poll(id, { now: 'fail' }))).toEqual([500, 'server_error']);
    expect(refusal(await world.poll(id, { now: 'refuse' }))).toEqual([400, 'invalid_request']);
    expect(refusal(await world.poll(id))).toEqual([400, 'invalid_grant']);
  });
});
