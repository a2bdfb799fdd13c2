import { beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWK } from 'jose';
import { put } from '../configuration/configuration.ts';
import type { ClientAuthenticationSettings } from '../configuration/client-authentication-settings.ts';
import { HostServiceError, type HostServiceErrorCode, type JwtVerification } from '../procedures/host-services.ts';
import { SingleUses } from '../single-uses.ts';
import { memoryStores } from '../testing/memory-stores.ts';
import {
  aRequest,
  BASE_URL,
  clientOf,
  endpointOf,
  gatewayOf,
  httpClientOf,
  INTROSPECTION,
  ISSUER,
  jsonOf,
  PROFILE,
  profileOf,
  REVOCATION,
  SECRET,
  ServiceUnderTest,
  TOKEN,
} from '../testing/service-builder.ts';
import type { OAuthResponse } from '../transport/exchange.ts';
import { parseForm } from '../transport/form.ts';
import { ASSERTION_ALGORITHMS } from './client-assertion.ts';
import { ClientAuthentication } from './client-authentication.ts';
import { ForeignKeys } from '../foreign-keys.ts';
import { FailedAuthentications } from './failed-authentications.ts';

const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const ALGORITHMS = ASSERTION_ALGORITHMS.map((algorithm) => [algorithm] as const);
const keys = new Map<string, { readonly privateKey: CryptoKey; readonly jwk: JWK }>();

beforeAll(async () => {
  for (const algorithm of ASSERTION_ALGORITHMS) {
    const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
    keys.set(algorithm, { privateKey, jwk: await exportJWK(publicKey) });
  }
});

function keyOf(algorithm: string): { readonly privateKey: CryptoKey; readonly jwk: JWK } {
  const key = keys.get(algorithm);
  if (key === undefined) throw new Error(algorithm);
  return key;
}

const registered = (members: Partial<ClientAuthenticationSettings>): ClientAuthenticationSettings => ({
  ...{ methods: ['private_key_jwt'], jwks: null, jwksUri: null, certificateSubject: null, certificates: [] },
  ...members,
});
const withKeys = (...jwks: JWK[]) => ({ secrets: [], authentication: registered({ jwks: { keys: jwks } }) });

let world: ServiceUnderTest;
let count = 0;

interface Signing {
  readonly algorithm?: string;
  readonly key?: CryptoKey;
  readonly header?: Readonly<Record<string, unknown>>;
}

function assertion(claims: Readonly<Record<string, unknown>> = {}, { algorithm = 'ES256', key, header }: Signing = {}): Promise<string> {
  const all = { iss: 'app', sub: 'app', aud: ISSUER, jti: `jti-${String(++count)}`, exp: world.now + 60, ...claims };
  return new SignJWT(all).setProtectedHeader({ alg: algorithm, ...header }).sign(key ?? keyOf(algorithm).privateKey);
}

const form = (text: string, more: Readonly<Record<string, string>> = {}) => ({
  grant_type: 'client_credentials',
  client_assertion_type: TYPE,
  client_assertion: text,
  ...more,
});
const ask = async (text: string, more: Readonly<Record<string, string>> = {}) => world.post(TOKEN, form(text, more));
const shown = (response: OAuthResponse) => ({ status: response.status, ...jsonOf(response) });
const FAILED = { status: 401, error: 'invalid_client', error_description: 'Client authentication failed.' };

beforeEach(async () => {
  world = await ServiceUnderTest.open([put('client', clientOf('app', withKeys(keyOf('ES256').jwk)))]);
});

