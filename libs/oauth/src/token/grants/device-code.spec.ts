import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { put } from '../../configuration/configuration.ts';
import { DEVICE_AUTHORIZATION, DeviceWorld, refusalOf } from '../../testing/device-world.ts';
import { BASE_URL, bound, claimsOf, clientOf, jsonOf, PROFILE, SECRET, TOKEN } from '../../testing/service-builder.ts';

const FLOW = 'oauth-token-device-code';

async function aKey() {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const proof = async (path: string) => ({
    dpop: await new SignJWT({ jti: randomUUID(), htm: 'POST', htu: BASE_URL + path, iat: Math.floor(Date.now() / 1000) })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
      .sign(privateKey),
  });
  return { jkt: await calculateJwkThumbprint(jwk), proof };
}

describe('a device that polls (RFC 8628 section 3.5)', () => {
  test('is told that nobody has decided yet, and to slow down when it does not wait', async () => {
    const tv = await DeviceWorld.open();
    const { device_code: code } = await tv.ask();
    expect(refusalOf(await tv.poll(code))).toEqual([400, 'authorization_pending']);
    expect(refusalOf(await tv.poll(code))).toEqual([400, 'slow_down']);
    expect(refusalOf(await tv.poll(code))).toEqual([400, 'slow_down']);
  });

  test('gets tokens of the person who has allowed it, once, however soon it asks then', async () => {
    const tv = await DeviceWorld.open();
    const { device_code: code, user_code: typed } = await tv.ask({ scope: 'read' });
    await tv.poll(code);
    await tv.at.signIn();
    await tv.decide(await tv.enter(typed), { decision: 'allow' });
    const answer = await tv.poll(code);
    expect(answer.status).toBe(200);
    expect(jsonOf(answer)).toEqual({
      ...{ access_token: expect.stringMatching(/^twa_/), refresh_token: expect.stringMatching(/^twr_/) },
      ...{ token_type: 'bearer', expires_in: 300, scope: 'read' },
    });
    expect(jsonOf(await tv.world.introspect(String(jsonOf(answer)['access_token'])))).toMatchObject({
      active: true,
      sub: 'id-of-alice',
      scope: 'read',
    });
    expect(refusalOf(await tv.poll(code))).toEqual([400, 'invalid_grant']);
  });

  test('is told that the person has denied it, for as long as it asks', async () => {
    const tv = await DeviceWorld.open();
    const { device_code: code, user_code: typed } = await tv.ask();
    await tv.at.signIn();
    await tv.decide(await tv.enter(typed), { decision: 'deny' });
    for (let i = 0; i < 2; i++) expect(refusalOf(await tv.poll(code))).toEqual([400, 'access_denied']);
  });

  test('is told that the code has expired', async () => {
    const tv = await DeviceWorld.open();
    tv.world.now -= 601;
    const { device_code: code } = await tv.ask();
    expect(refusalOf(await tv.poll(code))).toEqual([400, 'expired_token']);
  });

  test.each([
    ['none', undefined, 'invalid_request'],
    ['an empty one', '', 'invalid_request'],
    ['one that was made up', `twd_${'A'.repeat(50)}`, 'invalid_grant'],
    ['an authorization code', `twc_${'A'.repeat(50)}`, 'invalid_grant'],
    ['a giant one', 'A'.repeat(100_000), 'invalid_grant'],
  ])('with %s instead of a device code is refused', async (_what, code, error) => {
    const tv = await DeviceWorld.open();
    const form = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', client_id: 'tv' };
    const response = await tv.world.post(TOKEN, code === undefined ? form : { ...form, device_code: code });
    expect(refusalOf(response)).toEqual([400, error]);
  });

  test('with a code of another client is refused, as one that is not known, and slows nobody down', async () => {
    const tv = await DeviceWorld.open({ changes: [put('client', clientOf('box', { capabilities: ['device-authorization'] }))] });
    const { device_code: code } = await tv.ask();
    const asBox = () => tv.poll(code, { client_id: 'box', client_secret: SECRET });
    for (let i = 0; i < 3; i++) expect(jsonOf(await asBox())).toEqual(jsonOf(await tv.poll(`${code.slice(0, -1)}!`)));
    expect(refusalOf(await tv.poll(code))).toEqual([400, 'authorization_pending']);
  });

  test('needs the capability, and so does the profile', async () => {
    const tv = await DeviceWorld.open();
    expect(refusalOf(await tv.poll('x', { client_id: 'app', client_secret: SECRET }))).toEqual([400, 'unauthorized_client']);
    const without = await DeviceWorld.open({
      client: { capabilities: [] },
      profile: { capabilities: ['authorization-code', 'client-credentials', 'introspection', 'revocation'] },
    });
    expect(refusalOf(await without.poll('x'))).toEqual([400, 'unsupported_grant_type']);
  });
});

