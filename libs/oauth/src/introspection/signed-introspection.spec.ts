import { describe, expect, test } from '@jest/globals';
import { compactDecrypt, createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify, type JSONWebKeySet } from 'jose';
import { put } from '../configuration/configuration.ts';
import { CONTENT_ENCRYPTIONS, ENCRYPTION_ALGORITHMS } from '../discovery/metadata.ts';
import { bound, gatewayOf, ISSUER, jsonOf, ServiceUnderTest } from '../testing/service-builder.ts';

const SIGNED = 'application/token-introspection+jwt';
const keySet = async (world: ServiceUnderTest) => createLocalJWKSet(JSON.parse((await world.get('/~/jwks')).body ?? '') as JSONWebKeySet);

async function verified(world: ServiceUnderTest, jwt: string, audience = 'gateway') {
  return jwtVerify(jwt, await keySet(world), { issuer: ISSUER, audience, typ: 'token-introspection+jwt' });
}

describe('an introspection response as a JWT (RFC 9701 section 5)', () => {
  test('holds the checked JSON answer, and at the top level only iss, aud, iat and it', async () => {
    const world = await ServiceUnderTest.open();
    const token = await world.token();
    const response = await world.introspect(token, SIGNED);
    expect(response).toMatchObject({ status: 200, headers: ['Content-Type', SIGNED, 'Cache-Control', 'no-store'] });
    const { payload } = await verified(world, response.body ?? '');
    expect(payload).toEqual({ iss: ISSUER, aud: 'gateway', iat: world.now, token_introspection: jsonOf(await world.introspect(token)) });
  });

  test('of an inactive token is signed all the same, with {"active":false} inside (PROTOCOL 1)', async () => {
    const world = await ServiceUnderTest.open();
    const response = await world.introspect('unknown', SIGNED);
    expect(response.status).toBe(200);
    expect((await verified(world, response.body ?? '')).payload['token_introspection']).toEqual({ active: false });
  });

  test('runs the oauth-introspect procedure, whose response is checked before it is signed', async () => {
    const world = await ServiceUnderTest.open(bound('oauth-introspect', "function result(c) { return { active: true, scope: 'admin' }; }"));
    expect((await world.introspect(await world.token(), SIGNED)).status).toBe(500);
    expect(world.service.executions.faults[0]?.message).toContain('"admin" was not granted');
  });

  test('is no access token: presented for introspection it is unknown (RFC 9701 section 8.1)', async () => {
    const world = await ServiceUnderTest.open();
    const response = await world.introspect(await world.token(), SIGNED);
    expect(jsonOf(await world.introspect(response.body ?? ''))).toEqual({ active: false });
  });
});

describe('an encrypted one (RFC 9701 section 6)', () => {
  const all = ENCRYPTION_ALGORITHMS.flatMap((alg) => CONTENT_ENCRYPTIONS.map((enc) => [alg, enc] as const));

  test.each([...all.filter(([alg]) => alg.startsWith('ECDH')), ['RSA-OAEP', 'A256GCM'], ['RSA-OAEP-256', 'A128CBC-HS256']] as const)(
    'every advertised pair works: %s with %s',
    async (alg, enc) => {
      const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
      const jwk = await exportJWK(publicKey);
      const world = await ServiceUnderTest.open([put('client', gatewayOf('secretive', { encryption: { alg, enc, jwk: { ...jwk } } }))]);
      const token = await world.token();
      const response = await world.introspect(token, SIGNED, 'secretive');
      expect(response.headers).toEqual(['Content-Type', SIGNED, 'Cache-Control', 'no-store']);
      const { plaintext, protectedHeader } = await compactDecrypt(response.body ?? '', privateKey);
      expect(protectedHeader).toMatchObject({ alg, enc, cty: 'JWT' });
      const { payload } = await verified(world, Buffer.from(plaintext).toString(), 'secretive');
      expect(payload['token_introspection']).toMatchObject({ active: true, sub: 'app' });
    },
  );

  test('is all that such a client gets, whatever it accepts (PROTOCOL 1)', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ECDH-ES', { extractable: true });
    const encryption = { alg: 'ECDH-ES', enc: 'A128GCM', jwk: { ...(await exportJWK(publicKey)) } };
    const world = await ServiceUnderTest.open([put('client', gatewayOf('secretive', { encryption }))]);
    for (const accept of [undefined, 'application/json', 'application/jwt', '*/*']) {
      const response = await world.introspect('unknown', accept, 'secretive');
      const { plaintext } = await compactDecrypt(response.body ?? '', privateKey);
      expect((await verified(world, Buffer.from(plaintext).toString(), 'secretive')).payload['token_introspection']).toEqual({
        active: false,
      });
    }
  });

  test('with a key that fits no algorithm is server_error, and says nothing of it', async () => {
    const world = await ServiceUnderTest.open([
      put('client', gatewayOf('broken', { encryption: { alg: 'ECDH-ES', enc: 'A128GCM', jwk: { kty: 'EC' } } })),
    ]);
    for (let i = 0; i < 2; i++)
      expect(await world.introspect('unknown', SIGNED, 'broken')).toMatchObject({
        status: 500,
        body: '{"error":"server_error","error_description":"The server could not complete the request."}',
      });
  });
});