describe('private_key_jwt (RFC 7523 section 2.2, OpenID Connect Core 1.0 section 9)', () => {
  test.each(ALGORITHMS)('lets a client in by %s', async (algorithm) => {
    await world.change(put('client', clientOf('app', withKeys(keyOf(algorithm).jwk))));
    expect((await ask(await assertion({}, { algorithm }))).status).toBe(200);
  });

  test('works at every endpoint where clients authenticate, and needs no client_id (RFC 7521 section 4.2)', async () => {
    await world.change(put('client', { ...gatewayOf('gateway'), ...withKeys(keyOf('ES256').jwk) }));
    const issued = await ask(await assertion(), { client_id: 'app' });
    const token = String(jsonOf(issued)['access_token']);
    const gateway = { iss: 'gateway', sub: 'gateway' };
    const introspected = await world.post(INTROSPECTION, form(await assertion(gateway), { token }));
    expect(jsonOf(introspected)).toMatchObject({ active: true });
    expect(
      (await world.post(INTROSPECTION, form(await assertion(gateway), { token }), { accept: 'application/token-introspection+jwt' }))
        .status,
    ).toBe(200);
    expect((await world.post(REVOCATION, form(await assertion(), { token }))).status).toBe(200);
    expect(jsonOf(await world.post(INTROSPECTION, form(await assertion(gateway), { token })))).toEqual({ active: false });
  });

  test('aud may be the issuer, a token endpoint or the endpoint that is asked, by the configured base URL', async () => {
    await world.change(put('endpoint', endpointOf('oauth-token', '/second-token', { id: 'second', advertised: false })));
    for (const aud of [ISSUER, BASE_URL + TOKEN, `${BASE_URL}/second-token`, [ISSUER, BASE_URL + TOKEN]])
      expect((await ask(await assertion({ aud }))).status).toBe(200);
    expect((await world.post(REVOCATION, form(await assertion({ aud: BASE_URL + REVOCATION }), { token: 'x' }))).status).toBe(200);
    for (const aud of [BASE_URL, BASE_URL + REVOCATION, 'https://evil.example/token', `${BASE_URL}/token/`])
      expect(shown(await ask(await assertion({ aud })))).toMatchObject({ status: 401, error: 'invalid_client' });
    // What the request calls itself decides nothing: whoever relays an assertion could name its own host.
    const relayed = aRequest(TOKEN, form(await assertion({ aud: 'https://evil.example/token' })), { headers: { host: 'evil.example' } });
    expect((await world.handle({ ...relayed, host: 'evil.example' })).status).toBe(401);
  });

  test('aud of another profile is another audience, and its clients are others', async () => {
    await world.change(
      put('profile', profileOf({ id: 'second', issuer: '/second' })),
      put('endpoint', endpointOf('oauth-token', '/second/token', { profile: 'second' })),
      put('client', clientOf('app', { profile: 'second', ...withKeys(keyOf('ES384').jwk) })),
    );
    expect((await ask(await assertion({ aud: `${BASE_URL}/second` }))).status).toBe(401);
    expect((await world.post('/second/token', form(await assertion()))).status).toBe(401);
    const own = await assertion({ aud: `${BASE_URL}/second` });
    expect(shown(await world.post('/second/token', form(own)))).toMatchObject(FAILED);
  });
});

