import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compactDecrypt, exportJWK, generateKeyPair, type CryptoKey } from 'jose';
import { admin, GATEWAY, postForm, type RunningService } from '../support/running-service.ts';
import { decoded, verified } from '../support/signatures.ts';
import { caller, claimsOf, introspected, startWireService, tokenOf } from '../support/wire-service.ts';

let service: RunningService;
beforeAll(async () => {
  service = await startWireService();
});
afterAll(() => service.stop());

const SIGNED = 'application/token-introspection+jwt';
const TYP = 'token-introspection+jwt';

describe('the signed answer (RFC 9701 section 5)', () => {
  test('has typ token-introspection+jwt and at the top level only iss, aud, iat and token_introspection', async () => {
    const { access_token: token } = await tokenOf(service);
    const { status, headers, text } = await introspected(service, token, { accept: SIGNED });
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([200, SIGNED, 'no-store']);
    const { payload, header } = await verified(service, text, TYP, GATEWAY.id);
    expect(header).toEqual({ alg: 'ES256', typ: TYP, kid: expect.any(String) });
    expect(payload).toEqual({
      iss: `${service.url}/~`,
      aud: GATEWAY.id,
      iat: expect.any(Number),
      token_introspection: await claimsOf(service, token),
    });
  });

  test('is addressed to the caller, whoever that is', async () => {
    const { access_token: token } = await tokenOf(service);
    const { text } = await introspected(service, token, { as: caller('signed-gateway'), accept: SIGNED });
    expect(decoded(text).payload['aud']).toBe('signed-gateway');
  });

  test('of an inactive token is signed too, with {"active":false} inside', async () => {
    const { status, headers, text } = await introspected(service, 'unknown', { accept: SIGNED });
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    const { payload } = await verified(service, text, TYP, GATEWAY.id);
    expect(payload['token_introspection']).toEqual({ active: false });
    expect(Object.keys(payload).sort()).toEqual(['aud', 'iat', 'iss', 'token_introspection']);
  });

  test('needs an authenticated caller: without credentials it is 400 invalid_request', async () => {
    for (const form of [{ token: 'x' }, { token: 'x', client_id: GATEWAY.id }]) {
      const response = await postForm(`${service.url}/introspection`, form, { headers: { accept: SIGNED } });
      expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([400, 'invalid_request']);
    }
    const wrong = await introspected(service, 'x', { as: { id: GATEWAY.id, secret: 'wrong' }, accept: SIGNED });
    expect(wrong.status).toBe(401);
  });

  test('is no access token: an API that checks typ refuses it', async () => {
    const { access_token: token } = await tokenOf(service);
    const { text } = await introspected(service, token, { accept: SIGNED });
    await expect(verified(service, text, 'at+jwt')).rejects.toThrow();
  });
});

describe('clients that want their answers encrypted (RFC 9701 section 6)', () => {
  const keys = new Map<string, CryptoKey>();
  const ALGORITHMS = [
    ['rsa', 'RSA-OAEP-256', 'A256GCM'],
    ['ec', 'ECDH-ES+A256KW', 'A128CBC-HS256'],
  ] as const;

  beforeAll(async () => {
    for (const [name, alg, enc] of ALGORITHMS) {
      const pair = await generateKeyPair(alg, { extractable: true, ...(name === 'ec' ? { crv: 'P-256' } : {}) });
      keys.set(name, pair.privateKey);
      const jwk = await exportJWK(pair.publicKey);
      const body = {
        id: `sealed-${name}`,
        secret: 'Secr3t!',
        capabilities: ['introspection'],
        introspection: { encryption: { alg, enc, jwk } },
      };
      const made = await admin(service, 'POST', '/profiles/token-service/clients', body);
      if (made.status !== 201) throw new Error(await made.text());
    }
  });

  test.each(ALGORITHMS)('%s: get a JWE around the signed answer (%s, %s)', async (name, alg, enc) => {
    const { access_token: token } = await tokenOf(service);
    const { status, headers, text } = await introspected(service, token, { as: caller(`sealed-${name}`), accept: SIGNED });
    expect([status, headers.get('content-type')]).toEqual([200, SIGNED]);
    const { plaintext, protectedHeader } = await compactDecrypt(text, keys.get(name) as CryptoKey);
    expect(protectedHeader).toMatchObject({ alg, enc, cty: 'JWT' });
    const { payload } = await verified(service, new TextDecoder().decode(plaintext), TYP, `sealed-${name}`);
    expect(payload['token_introspection']).toEqual(await claimsOf(service, token));
  });

  test.each(['application/json', 'application/jwt', '*/*', ''])('get nothing else, whatever they accept (%s)', async (accept) => {
    const { access_token: token } = await tokenOf(service);
    for (const presented of [token, 'unknown']) {
      const { status, headers, text } = await introspected(service, presented, { as: caller('sealed-rsa'), accept });
      expect([status, headers.get('content-type'), text.split('.').length]).toEqual([200, SIGNED, 5]);
    }
  });

  test('cannot be registered with a private key', async () => {
    const { privateKey } = await generateKeyPair('RSA-OAEP-256', { extractable: true });
    const jwk = await exportJWK(privateKey);
    const body = { id: 'sealed-wrong', capabilities: ['introspection'], introspection: { encryption: { alg: 'RSA-OAEP-256', jwk } } };
    const refused = await admin(service, 'POST', '/profiles/token-service/clients', body);
    const text = await refused.text();
    expect(refused.status).toBe(422);
    expect(text).toContain('/introspection/encryption/jwk/d');
    expect(text).not.toContain(jwk.d);
  });
});
