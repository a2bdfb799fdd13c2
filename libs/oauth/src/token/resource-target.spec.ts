import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { put, type Change } from '../configuration/configuration.ts';
import { PROFILE_CAPABILITIES, type Client } from '../configuration/entities.ts';
import type { Resource } from '../configuration/profile-settings.ts';
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
import { isResourceUri } from './resource-target.ts';

const ORDERS = 'https://api.example/orders';
const INVOICES = 'https://api.example/invoices';
const VERIFIER = 'v'.repeat(43);
const NOTHING: Resource = { audience: null, scopes: null, accessTokenFormat: null, accessTokenLifetime: null };

async function open(
  resources: Readonly<Record<string, Partial<Resource>>>,
  client: Partial<Client> = {},
  changes: readonly Change[] = [],
): Promise<ServiceUnderTest> {
  const all = Object.fromEntries(Object.entries(resources).map(([uri, resource]) => [uri, { ...NOTHING, ...resource }]));
  const world = await ServiceUnderTest.open([
    put('profile', profileOf({ capabilities: PROFILE_CAPABILITIES, resources: all })),
    put(
      'client',
      clientOf('app', {
        capabilities: ['client-credentials', 'authorization-code', 'refresh-token'],
        authorizationCode: {
          redirectUris: [BASE_URL],
          postLogoutRedirectUris: [],
          webOrigins: [],
          consent: false,
          pushedRequestsOnly: false,
          signedRequestsOnly: false,
        },
        ...client,
      }),
    ),
    put('endpoint', endpointOf('oauth-authorize', '/authorize')),
    ...changes,
  ]);
  world.people.signedIn = aSession(world.now);
  return world;
}

type Pairs = readonly (readonly [string, string])[];

/** What the token endpoint answers to a client that names resources. */
async function asked(world: ServiceUnderTest, form: Readonly<Record<string, string>>, resources: readonly string[] = []) {
  const pairs: Pairs = [
    ...Object.entries({ client_id: 'app', client_secret: SECRET, ...form }),
    ...resources.map((uri) => ['resource', uri] as const),
  ];
  return jsonOf(await world.post(TOKEN, new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString()));
}

const ofItself = (world: ServiceUnderTest, resources: readonly string[], form: Readonly<Record<string, string>> = {}) =>
  asked(world, { grant_type: 'client_credentials', ...form }, resources);

const shown = async (world: ServiceUnderTest, answer: Record<string, unknown>) =>
  jsonOf(await world.introspect(String(answer['access_token'])));

describe('resource indicators (RFC 8707)', () => {
  test('a token is for the API that was named, and else for the audiences of its client', async () => {
    const world = await open({ [ORDERS]: {} });
    expect(await shown(world, await ofItself(world, [ORDERS]))).toMatchObject({ aud: ORDERS, scope: 'read write' });
    expect(await shown(world, await ofItself(world, []))).toMatchObject({ aud: 'app' });
  });

  test('several may be named (section 2), and an audience of its own stands for the URI', async () => {
    const world = await open({ [ORDERS]: {}, [INVOICES]: { audience: 'invoices' } });
    expect(await shown(world, await ofItself(world, [ORDERS, INVOICES, ORDERS]))).toMatchObject({ aud: [ORDERS, 'invoices'] });
  });

  test('scopes that mean nothing there are left out', async () => {
    const world = await open({ [ORDERS]: { scopes: ['read'] }, [INVOICES]: { scopes: [] } });
    const answer = await ofItself(world, [ORDERS]);
    expect(answer['scope']).toBe('read');
    expect(await shown(world, answer)).toMatchObject({ scope: 'read' });
    expect((await ofItself(world, [INVOICES]))['error']).toBe('invalid_target');
  });

  test('form and lifetime are as the API wants them', async () => {
    const world = await open({
      [ORDERS]: { accessTokenFormat: 'jwt', accessTokenLifetime: 60 },
      [INVOICES]: { accessTokenLifetime: 3000 },
    });
    const { access_token: token, expires_in } = await ofItself(world, [ORDERS]);
    expect(claimsOf(String(token))).toMatchObject({ aud: ORDERS });
    expect(expires_in).toBe(60);
    expect(await ofItself(world, [INVOICES])).toMatchObject({ access_token: expect.stringMatching(/^twa_/), expires_in: 300 });
    // The two want different things: the client's own form is taken, and the shortest life.
    expect(await ofItself(world, [ORDERS, INVOICES])).toMatchObject({ access_token: expect.stringMatching(/^twa_/), expires_in: 60 });
  });

  test('a profile without any leaves the parameter to procedures', async () => {
    const world = await open({});
    expect(await shown(world, await ofItself(world, [ORDERS]))).toMatchObject({ active: true, aud: 'app' });
  });

  test.each<[string, readonly string[], Partial<Client>]>([
    ['an unknown one', ['https://api.example/other'], {}],
    ['one that the client may not have', [ORDERS], { resources: [INVOICES] }],
    ['one with a fragment', [`${ORDERS}#top`], {}],
    ['one that is no URI', ['orders'], {}],
    ['one of the names that objects have', ['constructor'], {}],
    ['too many', Array.from({ length: 33 }, (_, i) => `${ORDERS}/${i}`), {}],
  ])('%s is refused as invalid_target (section 2)', async (_what, resources, client) => {
    const world = await open({ [ORDERS]: {}, [INVOICES]: {} }, client);
    expect((await ofItself(world, resources))['error']).toBe('invalid_target');
  });

  test.each([
    [ORDERS, true],
    ['urn:example:orders', true],
    ['https://api.example/orders?x=1', true],
    ['/orders', false],
    ['https://api.example/#', false],
    ['https://api.example/ö', false],
    ['https://api.example/a b', false],
    ['', false],
  ])('%j is a URI of an API: %j', (text, is) => {
    expect(isResourceUri(text)).toBe(is);
  });
});