describe('a single use (RFC 7523 section 3, item 7)', () => {
  test('an assertion is taken once, and said to have been', async () => {
    const text = await assertion();
    expect((await ask(text)).status).toBe(200);
    expect(shown(await ask(text))).toEqual({
      ...{ status: 401, error: 'invalid_client' },
      error_description: 'The client assertion has been used before.',
    });
    // Nor at another endpoint, nor by another assertion of that id.
    expect((await world.post(REVOCATION, form(text, { token: 'x' }))).status).toBe(401);
    const [jti, exp] = ['twice', world.now + 50];
    expect((await ask(await assertion({ jti, exp }))).status).toBe(200);
    expect((await ask(await assertion({ jti, exp, aud: BASE_URL + TOKEN }))).status).toBe(401);
  });

  test('of fifty at the same time, on two nodes, one is let in', async () => {
    const stores = memoryStores();
    const failures = new FailedAuthentications(
      () => undefined,
      () => world.now,
    );
    const nodes = [1, 2].map(
      () => new ClientAuthentication({ clock: () => world.now, failures, uses: new SingleUses(stores.uses), keys: new ForeignKeys(null) }),
    );
    const body = new URLSearchParams(form(await assertion())).toString();
    const profile = world.snapshot.profiles.get(PROFILE)!;
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, async (_, i) => nodes[i % 2]!.authenticate(profile, aRequest(TOKEN, body), parseForm(body))),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(failures.count).toBe(49);
  });

  test('two clients may have assertions of the same id', async () => {
    await world.change(put('client', clientOf('other', withKeys(keyOf('ES256').jwk))));
    expect((await ask(await assertion({ jti: 'same' }))).status).toBe(200);
    expect((await ask(await assertion({ jti: 'same', iss: 'other', sub: 'other' }))).status).toBe(200);
  });

  test('what did not hold uses nothing up: nobody can spoil the ids of others', async () => {
    const [jti, exp] = ['mine', world.now + 60];
    expect((await ask(await assertion({ jti, exp }, { key: keyOf('EdDSA').privateKey, algorithm: 'EdDSA' }))).status).toBe(401);
    expect((await ask(await assertion({ jti, exp }))).status).toBe(200);
  });

  test('without the store nobody is let in', async () => {
    const failing = { once: () => Promise.reject(new Error('down')), deleteExpired: () => 0 };
    const clients = new ClientAuthentication({
      ...{ clock: () => world.now, uses: new SingleUses(failing), keys: new ForeignKeys(null) },
      failures: new FailedAuthentications(
        () => undefined,
        () => world.now,
      ),
    });
    const body = new URLSearchParams(form(await assertion())).toString();
    const attempt = async () => clients.authenticate(world.snapshot.profiles.get(PROFILE)!, aRequest(TOKEN, body), parseForm(body));
    await expect(attempt()).rejects.toThrow('down');
  });
});

