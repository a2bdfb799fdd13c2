import { beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair } from 'jose';
import { put } from '../configuration/configuration.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import { CODE_CLIENT, RegistrationWorld, templateOf } from '../testing/registration-world.ts';
import { PROFILE } from '../testing/service-builder.ts';
import { clientOfRegistration } from './client-of-registration.ts';
import { registeredMetadata } from './registered-metadata.ts';

let profile: ProfileSnapshot;
let publicJwk: Record<string, unknown>;
let privateJwk: Record<string, unknown>;

beforeAll(async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  publicJwk = { ...(await exportJWK(publicKey)) };
  privateJwk = { ...(await exportJWK(privateKey)) };
  const { service } = await RegistrationWorld.open({}, undefined, {}, [
    put('http-client', {
      ...{ profile: PROFILE, id: 'keys', allowedHosts: ['keys.example'], allowHttp: false, allowTokens: false, allowedNetworks: [] },
      ...{ credentials: null, tls: { caCertificates: null, clientCertificate: null, sealedClientKey: null }, timeoutMilliseconds: 100 },
      ...{ maximumResponseBytes: 1000, maximumRedirects: 0, origin: 'api' },
    }),
  ]);
  profile = service.snapshot.profiles.get(PROFILE)!;
});

const TLS = ['tls_client_auth', 'self_signed_tls_client_auth'] as const;
const registered = (
  asked: Record<string, unknown>,
  members: Parameters<typeof templateOf>[0] = {},
  methods: readonly (typeof TLS)[number][] = [],
) => registeredMetadata(asked, templateOf(members), profile, methods);
const refusal = (...given: Parameters<typeof registered>) => {
  try {
    return registered(...given);
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return [code, message];
  }
};

