import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { compactVerify, createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose';
import { OpenIdWorld } from '../testing/openid-world.ts';
import { bound, headerOf, ISSUER, jsonOf } from '../testing/service-builder.ts';

const ALGORITHMS = ['ES256', 'RS256', 'EdDSA'] as const;

describe('algorithms of a client (OpenID Connect Dynamic Client Registration section 2)', () => {
  test.each(ALGORITHMS)('its id tokens are signed by %s where it asks for that, and at_hash is of its hash', async (algorithm) => {
    const app = await OpenIdWorld.open({ openId: { idTokenSignedResponseAlg: algorithm }, algorithms: ALGORITHMS });
    const { id_token: idToken, access_token: accessToken } = await app.tokens();
    const keys = createLocalJWKSet(jsonOf(await app.world.get('/~/jwks')) as unknown as JSONWebKeySet);
    const { payload } = await jwtVerify(String(idToken), keys, { issuer: ISSUER, audience: 'app', algorithms: [algorithm] });
    const digest = createHash(algorithm === 'EdDSA' ? 'sha512' : 'sha256')
      .update(String(accessToken))
      .digest();
    expect(payload['at_hash']).toBe(digest.subarray(0, digest.length / 2).toString('base64url'));
    // It is a hint of the person all the same.
    expect((await app.returned({ id_token_hint: String(idToken), prompt: 'none' })).get('code')).toMatch(/^twc_/);
  });

  test('a client that says nothing has what the profile signs with by itself', async () => {
    const app = await OpenIdWorld.open({ algorithms: ALGORITHMS });
    expect(decodeProtectedHeader(String((await app.tokens())['id_token'])).alg).toBe('ES256');
  });

  test.each(ALGORITHMS)('userinfo is a JWT for it, signed by %s, where it asks for that (Core section 5.3.2)', async (algorithm) => {
    const app = await OpenIdWorld.open({ openId: { userinfoSignedResponseAlg: algorithm }, algorithms: ALGORITHMS });
    const response = await app.userinfo((await app.tokens({ scope: 'openid email' }))['access_token']);
    expect([response.status, headerOf(response, 'Content-Type'), headerOf(response, 'Cache-Control')]).toEqual([
      ...[200, 'application/jwt', 'no-store'],
    ]);
    const keys = createLocalJWKSet(jsonOf(await app.world.get('/~/jwks')) as unknown as JSONWebKeySet);
    const { payload, protectedHeader } = await compactVerify(response.body ?? '', keys, { algorithms: [algorithm] });
    expect(protectedHeader.alg).toBe(algorithm);
    expect(JSON.parse(Buffer.from(payload).toString())).toEqual({
      ...{ iss: ISSUER, aud: 'app', sub: 'alice', email: 'alice@example.com', email_verified: true },
    });
  });

  test('such an answer is no other sort of token, whatever a procedure puts into it', async () => {
    const source = `function result(c) { const r = c.getDefaultResponseData(); r.purpose = 'id'; r.aud = 'other'; r.iss = 'x'; r.exp = 9e9; return r; }`;
    const app = await OpenIdWorld.open({ openId: { userinfoSignedResponseAlg: 'ES256' }, changes: bound('openid-userinfo', source) });
    const { body } = await app.userinfo((await app.tokens())['access_token']);
    expect((await app.returned({ id_token_hint: body ?? '', prompt: 'none' })).get('error')).toBe('invalid_request');
    expect((await app.userinfo(body)).status).toBe(401);
  });
});