describe('what is not let in', () => {
  test('alg none and a public key as a shared secret (RFC 8725 section 2.1)', async () => {
    const claims = { iss: 'app', sub: 'app', aud: ISSUER, jti: 'x', exp: world.now + 60 };
    expect((await ask(new UnsecuredJWT(claims).encode())).status).toBe(401);
    expect((await ask(`${new UnsecuredJWT(claims).encode()}c2ln`)).status).toBe(401);
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    await world.change(put('client', clientOf('app', withKeys(await exportJWK(publicKey)))));
    expect((await ask(await assertion({}, { algorithm: 'RS256', key: privateKey }))).status).toBe(200);
    for (const secret of [await exportSPKI(publicKey), JSON.stringify(await exportJWK(publicKey))]) {
      const forged = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(secret));
      expect(shown(await ask(forged))).toMatchObject({ status: 401, error: 'invalid_client' });
    }
  });

  test('another key, a changed payload, a key of its own in the header (RFC 7515 section 4.1.3)', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    expect(shown(await ask(await assertion({}, { key: privateKey })))).toEqual(FAILED);
    const own = { jwk: await exportJWK(publicKey), jku: 'https://evil.example/jwks' };
    expect(shown(await ask(await assertion({}, { key: privateKey, header: own })))).toEqual(FAILED);
    const [head, , signature] = (await assertion()).split('.');
    const payload = Buffer.from(JSON.stringify({ iss: 'app', sub: 'app', aud: ISSUER, jti: 'y', exp: world.now + 60 })).toString(
      'base64url',
    );
    expect(shown(await ask(`${head}.${payload}.${signature}`))).toEqual(FAILED);
  });

  test('critical headers that are not understood, and unencoded payloads (RFC 7515 section 4.1.11, RFC 7797)', async () => {
    const strange = await new SignJWT({ iss: 'app', sub: 'app', aud: ISSUER, jti: 'z', exp: world.now + 60 })
      .setProtectedHeader({ alg: 'ES256', crit: ['b64'], b64: true })
      .sign(keyOf('ES256').privateKey);
    const [, payload, signature] = strange.split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'ES256', crit: ['exp'], exp: 1 })).toString('base64url');
    expect((await ask(`${header}.${payload}.${signature}`)).status).toBe(401);
  });

  test('an unknown client, a disabled one and one that may not use the method are told by nothing', async () => {
    await world.change(
      put('client', clientOf('off', { enabled: false, ...withKeys(keyOf('ES256').jwk) })),
      put('client', clientOf('secretive')),
    );
    for (const id of ['nobody', 'off', 'secretive', 'gateway'])
      expect(shown(await ask(await assertion({ iss: id, sub: id })))).toEqual(FAILED);
    expect(shown(await ask(await assertion({}, { key: keyOf('Ed25519').privateKey, algorithm: 'Ed25519' })))).toEqual(FAILED);
  });

  test('a secret of a client that may use private_key_jwt alone, right as it is', async () => {
    const { authentication } = withKeys(keyOf('ES256').jwk);
    await world.change(put('client', clientOf('app', { authentication })));
    expect(shown(await world.tokenRequest())).toEqual(FAILED);
    await world.change(
      put('client', clientOf('app', { authentication: { ...authentication, methods: ['client_secret_post', 'private_key_jwt'] } })),
    );
    expect((await world.tokenRequest()).status).toBe(200);
    const byHeader = { authorization: `Basic ${Buffer.from(`app:${SECRET}`).toString('base64')}` };
    expect(shown(await world.post(TOKEN, { grant_type: 'client_credentials' }, byHeader))).toEqual(FAILED);
    // What was let in once is not let in by memory when the method is taken away.
    await world.change(put('client', clientOf('app', { authentication })));
    expect(shown(await world.tokenRequest())).toEqual(FAILED);
  });

  test('what is wrong with the assertion itself is said', async () => {
    expect(shown(await ask(await assertion({ exp: world.now - 31 })))).toEqual({
      ...{ status: 401, error: 'invalid_client' },
      error_description: 'The client assertion has expired.',
    });
  });

  test('the wrong, or only one of client_assertion and client_assertion_type (RFC 7521 section 4.2)', async () => {
    const text = await assertion();
    expect(shown(await ask(text, { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' }))).toMatchObject({
      ...{ status: 401, error: 'invalid_client' },
      error_description: `The client_assertion_type must be ${TYPE}.`,
    });
    for (const missing of ['client_assertion', 'client_assertion_type'])
      expect(shown(await ask(text, { [missing]: '' }))).toMatchObject({ status: 400, error: 'invalid_request' });
  });

  test('two methods, another client_id, a parameter twice', async () => {
    const text = await assertion();
    const basic = { authorization: `Basic ${Buffer.from(`app:${SECRET}`).toString('base64')}` };
    expect(shown(await world.post(TOKEN, form(text), basic))).toMatchObject({ status: 400, error: 'invalid_request' });
    expect(shown(await ask(text, { client_id: 'app', client_secret: SECRET }))).toMatchObject({ status: 400, error: 'invalid_request' });
    expect(shown(await ask(text, { client_id: 'other' }))).toMatchObject({ status: 400, error: 'invalid_request' });
    const twice = `${new URLSearchParams(form(text)).toString()}&client_assertion=${text}`;
    expect(shown(await world.post(TOKEN, twice))).toMatchObject({ status: 400, error: 'invalid_request' });
    // None of these has used it up.
    expect((await ask(text)).status).toBe(200);
  });

  test('is recorded as wrong secrets are, with the reason for operators and without the assertion', async () => {
    const { failedAuthentications } = world.service;
    const used = await assertion();
    await ask(used);
    await ask(used);
    await ask(await assertion({ iss: 'nobody', sub: 'nobody' }));
    await ask('x');
    expect(failedAuthentications.count).toBe(3);
    const lines = world.log.filter(({ message }) => message === 'client authentication failed').map(({ fields }) => fields);
    expect(lines).toMatchObject([
      { client: 'app', reason: 'The client assertion has been used before.' },
      { client: 'nobody', reason: 'no client of this id may use private_key_jwt' },
      { client: '', reason: 'The client assertion is not a signed JWT.' },
    ]);
    expect(JSON.stringify(world.log)).not.toContain(used.split('.')[2]);
  });
});