describe('the tokens of a device', () => {
  test('have an id token where it asked for openid, of the login of the person (OpenID Connect Core section 3.1.3.3)', async () => {
    const tv = await DeviceWorld.open();
    const { device_code: code } = await tv.allowed({ scope: 'openid read' });
    const session = await tv.at.whoIs();
    const { id_token: idToken } = jsonOf(await tv.poll(code));
    expect(claimsOf(String(idToken))).toMatchObject({
      ...{ sub: 'id-of-alice', aud: 'tv', sid: session?.id, auth_time: session?.authenticatedAt, acr: session?.acr },
      at_hash: expect.any(String),
    });
    expect(claimsOf(String(idToken))).not.toHaveProperty('nonce');
  });

  test('are for the APIs that were asked for (RFC 8707 section 2)', async () => {
    const tv = await DeviceWorld.open();
    const { device_code: code } = await tv.allowed({ scope: 'read write', resource: 'https://orders.example' });
    const answer = jsonOf(await tv.poll(code));
    expect(answer['scope']).toBe('read');
    expect(jsonOf(await tv.world.introspect(String(answer['access_token'])))).toMatchObject({ aud: 'https://orders.example' });
  });

  test('have the scopes that the person has left it, of those that the client still may have', async () => {
    const tv = await DeviceWorld.open();
    const { device_code: code } = await tv.allowed({ scope: 'read write' });
    const client = tv.world.live.current.get('client', `${PROFILE}/tv`);
    if (client === undefined) throw new Error('no client');
    await tv.world.change(put('client', { ...client, scopes: ['read'] }));
    expect(jsonOf(await tv.poll(code))).toMatchObject({ scope: 'read' });
  });

  test.each([
    ['read', false],
    ['read offline_access', true],
  ])('for "%s" end with the session of the person: %s stays (OpenID Connect Core section 11)', async (scope, stays) => {
    const tv = await DeviceWorld.open();
    const { device_code: code } = await tv.allowed({ scope });
    const { access_token: token } = jsonOf(await tv.poll(code));
    await tv.browser.submit(await tv.browser.get('/people/logout'), '/logout', {});
    expect(jsonOf(await tv.world.introspect(String(token)))).toMatchObject({ active: stays });
  });

  test('are not given once the person has signed out, or has taken back what was allowed', async () => {
    const tv = await DeviceWorld.open();
    const first = await tv.allowed();
    await tv.world.stores.consents.withdraw(PROFILE, 'id-of-alice', 'tv');
    expect(refusalOf(await tv.poll(first.device_code))).toEqual([400, 'invalid_grant']);
    const second = await tv.allowed();
    await tv.browser.submit(await tv.browser.get('/people/logout'), '/logout', {});
    expect(refusalOf(await tv.poll(second.device_code))).toEqual([400, 'invalid_grant']);
  });

  test('are refreshed as others are, by the device alone', async () => {
    const tv = await DeviceWorld.open();
    const { device_code: code } = await tv.allowed({ scope: 'read' });
    const { refresh_token: refresh } = jsonOf(await tv.poll(code));
    const again = await tv.world.post(TOKEN, { grant_type: 'refresh_token', client_id: 'tv', refresh_token: String(refresh) });
    expect([again.status, jsonOf(again)['scope']]).toEqual([200, 'read']);
  });

  test('end when the code is presented again, by its client with its key alone (RFC 6749 section 4.1.2)', async () => {
    const tv = await DeviceWorld.open({ changes: [put('client', clientOf('box', { capabilities: ['device-authorization'] }))] });
    const { device_code: code } = await tv.allowed();
    const { access_token: token } = jsonOf(await tv.poll(code));
    const isActive = async () => jsonOf(await tv.world.introspect(String(token)))['active'];
    expect(refusalOf(await tv.poll(code, { client_id: 'box', client_secret: SECRET }))).toEqual([400, 'invalid_grant']);
    expect(await isActive()).toBe(true);
    expect(refusalOf(await tv.poll(code))).toEqual([400, 'invalid_grant']);
    expect(await isActive()).toBe(false);
    expect(await tv.world.stores.audit.list({ limit: 1 })).toMatchObject([{ action: 'device-code.reused', after: { client: 'tv' } }]);
  });

  test('are given to one of a hundred that poll at the same time', async () => {
    const tv = await DeviceWorld.open();
    const { device_code: code } = await tv.allowed();
    const answers = await Promise.all(Array.from({ length: 100 }, () => tv.poll(code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(new Set(answers.filter(({ status }) => status !== 200).map((answer) => refusalOf(answer).join()))).toEqual(
      new Set(['400,invalid_grant']),
    );
  });
});

describe('a device code of somebody who has proved a key (RFC 9449 section 5)', () => {
  test('is redeemed with that key alone, and nobody without it learns how it stands', async () => {
    const tv = await DeviceWorld.open();
    const [key, other] = [await aKey(), await aKey()];
    const { device_code: code, user_code: typed } = await tv.ask({ scope: 'read' }, await key.proof(DEVICE_AUTHORIZATION));
    expect(refusalOf(await tv.poll(code))).toEqual([400, 'invalid_grant']);
    expect(refusalOf(await tv.poll(code, {}, await other.proof(TOKEN)))).toEqual([400, 'invalid_grant']);
    expect(refusalOf(await tv.poll(code, {}, await key.proof(TOKEN)))).toEqual([400, 'authorization_pending']);
    await tv.at.signIn();
    await tv.decide(await tv.enter(typed), { decision: 'allow' });
    expect(refusalOf(await tv.poll(code, {}, await other.proof(TOKEN)))).toEqual([400, 'invalid_grant']);
    const answer = await tv.poll(code, {}, await key.proof(TOKEN));
    expect(jsonOf(answer)['token_type']).toBe('DPoP');
    expect(jsonOf(await tv.world.introspect(String(jsonOf(answer)['access_token'])))).toMatchObject({ cnf: { jkt: key.jkt } });
    const refreshing = { grant_type: 'refresh_token', client_id: 'tv', refresh_token: String(jsonOf(answer)['refresh_token']) };
    expect(refusalOf(await tv.world.post(TOKEN, refreshing, await other.proof(TOKEN)))).toEqual([400, 'invalid_grant']);
    expect((await tv.world.post(TOKEN, refreshing, await key.proof(TOKEN))).status).toBe(200);
  });

  test('is not asked of a client that is to be bound: the token request binds its tokens', async () => {
    const tv = await DeviceWorld.open({ client: { boundAccessTokens: 'dpop' } });
    const key = await aKey();
    const { device_code: code } = await tv.allowed();
    expect(refusalOf(await tv.poll(code))).toEqual([400, 'invalid_dpop_proof']);
    expect(jsonOf(await tv.poll(code, {}, await key.proof(TOKEN)))['token_type']).toBe('DPoP');
  });
});

describe('the procedure of a device code (SANDBOX 3)', () => {
  const failing = `function result(context) {
    var how = context.request.getFormParameter('how');
    if (how === 'fails') throw new Error('on purpose');
    if (how === 'refuses') throw exceptionFactory.badRequestException('invalid_grant', 'No.');
    var delegation = context.delegationIssuer.issue(context.getDefaultDelegationData());
    var data = context.getDefaultAccessTokenData();
    data.asked_by = context.presentedNonce.data.asked_by;
    data.acr = context.contextAttributes().acr;
    return { access_token: context.accessTokenIssuer.issue(data, delegation), token_type: 'bearer' };
  }`;
  const asking = `function result(context) {
    var data = context.getDefaultDeviceCodeData();
    data.put('asked_by', context.client.id);
    context.deviceCodeNonceIssuer.issue(data);
    return {};
  }`;
  const open = () => DeviceWorld.open({ changes: [...bound(FLOW, failing), ...bound('oauth-device-authorization', asking)] });

  test('sees what the device authorization procedure has added, and how the person signed in', async () => {
    const tv = await open();
    const { device_code: code } = await tv.allowed();
    const { access_token: token } = jsonOf(await tv.poll(code));
    expect(jsonOf(await tv.world.introspect(String(token)))).toMatchObject({ asked_by: 'tv', acr: 'urn:tokenwright:password' });
  });

  test('that fails leaves the code to be redeemed, and one that refuses uses it up', async () => {
    const tv = await open();
    const { device_code: code } = await tv.allowed();
    for (let i = 0; i < 2; i++) expect(refusalOf(await tv.poll(code, { how: 'fails' }))).toEqual([500, 'server_error']);
    expect((await tv.poll(code)).status).toBe(200);
    const { device_code: second } = await tv.allowed();
    expect(refusalOf(await tv.poll(second, { how: 'refuses' }))).toEqual([400, 'invalid_grant']);
    expect(refusalOf(await tv.poll(second))).toEqual([400, 'invalid_grant']);
  });

  test('that fails again and again ends the code', async () => {
    const tv = await open();
    const { device_code: code } = await tv.allowed();
    for (let i = 0; i < 5; i++) await tv.poll(code, { how: 'fails' });
    expect(refusalOf(await tv.poll(code))).toEqual([400, 'expired_token']);
  });
});
