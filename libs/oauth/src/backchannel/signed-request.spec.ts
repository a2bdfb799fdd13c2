import { describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { BackchannelWorld } from '../testing/backchannel-world.ts';
import { refusal } from '../testing/exchange-world.ts';
import { ISSUER, jsonOf } from '../testing/service-builder.ts';

const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
const other = await generateKeyPair('ES256');
const jwk = { ...(await exportJWK(publicKey)), kid: 'one' };
const authentication = {
  ...{ methods: ['client_secret_post', 'private_key_jwt'] as const, jwks: { keys: [jwk] }, jwksUri: null },
  ...{ certificateSubject: null, certificates: [] },
};
/** Nothing of a request stands beside a signed one. */
const NOTHING = { scope: '', login_hint: '' };
const INVALID = [400, 'invalid_request'];

type Claims = Readonly<Record<string, unknown>>;
let count = 0;

const open = (signedRequestsOnly = false) => BackchannelWorld.open({ authentication, backchannelAuthentication: { signedRequestsOnly } });

function signed({ service }: BackchannelWorld, claims: Claims = {}, header: Claims = {}, key: CryptoKey = privateKey): Promise<string> {
  const { now } = service;
  const all: Claims = {
    ...{ iss: 'till', aud: ISSUER, iat: now, nbf: now, exp: now + 60, jti: `request-${++count}` },
    ...{ scope: 'openid', login_hint: 'alice', requested_expiry: 77, binding_message: 'W4SCT' },
    ...claims,
  };
  const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return new SignJWT(kept).setProtectedHeader({ alg: 'ES256', kid: 'one', ...header }).sign(key);
}

describe('a client that authenticates by an assertion (OpenID Connect CIBA section 7.1)', () => {
  test.each([
    ['the issuer', ISSUER],
    ['the token endpoint', 'https://as.example/token'],
    ['the backchannel authentication endpoint', 'https://as.example/backchannel'],
  ])('may make it for %s', async (_, aud) => {
    const world = await open();
    const claims = { iss: 'till', sub: 'till', aud, exp: world.service.now + 60, jti: `assertion-${++count}` };
    const assertion = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'one' }).sign(privateKey);
    const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    expect((await world.ask({ client_secret: '', client_assertion: assertion, client_assertion_type: type })).status).toBe(200);
  });
});

describe('a signed authentication request (OpenID Connect CIBA section 7.1.1)', () => {
  test('says all that counts, numbers as numbers or as text', async () => {
    const world = await open();
    expect(jsonOf(await world.ask({ ...NOTHING, request: await signed(world) }))).toMatchObject({ expires_in: 77 });
    expect(jsonOf(await world.ask({ ...NOTHING, request: await signed(world, { requested_expiry: '78' }) }))).toMatchObject({
      expires_in: 78,
    });
    expect((await world.ask({ ...NOTHING, request: await signed(world, { scope: 'read' }) })).status).toBe(400);
  });

  test('stands alone: nothing of a request may stand beside it', async () => {
    const world = await open();
    for (const beside of [{ scope: 'openid' }, { login_hint: 'alice' }, { binding_message: 'other' }, { acr_values: 'high' }])
      expect(refusal(await world.ask({ ...NOTHING, ...beside, request: await signed(world) }))).toEqual(INVALID);
    expect(await world.waiting()).toEqual([]);
  });

  test.each(['iss', 'aud', 'exp', 'iat', 'nbf', 'jti'])('must have %s', async (name) => {
    const world = await open();
    expect(refusal(await world.ask({ ...NOTHING, request: await signed(world, { [name]: undefined }) }))).toEqual(INVALID);
  });

  test.each([
    ['of another client', { iss: 'bank' }],
    ['with another client_id', { client_id: 'bank' }],
    ['for another audience', { aud: 'https://other.example' }],
    ['that is over', { exp: 1 }],
    ['that begins later', { nbf: 9_999_999_999 }],
    ['that comes from the future', { iat: 9_999_999_999 }],
    ['that lives for days', { exp: 9_999_999_999 }],
    ['with an id without end', { jti: 'x'.repeat(257) }],
    ['within another one', { request: 'x' }],
  ])('%s is invalid', async (_, claims) => {
    const world = await open();
    expect(refusal(await world.ask({ ...NOTHING, request: await signed(world, claims) }))).toEqual(INVALID);
  });

  test('is signed by an asymmetric key of its client', async () => {
    const world = await open();
    expect(refusal(await world.ask({ ...NOTHING, request: await signed(world, {}, {}, other.privateKey) }))).toEqual(INVALID);
    const symmetric = await new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.alloc(32));
    for (const request of [symmetric, 'eyJhbGciOiJub25lIn0.e30.', 'nothing'])
      expect(refusal(await world.ask({ ...NOTHING, request }))).toEqual(INVALID);
  });

  test('is good once', async () => {
    const world = await open();
    const request = await signed(world);
    expect((await world.ask({ ...NOTHING, request })).status).toBe(200);
    expect(refusal(await world.ask({ ...NOTHING, request }))).toEqual(INVALID);
  });

  test('is needed where the client is registered so', async () => {
    const world = await open(true);
    expect(refusal(await world.ask())).toEqual(INVALID);
    expect((await world.ask({ ...NOTHING, request: await signed(world) })).status).toBe(200);
  });

  test('cannot be needed of a client without keys', async () => {
    await expect(BackchannelWorld.open({ backchannelAuthentication: { signedRequestsOnly: true } })).rejects.toThrow(
      'client main/till/backchannelAuthentication/signedRequestsOnly: needs keys',
    );
  });
});
