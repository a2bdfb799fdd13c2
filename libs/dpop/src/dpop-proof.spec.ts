import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, type JWK, type JWTHeaderParameters } from 'jose';
import { DpopError, verifyDpopProof, type DpopExpectation } from './dpop-proof.ts';

const NOW = 1_800_000_000;
const TOKEN = 'opaque.access-token';
const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
const jwk = await exportJWK(publicKey);
const CLAIMS = { jti: 'one', htm: 'GET', htu: 'https://api.example.com/orders', iat: NOW, ath: ath(TOKEN) };
const REQUEST: DpopExpectation = { method: 'GET', url: 'https://api.example.com/orders?page=2', accessToken: TOKEN, now: NOW };

function ath(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

function proof(
  claims: Record<string, unknown> = {},
  header: Partial<JWTHeaderParameters> & { jwk?: JWK } = {},
  key = privateKey,
): Promise<string> {
  const all = Object.fromEntries(Object.entries<unknown>({ ...CLAIMS, ...claims }).filter(([, value]) => value !== undefined));
  return new SignJWT(all).setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk, ...header }).sign(key);
}

describe('A DPoP proof (RFC 9449 section 4.3)', () => {
  test('holds for its request, and tells the key and until when it is fresh', async () => {
    expect(await verifyDpopProof(await proof({ nonce: 'n1' }), REQUEST)).toEqual({
      jti: 'one',
      until: NOW + 60,
      thumbprint: await calculateJwkThumbprint(jwk),
      nonce: 'n1',
    });
  });

  test.each(['EdDSA', 'PS256', 'ES384'])('may be signed by %s', async (alg) => {
    const pair = await generateKeyPair(alg, { extractable: true });
    const its = await exportJWK(pair.publicKey);
    const made = await proof({}, { alg, jwk: its }, pair.privateKey);
    await expect(verifyDpopProof(made, REQUEST)).resolves.toMatchObject({ thumbprint: await calculateJwkThumbprint(its) });
  });

  test.each([
    ['https://API.example.com:443/orders'],
    ['https://api.example.com/orders?other=1#part'],
    ['https://api.example.com/a/../orders'],
  ])('may spell its URI as %s', async (htu) => {
    await expect(verifyDpopProof(await proof({ htu }), REQUEST)).resolves.toMatchObject({ jti: 'one' });
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['for another method', { htm: 'POST' }, /another method/],
    ['for the method in other letters', { htm: 'get' }, /another method/],
    ['for another host', { htu: 'https://evil.example.com/orders' }, /another URI/],
    ['for another path', { htu: 'https://api.example.com/orders/1' }, /another URI/],
    ['for another scheme', { htu: 'http://api.example.com/orders' }, /another URI/],
    ['for no URI', { htu: 'orders' }, /another URI/],
    ['without a URI', { htu: undefined }, /another URI/],
    ['for another token', { ath: ath('other') }, /another access token/],
    ['for no token', { ath: undefined }, /another access token/],
    ['without a jti', { jti: undefined }, /needs a jti/],
    ['with a jti that is no text', { jti: 7 }, /needs a jti|malformed/],
    ['with an endless jti', { jti: 'x'.repeat(257) }, /needs a jti/],
    ['of a minute ago', { iat: NOW - 60 }, /too old/],
    ['of tomorrow', { iat: NOW + 6 }, /not valid yet/],
    ['without a time', { iat: undefined }, /not valid yet/],
    ['that has expired', { exp: NOW - 10 }, /too old/],
    ['with a nonce that is no text', { nonce: 7 }, /must be a string/],
  ])('is refused %s', async (_what, claims, message) => {
    const refused = verifyDpopProof(await proof(claims), REQUEST);
    await expect(refused).rejects.toThrow(DpopError);
    await expect(refused).rejects.toThrow(message);
  });

  test('is taken up to five seconds early', async () => {
    await expect(verifyDpopProof(await proof({ iat: NOW + 5 }), REQUEST)).resolves.toMatchObject({ until: NOW + 65 });
  });

  test.each<[string, () => Promise<string>]>([
    ['of another type', () => proof({}, { typ: 'JWT' })],
    ['without a key', () => proof({}, { jwk: undefined as unknown as JWK })],
    ['with a private key inside', async () => proof({}, { jwk: await exportJWK(privateKey) })],
    ['of another key', async () => proof({}, {}, (await generateKeyPair('ES256')).privateKey)],
    [
      'with a shared key',
      () =>
        new SignJWT(CLAIMS)
          .setProtectedHeader({ typ: 'dpop+jwt', alg: 'HS256', jwk: { kty: 'oct', k: 'AAAA' } as JWK })
          .sign(new Uint8Array(32)),
    ],
    [
      'that nobody signed',
      () =>
        Promise.resolve(
          `${Buffer.from(JSON.stringify({ typ: 'dpop+jwt', alg: 'none', jwk })).toString('base64url')}.${Buffer.from(JSON.stringify(CLAIMS)).toString('base64url')}.`,
        ),
    ],
    ['that is no JWT', () => Promise.resolve('proof')],
    ['that is empty', () => Promise.resolve('')],
    ['that is endless', () => proof({ more: 'x'.repeat(9000) })],
  ])('is refused %s', async (_what, make) => {
    await expect(verifyDpopProof(await make(), REQUEST)).rejects.toThrow(DpopError);
  });

  test('needs no token where none is sent, as at the token endpoint', async () => {
    const { accessToken: _none, ...request } = REQUEST;
    await expect(verifyDpopProof(await proof({ ath: undefined }), request)).resolves.toMatchObject({ jti: 'one' });
  });
});
