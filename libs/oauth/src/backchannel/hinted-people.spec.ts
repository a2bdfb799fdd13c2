import { describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { put } from '../configuration/configuration.ts';
import type { TrustedIssuer } from '../configuration/token-exchange-settings.ts';
import { DEFAULT_OPENID } from '../configuration/openid-settings.ts';
import { BackchannelWorld } from '../testing/backchannel-world.ts';
import { refusal } from '../testing/exchange-world.ts';
import { clientOf, ISSUER, jsonOf, PROFILE, profileOf } from '../testing/service-builder.ts';

const PARTNER = 'https://partner.example';
const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
const jwk = { ...(await exportJWK(publicKey)), kid: 'one' };
const TRUSTED: TrustedIssuer = {
  ...{ issuer: PARTNER, jwks: { keys: [jwk] }, jwksUri: null, audiences: ['unused'], algorithms: ['ES256'], subjectPrefix: '' },
};

type Claims = Readonly<Record<string, unknown>>;

async function trusting(members: Partial<TrustedIssuer> = {}): Promise<BackchannelWorld> {
  const world = await BackchannelWorld.open();
  const profile = world.service.snapshot.profiles.get(PROFILE)?.profile ?? profileOf();
  await world.service.change(put('profile', { ...profile, trustedIssuers: [{ ...TRUSTED, ...members }] }));
  return world;
}

function hintToken({ service }: BackchannelWorld, claims: Claims = {}, header: Claims = {}): Promise<string> {
  const all = { iss: PARTNER, aud: ISSUER, sub: 'id-of-alice', exp: service.now + 60, ...claims };
  return new SignJWT(all).setProtectedHeader({ alg: 'ES256', kid: 'one', typ: 'login-hint+jwt', ...header }).sign(privateKey);
}

describe('login_hint (OpenID Connect CIBA section 7.1)', () => {
  test('is a username, however it is written', async () => {
    const world = await BackchannelWorld.open();
    for (const hint of ['alice', 'ALICE', ' alice ']) expect((await world.ask({ login_hint: hint })).status).toBe(200);
    expect(await world.waiting()).toHaveLength(3);
  });

  test('that nobody has, or whose account is disabled, is one answer: unknown_user_id (section 13)', async () => {
    const world = await BackchannelWorld.open();
    await world.account('gone', false);
    const answers = [await world.ask({ login_hint: 'nobody' }), await world.ask({ login_hint: 'gone' })];
    expect(answers.map(refusal)).toEqual([
      [400, 'unknown_user_id'],
      [400, 'unknown_user_id'],
    ]);
    expect(answers[0]?.body).toBe(answers[1]?.body);
    expect(await world.waiting('id-of-gone')).toEqual([]);
  });

  test('is no way to find out who there is: who guesses is slowed, and administrators see it', async () => {
    const world = await BackchannelWorld.open();
    for (let i = 0; i < 6; i++) await world.ask({ login_hint: `guess-${i}` });
    const events = await world.service.stores.audit.list({ kind: 'client', limit: 9 });
    expect(events).toMatchObject([
      { action: 'backchannel-authentication.guesses-slowed', actor: 'system', key: `${PROFILE}/till`, after: { address: '192.0.2.1' } },
    ]);
  });
});

describe('id_token_hint (OpenID Connect CIBA section 7.1)', () => {
  async function idToken(world: BackchannelWorld): Promise<string> {
    const id = await world.asked();
    await world.decide('approve');
    return String(jsonOf(await world.poll(id))['id_token']);
  }

  test('is an id token of the client, also one that has expired', async () => {
    const world = await BackchannelWorld.open();
    const hint = await idToken(world);
    world.service.now += 100_000;
    expect((await world.ask({ login_hint: '', id_token_hint: hint })).status).toBe(200);
    expect(await world.waiting()).toHaveLength(1);
  });

  test('of another client, or that is none, is invalid', async () => {
    const other = clientOf('other', { capabilities: ['backchannel-authentication'], scopes: ['openid', 'read'] });
    const world = await BackchannelWorld.open({}, [put('client', other)]);
    const hint = await idToken(world);
    expect(refusal(await world.ask({ login_hint: '', id_token_hint: hint }, 'other'))).toEqual([400, 'invalid_request']);
    expect(refusal(await world.ask({ login_hint: '', id_token_hint: `${hint}x` }))).toEqual([400, 'invalid_request']);
  });

  test('is refused clearly where the subjects of the client are pairwise: nobody can tell from one who it is', async () => {
    const world = await BackchannelWorld.open({ openId: { ...DEFAULT_OPENID, subjectType: 'pairwise', sectorIdentifier: 'app.example' } });
    const response = await world.ask({ login_hint: '', id_token_hint: 'x.y.z' });
    expect(refusal(response)).toEqual([400, 'invalid_request']);
    expect(jsonOf(response)['error_description']).toContain('pairwise');
    expect((await world.ask({ login_hint: 'alice' })).status).toBe(200);
  });

  test('of somebody whose account is gone names nobody', async () => {
    const world = await BackchannelWorld.open();
    const hint = await idToken(world);
    await world.service.stores.accounts.delete(PROFILE, 'id-of-alice');
    expect(refusal(await world.ask({ login_hint: '', id_token_hint: hint }))).toEqual([400, 'unknown_user_id']);
  });
});

describe('login_hint_token (OpenID Connect CIBA section 7.1)', () => {
  test('is refused clearly where the profile trusts nobody', async () => {
    const world = await BackchannelWorld.open();
    const response = await world.ask({ login_hint: '', login_hint_token: await hintToken(world) });
    expect(refusal(response)).toEqual([400, 'invalid_request']);
    expect(jsonOf(response)['error_description']).toContain('trusts no issuer');
  });

  test('of a trusted issuer names an account by its subject, as the prefix of the issuer has it', async () => {
    const same = await trusting();
    expect((await same.ask({ login_hint: '', login_hint_token: await hintToken(same) })).status).toBe(200);
    const foreign = await trusting({ subjectPrefix: null });
    expect(refusal(await foreign.ask({ login_hint: '', login_hint_token: await hintToken(foreign) }))).toEqual([400, 'unknown_user_id']);
  });

  test('may name the subject here instead (RFC 9493 section 3.2.5)', async () => {
    const world = await trusting({ subjectPrefix: null });
    const named = async (subjectId: Claims) =>
      world.ask({ login_hint: '', login_hint_token: await hintToken(world, { sub_id: subjectId }) });
    expect((await named({ format: 'iss_sub', iss: ISSUER, sub: 'id-of-alice' })).status).toBe(200);
    expect(refusal(await named({ format: 'iss_sub', iss: PARTNER, sub: 'id-of-alice' }))).toEqual([400, 'unknown_user_id']);
    expect(refusal(await named({ format: 'opaque', id: 'id-of-alice' }))).toEqual([400, 'unknown_user_id']);
  });

  test('that has expired is told apart (section 13)', async () => {
    const world = await trusting();
    const expired = await hintToken(world, { exp: world.service.now - 1 });
    expect(refusal(await world.ask({ login_hint: '', login_hint_token: expired }))).toEqual([400, 'expired_login_hint_token']);
  });

  test.each([
    ['of an issuer that is not trusted', { iss: 'https://other.example' }, {}],
    ['for another audience', { aud: 'https://other.example' }, {}],
    ['for this audience and another', { aud: [ISSUER, 'https://other.example'] }, {}],
    ['without a subject', { sub: undefined }, {}],
    ['without an end', { exp: undefined }, {}],
    ['of another type, such as an assertion that is a grant (RFC 8725 section 3.11)', {}, { typ: 'JWT' }],
    ['without a type', {}, { typ: undefined }],
  ])('%s is invalid', async (_, claims, header) => {
    const world = await trusting();
    const token = await hintToken(world, claims, header);
    expect(refusal(await world.ask({ login_hint: '', login_hint_token: token }))).toEqual([400, 'invalid_request']);
  });

  test('with a wrong signature, or that is no JWT, is invalid', async () => {
    const world = await trusting();
    const token = await hintToken(world);
    for (const wrong of [`${token.slice(0, -6)}AAAAAA`, 'no.jwt', 'a.b.c'])
      expect(refusal(await world.ask({ login_hint: '', login_hint_token: wrong }))).toEqual([400, 'invalid_request']);
  });

  test('is no grant by itself, whatever the client may (RFC 7523)', async () => {
    const world = await trusting();
    const profile = world.service.snapshot.profiles.get(PROFILE)?.profile ?? profileOf();
    await world.service.change(
      put('profile', { ...profile, capabilities: [...profile.capabilities, 'assertion'] }),
      put('client', clientOf('app', { capabilities: ['assertion'], scopes: ['read'] })),
    );
    const assertion = await hintToken(world, { jti: 'one' });
    const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
    expect(refusal(await world.service.tokenRequest(grant))).toEqual([400, 'invalid_grant']);
  });
});
