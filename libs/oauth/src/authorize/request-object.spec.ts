import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { put } from '../configuration/configuration.ts';
import { PROFILE_CAPABILITIES } from '../configuration/entities.ts';
import { aSession } from '../testing/people-of-a-spec.ts';
import {
  aRequest,
  clientOf,
  endpointOf,
  headerOf,
  ISSUER,
  jsonOf,
  profileOf,
  SECRET,
  ServiceUnderTest,
} from '../testing/service-builder.ts';
import type { OAuthResponse } from '../transport/exchange.ts';

const CALLBACK = 'https://app.example/callback';
const challenge = createHash('sha256').update('v'.repeat(43)).digest('base64url');
const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
const other = await generateKeyPair('ES256');
const jwk = { ...(await exportJWK(publicKey)), kid: 'one' };

type Claims = Readonly<Record<string, unknown>>;

async function open(signedRequestsOnly = false): Promise<ServiceUnderTest> {
  const authentication = { methods: ['private_key_jwt', 'client_secret_post'], jwks: { keys: [jwk] }, jwksUri: null } as const;
  const world = await ServiceUnderTest.open([
    put('profile', profileOf({ capabilities: PROFILE_CAPABILITIES })),
    put(
      'client',
      clientOf('app', {
        capabilities: ['authorization-code'],
        authentication: { ...authentication, certificateSubject: null, certificates: [] },
        authorizationCode: {
          ...{ redirectUris: [CALLBACK, `${CALLBACK}/other`], postLogoutRedirectUris: [], webOrigins: [] },
          ...{ consent: false, pushedRequestsOnly: false, signedRequestsOnly },
        },
      }),
    ),
    put('endpoint', endpointOf('oauth-authorize', '/authorize')),
    put('endpoint', endpointOf('oauth-pushed-authorization', '/par')),
  ]);
  world.people.signedIn = aSession(world.now);
  return world;
}

/** A request that the client has signed. */
function signed(world: ServiceUnderTest, claims: Claims = {}, header: Claims = {}, key: CryptoKey = privateKey): Promise<string> {
  const all: Claims = {
    ...{ iss: 'app', aud: ISSUER, exp: world.now + 60, client_id: 'app', redirect_uri: CALLBACK, response_type: 'code' },
    ...{ scope: 'read', state: 'signed', code_challenge: challenge, code_challenge_method: 'S256', max_age: 300 },
    ...claims,
  };
  const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return new SignJWT(kept).setProtectedHeader({ alg: 'ES256', kid: 'one', typ: 'oauth-authz-req+jwt', ...header }).sign(key);
}

const send = (world: ServiceUnderTest, request: string, more: Readonly<Record<string, string>> = {}): Promise<OAuthResponse> =>
  world.handle({
    ...aRequest('/authorize', ''),
    ...{ method: 'GET', query: new URLSearchParams({ client_id: 'app', request, ...more }).toString(), headers: {} },
  });

const returned = (response: OAuthResponse) => Object.fromEntries(new URL(headerOf(response, 'Location') ?? '').searchParams);

describe('signed authorization requests (RFC 9101)', () => {
  test('the parameters of the request object count, and no others beside it (section 6.3)', async () => {
    const world = await open();
    const response = await send(world, await signed(world), { state: 'unsigned', scope: 'write', redirect_uri: `${CALLBACK}/other` });
    expect(headerOf(response, 'Location')).toMatch(/^https:\/\/app\.example\/callback\?/);
    expect(returned(response)).toMatchObject({ code: expect.stringMatching(/^twc_/), state: 'signed', iss: ISSUER });
  });

  test.each<[string, Claims, Claims]>([
    ['of another client', { client_id: 'gateway' }, {}],
    ['without a client', { client_id: undefined }, {}],
    ['with another issuer', { iss: 'gateway' }, {}],
    ['for another service', { aud: 'https://other.example' }, {}],
    ['for this service and another', { aud: [ISSUER, 'https://other.example'] }, {}],
    ['for nobody', { aud: undefined }, {}],
    ['that has expired', { exp: 1 }, {}],
    ['that never expires', { exp: undefined }, {}],
    ['that is not valid yet', { nbf: 9_999_999_999 }, {}],
    ['with another inside', { request: 'x.y.z' }, {}],
    ['with a request_uri inside', { request_uri: 'urn:x' }, {}],
    ['of another type of JWT', {}, { typ: 'at+jwt' }],
  ])('one %s is refused, and nobody is redirected', async (_what, claims, header) => {
    const world = await open();
    const response = await send(world, await signed(world, claims, header));
    expect([response.status, headerOf(response, 'Location')]).toEqual([400, undefined]);
    expect(response.body).toContain('The request object');
  });

  test('one that somebody else has signed, nobody has signed, or that was changed, is refused', async () => {
    const world = await open();
    const good = await signed(world);
    const [header = '', , signature = ''] = good.split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    const changed = Buffer.from(JSON.stringify({ client_id: 'app', aud: ISSUER, exp: world.now + 60 })).toString('base64url');
    for (const text of [
      await signed(world, {}, {}, other.privateKey),
      `${none}.${good.split('.')[1] ?? ''}.`,
      `${header}.${changed}.${signature}`,
      'x',
      'x'.repeat(20_000),
    ])
      expect((await send(world, text)).status).toBe(400);
  });

  test('a client without keys has none', async () => {
    const world = await open();
    await world.change(
      put(
        'client',
        clientOf('app', {
          capabilities: ['authorization-code'],
          authorizationCode: {
            ...{ redirectUris: [CALLBACK], postLogoutRedirectUris: [], webOrigins: [] },
            ...{ consent: false, pushedRequestsOnly: false, signedRequestsOnly: false },
          },
        }),
      ),
    );
    expect((await send(world, await signed(world))).status).toBe(400);
  });

  test('what is wrong with the request that was signed is told to the client', async () => {
    const world = await open();
    expect(returned(await send(world, await signed(world, { scope: 'admin' })))).toMatchObject({ error: 'invalid_scope', state: 'signed' });
  });

  test('a client that has to sign its requests can do nothing else (section 10.5)', async () => {
    const world = await open(true);
    const query = new URLSearchParams({ client_id: 'app', redirect_uri: CALLBACK, response_type: 'code' }).toString();
    expect((await world.handle({ ...aRequest('/authorize', ''), method: 'GET', query, headers: {} })).status).toBe(400);
    expect(returned(await send(world, await signed(world)))).toMatchObject({ state: 'signed' });
  });

  test('a signed request may be pushed (RFC 9126 section 3)', async () => {
    const world = await open(true);
    const credentials = { client_id: 'app', client_secret: SECRET };
    expect((await world.post('/par', { ...credentials, redirect_uri: CALLBACK, response_type: 'code' })).status).toBe(400);
    const { request_uri: uri } = jsonOf(await world.post('/par', { ...credentials, request: await signed(world) }));
    const query = new URLSearchParams({ client_id: 'app', request_uri: String(uri) }).toString();
    expect(returned(await world.handle({ ...aRequest('/authorize', ''), method: 'GET', query, headers: {} }))).toMatchObject({
      state: 'signed',
    });
  });
});
