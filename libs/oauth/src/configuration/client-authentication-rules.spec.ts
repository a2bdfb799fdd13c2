import { generateKeyPairSync, X509Certificate, type KeyObject } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { aClientCertificate } from '../testing/client-certificate.ts';
import { clientOf, httpClientOf, profileOf } from '../testing/service-builder.ts';
import type { ClientAuthenticationSettings } from './client-authentication-settings.ts';
import { Configuration, put } from './configuration.ts';
import type { Client } from './entities.ts';
import { validate } from './validation.ts';

const jwkOf = (key: KeyObject) => key.export({ format: 'jwk' }) as Record<string, unknown>;
const EC = jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey);
const OTHER = jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey);
const THUMBPRINT = 'A'.repeat(43);
let certificate: X509Certificate;

beforeAll(async () => {
  certificate = new X509Certificate((await aClientCertificate()).certificate);
});

const settings = (members: Partial<ClientAuthenticationSettings>): ClientAuthenticationSettings => ({
  ...{ methods: ['private_key_jwt'], jwks: null, jwksUri: null, certificateSubject: null, certificates: [] },
  ...members,
});

/** Pointers and messages, of a client with capabilities and no secret in a profile with an HTTP client. */
function problems(authentication: Partial<ClientAuthenticationSettings>, members: Partial<Client> = {}): string[] {
  const client = clientOf('app', { secrets: [], authentication: settings(authentication), ...members });
  const configuration = Configuration.empty.with([
    put('profile', profileOf()),
    put('http-client', httpClientOf('keys')),
    put('client', client),
  ]);
  return validate(configuration).map(({ pointer, message }) => `${pointer}: ${message}`);
}
const keys = (...jwks: Record<string, unknown>[]) => ({ jwks: { keys: jwks } });

