import { describe, expect, test } from '@jest/globals';
import { put, remove } from '../configuration/configuration.ts';
import { entityKey, PROFILE_CAPABILITIES, type ProfileCapability } from '../configuration/entities.ts';
import { Snapshot } from '../configuration/snapshot.ts';
import { createSigningKey, JWKS_CACHE_SECONDS, rotateSigningKeys } from '../issuance/signing-keys.ts';
import {
  aRequest,
  BASE_URL,
  endpointOf,
  headerOf,
  INTROSPECTION,
  ISSUER,
  issuerOf,
  jsonOf,
  PROFILE,
  profileOf,
  REVOCATION,
  SHIPPED,
  ServiceUnderTest,
  TOKEN,
} from '../testing/service-builder.ts';

const RFC_8414 = '/.well-known/oauth-authorization-server';
const OPENID = '/.well-known/openid-configuration';

describe('where documents are (PROTOCOL 3; RFC 8414 section 3.1)', () => {
  test('an issuer with a path: before the path for RFC 8414, after it for OpenID', async () => {
    const world = await ServiceUnderTest.open();
    for (const path of [`${RFC_8414}/~`, `/~${OPENID}`])
      expect(jsonOf(await world.get(path))).toMatchObject({ issuer: ISSUER, jwks_uri: `${ISSUER}/jwks` });
    expect((await world.get('/~/jwks')).status).toBe(200);
  });

  test('an issuer without a path, and one on a host of its own', async () => {
    const world = await ServiceUnderTest.open([
      put('profile', profileOf({ id: 'root', issuer: '/' })),
      put('profile', profileOf({ id: 'absolute', issuer: 'https://tenant.example/deep/path' })),
    ]);
    for (const path of [RFC_8414, OPENID]) expect(jsonOf(await world.get(path))['issuer']).toBe(BASE_URL);
    expect(jsonOf(await world.get('/jwks'))).toHaveProperty('keys');
    for (const path of [`${RFC_8414}/deep/path`, `/deep/path${OPENID}`])
      expect(jsonOf(await world.get(path))['issuer']).toBe('https://tenant.example/deep/path');
  });

  test.each([
    '/',
    '/~',
    `${RFC_8414}/unknown`,
    `${RFC_8414}x`,
    '/unknown/jwks',
    `/other${OPENID}`,
    '/~/jwks/',
    `/~${RFC_8414}`,
    '/__proto__/jwks',
  ])('nothing is served at %s', async (path) => {
    const world = await ServiceUnderTest.open();
    expect(await world.service.handle({ ...aRequest(path, ''), method: 'GET' }, world.snapshot)).toBeNull();
  });

  test('anyone may read them, browsers too, for as long as key sets may be cached', async () => {
    const world = await ServiceUnderTest.open();
    for (const path of [`${RFC_8414}/~`, `/~${OPENID}`, '/~/jwks']) {
      const response = await world.get(path);
      expect(headerOf(response, 'cache-control')).toBe(`public, max-age=${JWKS_CACHE_SECONDS}`);
      expect(headerOf(response, 'access-control-allow-origin')).toBe('*');
      expect(headerOf(response, 'content-type')).toBe(path.endsWith('jwks') ? 'application/jwk-set+json' : 'application/json');
      expect((await world.get(path, 'HEAD')).status).toBe(200);
      const posted = await world.get(path, 'POST');
      expect(posted.status).toBe(405);
      expect(headerOf(posted, 'allow')).toBe('GET, HEAD');
    }
  });
});

const METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'];
const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'];

