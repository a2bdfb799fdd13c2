import { createHash, randomUUID, X509Certificate } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { put } from '../configuration/configuration.ts';
import { PROFILE_CAPABILITIES, type Client } from '../configuration/entities.ts';
import { aClientCertificate } from '../testing/client-certificate.ts';
import { aSession } from '../testing/people-of-a-spec.ts';
import {
  aRequest,
  BASE_URL,
  claimsOf,
  clientOf,
  endpointOf,
  headerOf,
  jsonOf,
  profileOf,
  SECRET,
  ServiceUnderTest,
  TOKEN,
} from '../testing/service-builder.ts';
import type { OAuthRequest, OAuthResponse } from '../transport/exchange.ts';

const CALLBACK = 'https://app.example/callback';
const VERIFIER = 'v'.repeat(43);
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

interface Key {
  readonly jkt: string;
  proof(claims?: Readonly<Record<string, unknown>>): Promise<string>;
}

async function aKey(): Promise<Key> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  return {
    jkt: await calculateJwkThumbprint(jwk),
    proof: (claims = {}) =>
      new SignJWT({ jti: randomUUID(), htm: 'POST', htu: BASE_URL + TOKEN, iat: Math.floor(Date.now() / 1000), ...claims })
        .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
        .sign(privateKey),
  };
}

const key = await aKey();
const other = await aKey();
const PUBLIC = { methods: ['none'], jwks: null, jwksUri: null, certificateSubject: null, certificates: [] } as const;

async function open(client: Partial<Client> = {}, defaults: object = {}): Promise<ServiceUnderTest> {
  const profile = profileOf({ capabilities: PROFILE_CAPABILITIES });
  const world = await ServiceUnderTest.open([
    put('profile', { ...profile, defaults: { ...profile.defaults, ...defaults } }),
    put('client', clientOf('app', client)),
    put('endpoint', endpointOf('oauth-authorize', '/authorize')),
    put('endpoint', endpointOf('oauth-pushed-authorization', '/par')),
  ]);
  world.people.signedIn = aSession(world.now);
  return world;
}

const CREDENTIALS = { client_id: 'app', client_secret: SECRET };
const withProof = (dpop: string | undefined): Record<string, string> => (dpop === undefined ? {} : { dpop });
const request = (world: ServiceUnderTest, dpop?: string) =>
  world.post(TOKEN, { grant_type: 'client_credentials', ...CREDENTIALS }, withProof(dpop));
const refusal = (response: OAuthResponse) => [response.status, jsonOf(response)['error']];