describe('how a client authenticates', () => {
  test('by each method, with what belongs to it, is sound', () => {
    const subject = { kind: 'san_dns', value: 'client.example' } as const;
    expect(problems(keys(EC))).toEqual([]);
    expect(problems(keys({ ...EC, kid: 'a', alg: 'ES256', use: 'sig' }, { ...OTHER, kid: 'b' }))).toEqual([]);
    expect(problems({ jwksUri: 'https://keys.example/jwks' })).toEqual([]);
    expect(problems({ methods: ['tls_client_auth'], certificateSubject: subject })).toEqual([]);
    expect(problems({ methods: ['self_signed_tls_client_auth'], certificates: [THUMBPRINT] })).toEqual([]);
    const x5c = [certificate.raw.toString('base64')];
    expect(problems({ methods: ['self_signed_tls_client_auth'], ...keys({ ...jwkOf(certificate.publicKey), x5c }) })).toEqual([]);
    expect(problems({ methods: ['none'] }, { capabilities: [] })).toEqual([]);
    expect(
      problems({
        ...{ methods: ['client_secret_basic', 'private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth'] },
        ...{ ...keys(EC), certificateSubject: subject, certificates: [THUMBPRINT] },
      }),
    ).toEqual([]);
  });

  test.each<[string, Partial<ClientAuthenticationSettings>, Partial<Client>, string]>([
    [
      'none beside another',
      { methods: ['none', 'client_secret_basic'] },
      { capabilities: [] },
      '/authentication/methods: "none" stands alone',
    ],
    [
      'none with a secret',
      { methods: ['none'] },
      { capabilities: [], secrets: [{ hash: 'sha256$x', createdAt: 0, expiresAt: null }] },
      '/secrets: a public client, with the method "none", has no secret',
    ],
    [
      'none with client credentials (RFC 6749 section 4.4)',
      { methods: ['none'] },
      {},
      '/capabilities/0: a public client, with the method "none", may not have "client-credentials"',
    ],
    [
      'none with introspection (RFC 7662 section 2.1)',
      { methods: ['none'] },
      { capabilities: ['introspection'] },
      '/capabilities/0: a public client, with the method "none", may not have "introspection"',
    ],
    ['secrets without any', { methods: ['client_secret_basic'] }, {}, '/secrets: a client with capabilities needs a secret'],
    ['private_key_jwt without keys', {}, {}, '/authentication/jwks: is missing'],
    [
      'keys twice (RFC 7591 section 2)',
      { ...keys(EC), jwksUri: 'https://keys.example/jwks' },
      {},
      '/authentication/jwksUri: does not go with "jwks"',
    ],
    [
      'keys for nothing',
      { methods: ['tls_client_auth'], ...keys(EC), certificateSubject: { kind: 'san_dns', value: 'a' } },
      {},
      '/authentication/jwks: goes with the method private_key_jwt or self_signed_tls_client_auth only',
    ],
    [
      'a key URL that nobody may fetch',
      { jwksUri: 'https://elsewhere.example/jwks' },
      {},
      '/authentication/jwksUri: no HTTP client of the profile may fetch it: add elsewhere.example to',
    ],
    ['a key URL without encryption', { jwksUri: 'http://keys.example/jwks' }, {}, '/authentication/jwksUri: no HTTP client'],
    ['one of two keys without kid', keys(EC, { ...OTHER, kid: 'b' }), {}, '/authentication/jwks/keys/0/kid: must be a text of its own'],
    [
      'two keys of one kid',
      keys({ ...EC, kid: 'a' }, { ...OTHER, kid: 'a' }),
      {},
      '/authentication/jwks/keys/1/kid: must be a text of its own',
    ],
    [
      'a name for nothing',
      { ...keys(EC), certificateSubject: { kind: 'san_dns', value: 'a' } },
      {},
      '/authentication/certificateSubject: goes with the method tls_client_auth only',
    ],
    ['tls_client_auth without a name', { methods: ['tls_client_auth'] }, {}, '/authentication/certificateSubject: is missing'],
    [
      'self_signed_tls_client_auth without certificates',
      { methods: ['self_signed_tls_client_auth'], ...keys(EC) },
      {},
      '/authentication/certificates: is missing',
    ],
    ['certificates for nothing', { ...keys(EC), certificates: [THUMBPRINT] }, {}, '/authentication/certificates: goes with'],
  ])('with %s is refused in words', (_what, authentication, members, message) => {
    expect(problems(authentication, members)).toEqual([expect.stringContaining(message)]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['a private key', jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey), '/d: is part of a private or secret key'],
    ['a shared secret', { kty: 'oct', k: 'c2VjcmV0' }, '/k: is part of a private or secret key'],
    [
      'a short RSA key (RFC 7518 section 3.3)',
      jwkOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey),
      '/n: must have at least 2048 bits',
    ],
    ['a curve for agreement', jwkOf(generateKeyPairSync('x25519').publicKey), ': must be a public key of kind'],
    ['another curve', jwkOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey), ': must be a public key of kind'],
    ['nothing', {}, ': must be a public key of kind'],
    ['a point that is not on the curve', { ...EC, y: EC['x'] }, ': must be a public key of kind'],
    ['an algorithm with a shared key', { ...EC, alg: 'HS256' }, '/alg: must be one of ES256'],
    ['a key for encryption', { ...EC, use: 'enc' }, '/use: must be "sig"'],
    ['a certificate of another key (RFC 7517 section 4.7)', { ...EC, x5c: ['AAAA'] }, '/x5c: must be certificates'],
  ])('%s is no key for assertions', (_what, key, message) => {
    expect(problems(keys(key))).toEqual([expect.stringContaining(`/authentication/jwks/keys/0${message}`)]);
  });

  test('a certificate of another key is found out', () => {
    expect(problems(keys({ ...EC, x5c: [certificate.raw.toString('base64')] }))).toEqual([expect.stringContaining('/x5c: must be')]);
  });

  test.each([
    ['subject_dn', 'reports', 'must be a distinguished name such as'],
    ['san_dns', '*.example.com', 'must be a DNS name'],
    ['san_dns', '.example.com', 'must be a DNS name'],
    ['san_ip', '192.0.2.0/24', 'must be an IP address'],
    ['san_email', 'example.com', 'must be an e-mail address'],
    ['san_uri', 'client', 'must be an absolute URI'],
  ] as const)('no certificate has the %s %s', (kind, value, message) => {
    expect(problems({ methods: ['tls_client_auth'], certificateSubject: { kind, value } })).toEqual([
      expect.stringContaining(`/authentication/certificateSubject/value: ${message}`),
    ]);
  });

  test('an HTTP client that may no longer fetch the keys of a client is not taken away from it', () => {
    const client = clientOf('app', { secrets: [], authentication: settings({ jwksUri: 'https://keys.example/jwks' }) });
    const narrowed = put('http-client', httpClientOf('keys', { allowedHosts: ['other.example'] }));
    const before = Configuration.empty.with([put('profile', profileOf()), put('http-client', httpClientOf('keys')), put('client', client)]);
    expect(validate(before)).toEqual([]);
    expect(validate(before.with([narrowed]), [narrowed])).toMatchObject([{ kind: 'client', pointer: '/authentication/jwksUri' }]);
  });
});