describe('metadata is derived from what is served (PROTOCOL 3; RFC 8414 section 2)', () => {
  test('a profile with all endpoints', async () => {
    const world = await ServiceUnderTest.open();
    expect(jsonOf(await world.get(`${RFC_8414}/~`))).toEqual({
      issuer: ISSUER,
      token_endpoint: BASE_URL + TOKEN,
      token_endpoint_auth_methods_supported: METHODS,
      token_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
      introspection_endpoint: BASE_URL + INTROSPECTION,
      introspection_endpoint_auth_methods_supported: METHODS,
      introspection_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
      introspection_signing_alg_values_supported: ['ES256'],
      introspection_encryption_alg_values_supported: expect.arrayContaining(['RSA-OAEP-256', 'ECDH-ES']),
      introspection_encryption_enc_values_supported: expect.arrayContaining(['A128CBC-HS256', 'A256GCM']),
      revocation_endpoint: BASE_URL + REVOCATION,
      revocation_endpoint_auth_methods_supported: [...METHODS, 'none'],
      revocation_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
      jwks_uri: `${ISSUER}/jwks`,
      scopes_supported: ['read', 'write', 'short'],
      response_types_supported: [],
      grant_types_supported: ['client_credentials'],
      dpop_signing_alg_values_supported: expect.arrayContaining(['ES256', 'EdDSA']),
    });
  });

  test('methods by certificate are named where the node sees certificates, `none` where public clients may do something', async () => {
    const world = await ServiceUnderTest.open([
      put('profile', profileOf({ capabilities: ['client-credentials', 'introspection', 'revocation', 'refresh-token'] })),
    ]);
    const node = { ...world.node, certificateMethods: ['self_signed_tls_client_auth'] as const };
    const snapshot = await Snapshot.build(world.live.current, node, world.keyRings, SHIPPED);
    const document = jsonOf((await world.service.handle({ ...aRequest(`${RFC_8414}/~`, ''), method: 'GET' }, snapshot))!);
    expect(document).toMatchObject({
      token_endpoint_auth_methods_supported: [...METHODS, 'self_signed_tls_client_auth', 'none'],
      introspection_endpoint_auth_methods_supported: [...METHODS, 'self_signed_tls_client_auth'],
      revocation_endpoint_auth_methods_supported: [...METHODS, 'self_signed_tls_client_auth', 'none'],
      tls_client_certificate_bound_access_tokens: true,
    });
    // Secrets are kept as hashes, which nothing can be verified with.
    expect(JSON.stringify(document)).not.toContain('client_secret_jwt');
  });

  test('what a profile has not is left out: endpoints, scopes, grants', async () => {
    const world = await ServiceUnderTest.open([put('profile', profileOf({ id: 'bare', issuer: '/bare', capabilities: [], scopes: {} }))]);
    expect(jsonOf(await world.get(`${RFC_8414}/bare`))).toEqual({
      issuer: `${BASE_URL}/bare`,
      jwks_uri: `${BASE_URL}/bare/jwks`,
      response_types_supported: [],
      grant_types_supported: [],
    });
  });

  test('of several endpoints of a kind the advertised one is named, and none when none is', async () => {
    const world = await ServiceUnderTest.open([
      put('endpoint', endpointOf('oauth-introspect', '/second', { id: 'second' })),
      put('endpoint', endpointOf('oauth-introspect', INTROSPECTION, { advertised: false })),
    ]);
    const name = async () => jsonOf(await world.get(`${RFC_8414}/~`))['introspection_endpoint'];
    expect(await name()).toBe(`${BASE_URL}/second`);
    await world.change(remove('endpoint', entityKey(PROFILE, 'second')));
    expect(await name()).toBeUndefined();
  });

  test.each<[string, readonly ProfileCapability[], readonly string[], readonly string[], readonly string[]]>([
    ['the code flow', ['authorization-code'], ['code'], ['query', 'form_post'], ['authorization_code']],
    ['the implicit flow alone', ['implicit'], ['token', 'id_token', 'id_token token'], ['fragment', 'form_post'], ['implicit']],
    [
      'the hybrid flow',
      ['authorization-code', 'hybrid'],
      ['code', 'code id_token', 'code token', 'code id_token token'],
      ['query', 'form_post', 'fragment'],
      ['authorization_code', 'implicit'],
    ],
  ])('response types, modes and grant types are those of %s (RFC 8414 section 2)', async (_what, capabilities, types, modes, grants) => {
    const world = await ServiceUnderTest.open([
      put('profile', profileOf({ id: 'bare', issuer: '/bare', capabilities })),
      put('endpoint', endpointOf('oauth-authorize', '/authorize', { profile: 'bare' })),
    ]);
    const document = jsonOf(await world.get(`${RFC_8414}/bare`));
    expect(document).toMatchObject({ response_types_supported: types, response_modes_supported: modes, grant_types_supported: grants });
    expect(document['code_challenge_methods_supported']).toEqual(types.includes('code') ? ['S256'] : undefined);
  });

  test('where people sign in, clients that find the service by RFC 8414 know how id tokens are signed', async () => {
    const world = await ServiceUnderTest.open([
      put('profile', profileOf({ capabilities: PROFILE_CAPABILITIES })),
      put('endpoint', endpointOf('oauth-authorize', '/authorize')),
    ]);
    expect(jsonOf(await world.get(`${RFC_8414}/~`))).toEqual(jsonOf(await world.get(`/~${OPENID}`)));
  });

  test('every grant the token endpoint knows is named, and no other', async () => {
    const world = await ServiceUnderTest.open([
      put('profile', profileOf({ capabilities: PROFILE_CAPABILITIES })),
      put('endpoint', endpointOf('oauth-device-authorization', '/device')),
      put('endpoint', endpointOf('oauth-backchannel-authentication', '/backchannel')),
    ]);
    expect(jsonOf(await world.get(`${RFC_8414}/~`))['grant_types_supported']).toEqual(world.service.grantTypes.map(({ id }) => id));
  });

  test('devices are told where to ask for a code, and of the grant only where they can (RFC 8628 section 4)', async () => {
    const world = await ServiceUnderTest.open([put('profile', profileOf({ capabilities: PROFILE_CAPABILITIES }))]);
    const told = async () => {
      const { device_authorization_endpoint, grant_types_supported } = jsonOf(await world.get(`${RFC_8414}/~`));
      const grantTypes = grant_types_supported as readonly string[];
      return [device_authorization_endpoint, grantTypes.includes('urn:ietf:params:oauth:grant-type:device_code')];
    };
    expect(await told()).toEqual([undefined, false]);
    await world.change(put('endpoint', endpointOf('oauth-device-authorization', '/device')));
    expect(await told()).toEqual(['https://as.example/device', true]);
  });

  test('the OpenID document has the same, and the members its standard requires (OpenID Connect Discovery 1.0 section 3)', async () => {
    const world = await ServiceUnderTest.open([put('token-issuer', issuerOf('jwt', { algorithm: 'EdDSA' }))], ['ES256', 'EdDSA']);
    const { subject_types_supported, id_token_signing_alg_values_supported, ...rest } = jsonOf(await world.get(`/~${OPENID}`));
    expect(rest).toEqual(jsonOf(await world.get(`${RFC_8414}/~`)));
    expect(subject_types_supported).toEqual(['public', 'pairwise']);
    expect(id_token_signing_alg_values_supported).toEqual(['ES256', 'EdDSA']);
  });
});