describe('tokens bound to a key (RFC 9449 section 5)', () => {
  test('a proof binds the token: in its data, in introspection and in the phantom token', async () => {
    const world = await open();
    const answer = jsonOf(await request(world, await key.proof()));
    expect(answer['token_type']).toBe('DPoP');
    const token = String(answer['access_token']);
    expect(jsonOf(await world.introspect(token))).toMatchObject({ active: true, cnf: { jkt: key.jkt } });
    expect(claimsOf(await world.phantom(token))).toMatchObject({ cnf: { jkt: key.jkt } });
  });

  test('a JWT carries it as well', async () => {
    const world = await open({ accessTokenFormat: 'jwt' });
    const { access_token: token } = jsonOf(await request(world, await key.proof()));
    expect(claimsOf(String(token))).toMatchObject({ cnf: { jkt: key.jkt } });
  });

  test('without a proof a token is a bearer token, but not for a client that is to be bound (section 5.2)', async () => {
    expect(jsonOf(await request(await open()))['token_type']).toBe('bearer');
    expect(refusal(await request(await open({ boundAccessTokens: 'dpop' })))).toEqual([400, 'invalid_dpop_proof']);
  });

  test.each<[string, () => Promise<string>]>([
    ['for another endpoint', () => key.proof({ htu: `${BASE_URL}/other` })],
    ['for another method', () => key.proof({ htm: 'GET' })],
    ['that is too old', () => key.proof({ iat: Math.floor(Date.now() / 1000) - 61 })],
    ['that is none', () => Promise.resolve('x.y.z')],
    ['and another', async () => `${await key.proof()}, ${await key.proof()}`],
  ])('a proof %s is refused', async (_what, make) => {
    expect(refusal(await request(await open(), await make()))).toEqual([400, 'invalid_dpop_proof']);
  });

  test('a proof is taken once (section 11.1), of a hundred simultaneous uses too', async () => {
    const world = await open();
    const proof = await key.proof();
    const answers = await Promise.all(Array.from({ length: 100 }, () => request(world, proof)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('where nonces are wanted the client gets one, and it holds for a while (section 8)', async () => {
    const world = await open({}, { dpopNonces: true });
    const refused = await request(world, await key.proof());
    expect(refusal(refused)).toEqual([400, 'use_dpop_nonce']);
    const nonce = headerOf(refused, 'DPoP-Nonce') ?? '';
    expect((await request(world, await key.proof({ nonce }))).status).toBe(200);
    expect(refusal(await request(world, await key.proof({ nonce: `${nonce}x` })))).toEqual([400, 'use_dpop_nonce']);
    world.now += 240;
    expect(refusal(await request(world, await key.proof({ nonce, iat: world.now })))).toEqual([400, 'use_dpop_nonce']);
  });
});

describe('tokens bound to a certificate (RFC 8705 section 3)', () => {
  const shown = (members: Partial<OAuthRequest>) => ({
    ...aRequest(TOKEN, { grant_type: 'client_credentials', ...CREDENTIALS }),
    ...members,
  });
  const aCertificate = async () => new X509Certificate((await aClientCertificate()).certificate);

  test('a client that is to be bound shows its certificate, and the token names it', async () => {
    const world = await open({ boundAccessTokens: 'certificate' });
    const certificate = await aCertificate();
    const response = await world.handle(shown({ clientCertificate: () => ({ certificate, isTrusted: false }) }));
    const thumbprint = createHash('sha256').update(certificate.raw).digest('base64url');
    expect(jsonOf(await world.introspect(String(jsonOf(response)['access_token'])))).toMatchObject({ cnf: { 'x5t#S256': thumbprint } });
    expect(jsonOf(response)['token_type']).toBe('bearer');
  });

  test('a proof of some key takes not its place', async () => {
    const world = await open({ boundAccessTokens: 'certificate' });
    const headers = { ...shown({}).headers, dpop: await key.proof() };
    expect(refusal(await world.handle(shown({ headers })))).toEqual([400, 'invalid_request']);
    const certificate = await aCertificate();
    const both = await world.handle(
      shown({ headers: { ...headers, dpop: await key.proof() }, clientCertificate: () => ({ certificate, isTrusted: false }) }),
    );
    expect(jsonOf(await world.introspect(String(jsonOf(both)['access_token'])))).toMatchObject({
      cnf: { jkt: key.jkt, 'x5t#S256': expect.any(String) },
    });
  });

  test('without one it gets nothing', async () => {
    const world = await open({ boundAccessTokens: 'certificate' });
    expect(refusal(await world.handle(shown({ clientCertificate: () => null })))).toEqual([400, 'invalid_request']);
  });

  test('a certificate that nobody asked for binds nothing', async () => {
    const world = await open();
    const certificate = await aCertificate();
    const response = await world.handle(shown({ clientCertificate: () => ({ certificate, isTrusted: true }) }));
    expect(jsonOf(await world.introspect(String(jsonOf(response)['access_token'])))).not.toHaveProperty('cnf');
  });
});

describe('bound codes and refresh tokens (RFC 9449 sections 5 and 10)', () => {
  const CLIENT: Partial<Client> = {
    ...{ secrets: [], authentication: PUBLIC, capabilities: ['authorization-code', 'refresh-token'] },
    authorizationCode: {
      redirectUris: [CALLBACK],
      postLogoutRedirectUris: [],
      webOrigins: [],
      consent: false,
      pushedRequestsOnly: false,
      signedRequestsOnly: false,
    },
  };
  const ASKED = { client_id: 'app', response_type: 'code', code_challenge: CHALLENGE, code_challenge_method: 'S256' };

  async function code(world: ServiceUnderTest, asked: Readonly<Record<string, string>> = ASKED): Promise<string> {
    const query = new URLSearchParams(asked).toString();
    const response = await world.handle({ ...aRequest('/authorize', ''), method: 'GET', query, headers: {} });
    return new URL(headerOf(response, 'Location') ?? '').searchParams.get('code') ?? '';
  }
  const send = (world: ServiceUnderTest, form: Readonly<Record<string, string>>, dpop?: string) =>
    world.post(TOKEN, { client_id: 'app', ...form }, withProof(dpop));
  const redeem = (world: ServiceUnderTest, given: string, dpop?: string, more: Readonly<Record<string, string>> = {}) =>
    send(world, { grant_type: 'authorization_code', code: given, code_verifier: VERIFIER, ...more }, dpop);
  const refresh = (world: ServiceUnderTest, token: unknown, dpop?: string, more: Readonly<Record<string, string>> = {}) =>
    send(world, { grant_type: 'refresh_token', refresh_token: String(token), ...more }, dpop);

  test('refresh tokens of public clients are bound to the key, for nothing else tells whose they are', async () => {
    const world = await open(CLIENT);
    const { refresh_token: token } = jsonOf(await redeem(world, await code(world), await key.proof()));
    expect(refusal(await refresh(world, token))).toEqual([400, 'invalid_grant']);
    expect(refusal(await refresh(world, token, await other.proof()))).toEqual([400, 'invalid_grant']);
    const again = jsonOf(await refresh(world, token, await key.proof()));
    expect(again).toMatchObject({ token_type: 'DPoP', refresh_token: expect.stringMatching(/^twr_/) });
    expect((await refresh(world, again['refresh_token'], await key.proof())).status).toBe(200);
  });

  test('dpop_jkt binds the code', async () => {
    const world = await open(CLIENT);
    const bound = await code(world, { ...ASKED, dpop_jkt: key.jkt });
    expect(refusal(await redeem(world, bound))).toEqual([400, 'invalid_grant']);
    expect(refusal(await redeem(world, bound, await other.proof()))).toEqual([400, 'invalid_grant']);
    expect((await redeem(world, bound, await key.proof())).status).toBe(200);
  });

  test('so does a proof with a pushed request (section 10.1), and the two must not differ', async () => {
    const world = await open(CLIENT);
    const htu = `${BASE_URL}/par`;
    const differing = await world.post('/par', { ...ASKED, dpop_jkt: other.jkt }, { dpop: await key.proof({ htu }) });
    expect(refusal(differing)).toEqual([400, 'invalid_request']);
    const { request_uri: uri } = jsonOf(await world.post('/par', ASKED, { dpop: await key.proof({ htu }) }));
    const pushed = await code(world, { client_id: 'app', request_uri: String(uri) });
    expect(refusal(await redeem(world, pushed, await other.proof()))).toEqual([400, 'invalid_grant']);
    expect((await redeem(world, pushed, await key.proof())).status).toBe(200);
  });

  test('a client with a secret may change its key at a refresh', async () => {
    const { secrets } = clientOf('app');
    const world = await open({ ...CLIENT, secrets, authentication: null });
    const secret = { client_secret: SECRET };
    const first = jsonOf(await redeem(world, await code(world), await key.proof(), secret));
    const next = jsonOf(await refresh(world, first['refresh_token'], await other.proof(), secret));
    expect(jsonOf(await world.introspect(String(next['access_token'])))).toMatchObject({ cnf: { jkt: other.jkt } });
  });
});
