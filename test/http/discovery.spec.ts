import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { admin, type RunningService } from '../support/running-service.ts';
import { jwks } from '../support/signatures.ts';
import { startWireService } from '../support/wire-service.ts';

let service: RunningService;
beforeAll(async () => {
  service = await startWireService();
});
afterAll(() => service.stop());

const get = (path: string, method = 'GET') => fetch(service.url + path, { method });
const json = async (path: string) => (await (await get(path)).json()) as Record<string, unknown>;

describe('metadata', () => {
  const RFC_8414 = '/.well-known/oauth-authorization-server/~';
  const OPENID = '/~/.well-known/openid-configuration';

  test('of an issuer with a path is where RFC 8414 section 3.1 and OpenID discovery put it', async () => {
    for (const path of [RFC_8414, OPENID]) {
      const response = await get(path);
      expect([path, response.status, response.headers.get('content-type')]).toEqual([path, 200, 'application/json']);
      expect(response.headers.get('cache-control')).toMatch(/^public, max-age=\d+$/);
      expect(((await response.json()) as { issuer: string }).issuer).toBe(`${service.url}/~`);
    }
  });

  test('is derived from what is served: exactly one endpoint of each kind, the advertised one', async () => {
    expect(await json(RFC_8414)).toEqual({
      issuer: `${service.url}/~`,
      token_endpoint: `${service.url}/oauth/v2/oauth-token`,
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
      token_endpoint_auth_signing_alg_values_supported: expect.arrayContaining(['ES256', 'EdDSA', 'PS256', 'RS256']),
      introspection_endpoint: `${service.url}/oauth/v2/oauth-introspect`,
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
      introspection_endpoint_auth_signing_alg_values_supported: expect.arrayContaining(['ES256', 'EdDSA', 'PS256', 'RS256']),
      introspection_signing_alg_values_supported: ['ES256'],
      introspection_encryption_alg_values_supported: expect.arrayContaining(['RSA-OAEP-256', 'ECDH-ES']),
      introspection_encryption_enc_values_supported: expect.arrayContaining(['A256GCM']),
      revocation_endpoint: `${service.url}/oauth/v2/oauth-revoke`,
      revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
      revocation_endpoint_auth_signing_alg_values_supported: expect.arrayContaining(['ES256', 'EdDSA', 'PS256', 'RS256']),
      jwks_uri: `${service.url}/~/jwks`,
      scopes_supported: ['read', 'write', 'brief', 'short'],
      response_types_supported: [],
      grant_types_supported: [
        ...['client_credentials', 'authorization_code', 'refresh_token'],
        ...['urn:ietf:params:oauth:grant-type:jwt-bearer'],
        ...['urn:ietf:params:oauth:grant-type:token-exchange', 'https://curity.se/grant/accesstoken'],
      ],
      dpop_signing_alg_values_supported: expect.arrayContaining(['ES256', 'EdDSA', 'PS256']),
    });
  });

  test('follows a change of the configuration at once', async () => {
    const put = (path: string) =>
      admin(service, 'PUT', '/profiles/neighbour/endpoints/oauth-introspect?takeOver=true', { kind: 'oauth-introspect', path });
    expect((await put('/neighbour/moved')).status).toBe(200);
    expect((await json('/.well-known/oauth-authorization-server/neighbour'))['introspection_endpoint']).toBe(
      `${service.url}/neighbour/moved`,
    );
    expect((await put('/neighbour/introspection')).status).toBe(200);
    expect((await json('/.well-known/oauth-authorization-server/neighbour'))['introspection_endpoint']).toBe(
      `${service.url}/neighbour/introspection`,
    );
  });

  test('may be read from browsers, and is not there for issuers that are not', async () => {
    expect((await get(RFC_8414)).headers.get('access-control-allow-origin')).toBe('*');
    for (const path of [
      '/.well-known/oauth-authorization-server',
      '/.well-known/openid-configuration',
      '/.well-known/oauth-authorization-server/nobody',
      '/nobody/jwks',
      '/jwks',
    ])
      expect([path, (await get(path)).status]).toEqual([path, 404]);
  });

  test('is for GET and HEAD', async () => {
    const head = await get(RFC_8414, 'HEAD');
    expect([head.status, await head.text()]).toEqual([200, '']);
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      const response = await get(RFC_8414, method);
      expect([method, response.status, response.headers.get('allow')]).toEqual([method, 405, 'GET, HEAD']);
    }
  });
});

describe('the key set (RFC 7517 section 5)', () => {
  test('has public parts only, each with kid, alg and use', async () => {
    const response = await get('/~/jwks');
    expect([response.status, response.headers.get('content-type'), response.headers.get('access-control-allow-origin')]).toEqual([
      200,
      'application/jwk-set+json',
      '*',
    ]);
    expect(response.headers.get('cache-control')).toBe('public, max-age=300');
    const { keys } = (await response.json()) as { keys: Record<string, unknown>[] };
    expect(keys.length).toBeGreaterThanOrEqual(2);
    for (const key of keys) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
      expect(key).toMatchObject({ alg: 'ES256', use: 'sig', kty: 'EC' });
    }
  });

  test('differs between profiles', async () => {
    const own = new Set((await jwks(service)).map(({ kid }) => kid));
    const { keys } = (await json('/neighbour/jwks')) as { keys: { kid: string }[] };
    expect(keys.filter(({ kid }) => own.has(kid))).toEqual([]);
  });

  test('gains keys of an algorithm that an issuer asks for, RS256 and EdDSA', async () => {
    for (const algorithm of ['RS256', 'EdDSA']) {
      const put = await admin(service, 'PUT', `/profiles/token-service/token-issuers/special-${algorithm}`, {
        kind: 'jwt',
        isDefault: false,
        algorithm,
      });
      expect(put.status).toBe(201);
      expect((await jwks(service)).filter(({ alg }) => alg === algorithm).length).toBeGreaterThanOrEqual(2);
    }
    expect(JSON.stringify(await jwks(service))).not.toMatch(/"(d|p|q|dp|dq|qi)":/);
  });
});