describe('the key set (RFC 7517 section 5)', () => {
  const kids = async (world: ServiceUnderTest) => (jsonOf(await world.get('/~/jwks'))['keys'] as { kid: string }[]).map(({ kid }) => kid);

  test('has the next, active and retired keys of the profile and no private part of any (PROTOCOL 3)', async () => {
    const world = await ServiceUnderTest.open();
    await world.change(put('signing-key', await createSigningKey(PROFILE, 'ES256', 'next', world.sealer, 0)));
    const [active, next] = await kids(world);
    await world.change(...(await rotateSigningKeys(world.live.current, PROFILE, 'ES256', world.sealer, world.now)).changes);
    const after = await kids(world);
    expect(after).toHaveLength(3);
    expect(after).toEqual(expect.arrayContaining([active, next]));
    expect((await world.get('/~/jwks')).body).not.toMatch(/"(d|p|q|dp|dq|qi|k)":/);
  });

  test('of another profile has other keys', async () => {
    const world = await ServiceUnderTest.open([put('profile', profileOf({ id: 'second', issuer: '/second' }))]);
    await world.change(put('signing-key', await createSigningKey('second', 'ES256', 'active', world.sealer, 0)));
    const second = (jsonOf(await world.get('/second/jwks'))['keys'] as { kid: string }[]).map(({ kid }) => kid);
    expect(second).toHaveLength(1);
    expect(await kids(world)).not.toContain(second[0]);
  });
});