describe('several keys of a client', () => {
  test('are told apart by kid, and one that is new is taken from the next change on', async () => {
    const [first, second] = [keyOf('ES256'), keyOf('ES384')];
    await world.change(put('client', clientOf('app', withKeys({ ...first.jwk, kid: 'one' }, { ...second.jwk, kid: 'two' }))));
    expect((await ask(await assertion({}, { header: { kid: 'one' } }))).status).toBe(200);
    expect((await ask(await assertion({}, { algorithm: 'ES384', header: { kid: 'two' } }))).status).toBe(200);
    expect((await ask(await assertion({}, { header: { kid: 'three' } }))).status).toBe(401);
    await world.change(put('client', clientOf('app', withKeys({ ...second.jwk, kid: 'two' }))));
    expect((await ask(await assertion({}, { header: { kid: 'one' } }))).status).toBe(401);
  });
});

describe('keys by URL', () => {
  const uri = 'https://keys.example/jwks';
  const open = async (verify: (verification: JwtVerification) => Promise<string>) => {
    const clientKeySets = { verify: jest.fn(verify) };
    const other = await ServiceUnderTest.open(
      [
        put('http-client', httpClientOf('keys')),
        put('client', clientOf('app', { secrets: [], authentication: registered({ jwksUri: uri }) })),
      ],
      ['ES256'],
      'default',
      undefined,
      clientKeySets,
    );
    return { other, clientKeySets };
  };

  test("are asked for by the profile's HTTP clients, once the assertion holds by itself", async () => {
    const { other, clientKeySets } = await open(async () => '{}');
    const text = await assertion();
    expect((await other.post(TOKEN, form(text))).status).toBe(200);
    expect(clientKeySets.verify.mock.calls).toMatchObject([
      [{ token: text, jwksUri: uri, algorithms: ['ES256'], clockTolerance: 30, now: other.now, clients: [{ id: 'keys' }] }],
    ]);
    for (const claims of [{ aud: 'https://other.example' }, { exp: 1 }, { iss: 'nobody', sub: 'nobody' }])
      expect((await other.post(TOKEN, form(await assertion(claims)))).status).toBe(401);
    expect(clientKeySets.verify).toHaveBeenCalledTimes(1);
  });

  test.each<[HostServiceErrorCode]>([['invalid'], ['no-key']])('that do not fit (%s) are a failure of the client', async (code) => {
    const { other } = await open(() => Promise.reject(new HostServiceError(code, 'the signature is wrong')));
    expect(shown(await other.post(TOKEN, form(await assertion())))).toEqual(FAILED);
    expect(other.service.failedAuthentications.count).toBe(1);
  });

  test.each<[HostServiceErrorCode]>([['unreachable'], ['timeout'], ['busy'], ['broken'], ['too-large'], ['refused']])(
    'that cannot be had (%s) are 503, no failure of the client, and told to operators',
    async (code) => {
      const { other } = await open(() => Promise.reject(new HostServiceError(code, 'the key set cannot be had')));
      const response = await other.post(TOKEN, form(await assertion()));
      expect(shown(response)).toMatchObject({ status: 503, error: 'temporarily_unavailable' });
      expect(response.body).not.toContain('keys.example');
      expect(other.service.failedAuthentications.count).toBe(0);
      expect(other.log).toMatchObject([
        { message: 'a client cannot be authenticated', fields: { client: 'app', reason: 'the key set cannot be had' } },
      ]);
    },
  );
});