describe('resource indicators and people (RFC 8707 sections 2.1 and 2.2)', () => {
  const challenge = createHash('sha256').update(VERIFIER).digest('base64url');

  async function sentBack(world: ServiceUnderTest, resources: readonly string[]): Promise<URLSearchParams> {
    const pairs: Pairs = [
      ...Object.entries({ client_id: 'app', response_type: 'code', code_challenge: challenge, code_challenge_method: 'S256' }),
      ...resources.map((uri) => ['resource', uri] as const),
    ];
    const query = new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString();
    const response = await world.handle({ ...aRequest('/authorize', ''), method: 'GET', query, headers: {} });
    return new URL(headerOf(response, 'Location') ?? '').searchParams;
  }
  const redeem = async (world: ServiceUnderTest, asking: readonly string[], naming: readonly string[]) =>
    asked(
      world,
      { grant_type: 'authorization_code', code: (await sentBack(world, asking)).get('code') ?? '', code_verifier: VERIFIER },
      naming,
    );
  const refresh = (world: ServiceUnderTest, answer: Record<string, unknown>, naming: readonly string[] = []) =>
    asked(world, { grant_type: 'refresh_token', refresh_token: String(answer['refresh_token']) }, naming);

  test('what was allowed for two APIs gives a token for one of them after the other', async () => {
    const world = await open({ [ORDERS]: { scopes: ['read'] }, [INVOICES]: { scopes: ['write'] } });
    const first = await redeem(world, [ORDERS, INVOICES], [ORDERS]);
    expect(await shown(world, first)).toMatchObject({ aud: ORDERS, scope: 'read' });
    const second = await refresh(world, first, [INVOICES]);
    expect(await shown(world, second)).toMatchObject({ aud: INVOICES, scope: 'write' });
    expect(await shown(world, await refresh(world, second))).toMatchObject({ aud: [ORDERS, INVOICES], scope: 'read write' });
  });

  test('others than those that were allowed are refused, then and later, and nothing is used up', async () => {
    const world = await open({ [ORDERS]: {}, [INVOICES]: {} });
    const code = (await sentBack(world, [ORDERS])).get('code') ?? '';
    const redeeming = { grant_type: 'authorization_code', code, code_verifier: VERIFIER };
    expect((await asked(world, redeeming, [INVOICES]))['error']).toBe('invalid_target');
    const first = await asked(world, redeeming);
    expect(await shown(world, first)).toMatchObject({ aud: ORDERS });
    expect((await refresh(world, first, [INVOICES]))['error']).toBe('invalid_target');
    expect(await shown(world, await refresh(world, first))).toMatchObject({ aud: ORDERS });
  });

  test('a client that named none may name one later', async () => {
    const world = await open({ [ORDERS]: {} });
    expect(await shown(world, await redeem(world, [], [ORDERS]))).toMatchObject({ aud: ORDERS });
  });

  test('an unknown one is told to the client', async () => {
    const world = await open({ [ORDERS]: {} });
    expect((await sentBack(world, ['https://api.example/other'])).get('error')).toBe('invalid_target');
  });
});