describe('what is registered of what is asked for (RFC 7591 section 2)', () => {
  test('defaults are those of the RFC, within the template', () => {
    expect(registered(CODE_CLIENT)).toMatchObject({
      ...{ token_endpoint_auth_method: 'client_secret_basic', grant_types: ['authorization_code'], response_types: ['code'] },
      scope: 'read write',
    });
    expect(registered({}, { capabilities: ['client-credentials'], defaultScopes: ['read'] })).toMatchObject({
      ...{ grant_types: ['client_credentials'], response_types: [], scope: 'read' },
    });
    expect(registered(CODE_CLIENT, { authenticationMethods: ['none'] })['token_endpoint_auth_method']).toBe('none');
  });

  test('what is not understood is left out, and so is what cannot be had beside what can', () => {
    const asked = { ...CODE_CLIENT, unknown: 1, grant_types: ['authorization_code', 'implicit'], response_types: ['code', 'token'] };
    const answer = registered({ ...asked, scope: 'read admin' });
    expect(answer).toMatchObject({ grant_types: ['authorization_code'], response_types: ['code'], scope: 'read' });
    expect(answer).not.toHaveProperty('unknown');
    expect(registered({ ...CODE_CLIENT, grant_types: ['client_credentials'] })).not.toHaveProperty('redirect_uris');
  });

  test.each([
    ['redirect_uris', 'a list', 'redirect_uris must be a list of at most 20 URLs.'],
    ['redirect_uris', undefined, 'redirect_uris is missing: a client that people sign in to needs at least one.'],
    ['redirect_uris', ['/callback'], /^redirect_uris\[0\] must be an absolute URL/],
    ['redirect_uris', ['https://a.example/#x'], /^redirect_uris\[0\] must have no fragment/],
    ['redirect_uris', ['https://a.example/', 'http://a.example/'], /^redirect_uris\[1\] must be https/],
    ['redirect_uris', ['javascript:alert(1)'], /^redirect_uris\[0\] must be https/],
    ['post_logout_redirect_uris', ['http://a.example/'], /^post_logout_redirect_uris\[0\] must be https/],
  ])('a wrong %s (%j) is an invalid_redirect_uri (section 3.2.2)', (name, value, message) => {
    expect(refusal({ ...CODE_CLIENT, [name]: value })).toEqual(['invalid_redirect_uri', expect.stringMatching(message)]);
  });

  test('what requests ask for that do not say is registered, and holds for the client (OpenID Connect Registration section 2)', () => {
    const asked = { default_max_age: 600, default_acr_values: ['card', 'phr'], require_auth_time: true };
    const metadata = registered({ ...CODE_CLIENT, ...asked });
    expect(metadata).toMatchObject(asked);
    const client = { profile: PROFILE, id: 'dyn_a', properties: {}, secrets: [] };
    expect(clientOfRegistration({ ...client, metadata }, templateOf(), profile.profile).openId).toMatchObject({
      ...{ defaultMaxAge: 600, defaultAcrValues: ['card', 'phr'] },
    });
    for (const wrong of [-1, 1.5, '600'])
      expect(refusal({ ...CODE_CLIENT, default_max_age: wrong })).toEqual([
        'invalid_client_metadata',
        'default_max_age must be a whole number of seconds.',
      ]);
    expect(refusal({ ...CODE_CLIENT, default_acr_values: ['a b'] })).toEqual([
      'invalid_client_metadata',
      'default_acr_values must be a list of values of acr, without spaces.',
    ]);
  });

  test('redirect URIs lead to the hosts of the template alone', () => {
    const only = { redirectHosts: ['app.example', '*.sub.example'] };
    for (const uri of ['https://app.example/a', 'https://x.sub.example/'])
      expect(registered({ redirect_uris: [uri] }, only)['redirect_uris']).toEqual([uri]);
    for (const uri of ['https://sub.example/', 'https://evil.example/', 'https://xapp.example/', 'https://app.example.evil.example/'])
      expect(refusal({ redirect_uris: [uri] }, only)).toEqual([
        'invalid_redirect_uri',
        expect.stringContaining('app.example, *.sub.example'),
      ]);
  });

  test.each([
    ['client_name', 5, 'client_name must be a text of 1 to 128 characters.'],
    ['client_name', 'a\u202eb', 'client_name must have no control characters.'],
    ['client_name#', 'x', /language tag/],
    ['logo_uri', 'http://a.example/', 'logo_uri must be the https URL of a page.'],
    ['tos_uri#de', 'javascript:alert(1)', 'tos_uri#de must be the https URL of a page.'],
    ['contacts', 'a@b.example', /^contacts must be a list/],
    ['contacts', ['a@b.example\u009b31m'], /^contacts must have no control characters/],
    ['token_endpoint_auth_method', 'client_secret_jwt', /^token_endpoint_auth_method must be one of client_secret_basic/],
    ['grant_types', ['password'], 'grant_types must have one of authorization_code, client_credentials, refresh_token.'],
    ['grant_types', ['refresh_token'], /something to refresh/],
    ['response_types', ['token'], /^response_types must have code/],
    ['scope', 'admin', 'scope must have one of read, write, with spaces between them.'],
    ['application_type', 'desktop', 'application_type must be web or native.'],
    ['subject_type', 'pairwise', /^subject_type must be public/],
    ['id_token_signed_response_alg', 'RS256', /^id_token_signed_response_alg must be ES256/],
    ['userinfo_signed_response_alg', 'none', /^userinfo_signed_response_alg must be ES256/],
    ['id_token_encrypted_response_alg', 'RSA-OAEP', /^id_token_encrypted_response_alg cannot be had here/],
    ['dpop_bound_access_tokens', 'yes', 'dpop_bound_access_tokens must be true or false.'],
    ['require_signed_request_object', true, /^jwks is missing/],
    ['jwks', {}, /^jwks must be a JWK set/],
    ['jwks_uri', 'https://169.254.169.254/', /^jwks_uri is at a host that keys are not fetched from here/],
    ['jwks_uri', 'https://other.example/jwks', /^jwks_uri is at a host/],
    ['jwks_uri', 'http://keys.example/jwks', /^jwks_uri is at a host/],
  ])('a wrong %s (%j) is invalid_client_metadata, with what to do', (name, value, message) => {
    expect(refusal({ ...CODE_CLIENT, [name]: value })).toEqual(['invalid_client_metadata', expect.stringMatching(message)]);
  });

  test('a public client may not do what only others may (RFC 6749 section 4.4)', () => {
    const asked = { ...CODE_CLIENT, token_endpoint_auth_method: 'none' };
    expect(registered({ ...asked, grant_types: ['authorization_code', 'client_credentials'] })['grant_types']).toEqual([
      'authorization_code',
    ]);
    expect(refusal({ ...asked, grant_types: ['client_credentials'] })).toEqual(['invalid_client_metadata', expect.any(String)]);
  });

  test('private_key_jwt needs keys, inline or where they may be fetched, and public ones', () => {
    const asked = { ...CODE_CLIENT, token_endpoint_auth_method: 'private_key_jwt' };
    expect(registered({ ...asked, jwks: { keys: [publicJwk] }, token_endpoint_auth_signing_alg: 'ES256' })).toMatchObject({
      ...{ jwks: { keys: [publicJwk] }, token_endpoint_auth_signing_alg: 'ES256' },
    });
    expect(registered({ ...asked, jwks_uri: 'https://keys.example/jwks' })['jwks_uri']).toBe('https://keys.example/jwks');
    for (const [members, message] of [
      [{}, /^jwks is missing/],
      [{ jwks: { keys: [privateJwk] } }, /^jwks\.keys\[0\]\.d is part of a private/],
      [{ jwks: { keys: [publicJwk, publicJwk] } }, /kid must be a text of its own/],
      [{ jwks: { keys: [publicJwk] }, jwks_uri: 'https://keys.example/jwks' }, /^jwks and jwks_uri do not go together/],
      [{ jwks: { keys: [publicJwk] }, token_endpoint_auth_signing_alg: 'HS256' }, /^token_endpoint_auth_signing_alg must be/],
    ] as const)
      expect(refusal({ ...asked, ...members })).toEqual(['invalid_client_metadata', expect.stringMatching(message)]);
  });

  test('certificates are known by one name or by the keys, where the service sees certificates (RFC 8705 section 2)', () => {
    const template = { authenticationMethods: [...TLS] };
    const asked = { ...CODE_CLIENT, token_endpoint_auth_method: 'tls_client_auth' };
    expect(registered({ ...asked, tls_client_auth_san_dns: 'app.example' }, template, TLS)).toMatchObject({
      ...{ token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_san_dns: 'app.example' },
    });
    expect(refusal({ ...asked, tls_client_auth_san_dns: 'app.example' }, template)).toEqual([
      'invalid_client_metadata',
      expect.any(String),
    ]);
    for (const members of [
      {},
      { tls_client_auth_san_dns: '*.x' },
      { tls_client_auth_san_dns: 'a.example', tls_client_auth_san_ip: '192.0.2.1' },
    ])
      expect(refusal({ ...asked, ...members }, template, TLS)).toEqual([
        'invalid_client_metadata',
        expect.stringContaining('tls_client_auth'),
      ]);
    const selfSigned = { ...CODE_CLIENT, token_endpoint_auth_method: 'self_signed_tls_client_auth', jwks: { keys: [publicJwk] } };
    expect(refusal(selfSigned, template, TLS)).toEqual(['invalid_client_metadata', expect.stringContaining('x5c')]);
  });

  test('what the template demands is registered, whatever is asked for', () => {
    const answer = registered(CODE_CLIENT, { boundAccessTokens: 'dpop', pushedRequestsOnly: true });
    expect(answer).toMatchObject({ dpop_bound_access_tokens: true, require_pushed_authorization_requests: true });
    expect(
      registered(
        { ...CODE_CLIENT, dpop_bound_access_tokens: false, require_pushed_authorization_requests: false },
        { boundAccessTokens: 'dpop' },
      ),
    ).toMatchObject({
      ...{ dpop_bound_access_tokens: true },
    });
  });

  test('an app on a device may have a scheme of its own, one on the web not (RFC 8252 section 7.1)', () => {
    const app = { redirect_uris: ['com.example.app:/callback', 'http://127.0.0.1/callback'] };
    expect(registered({ ...app, application_type: 'native' })['redirect_uris']).toEqual(app.redirect_uris);
    expect(refusal({ ...app, application_type: 'web' })).toEqual(['invalid_redirect_uri', expect.stringContaining('native')]);
  });
});
