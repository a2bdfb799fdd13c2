import { beforeEach, describe, expect, test } from '@jest/globals';
import { put } from '../configuration/configuration.ts';
import { RecordedServices } from '../testing/recorded-services.ts';
import { bound, headerOf, httpClientOf, ISSUER, jsonOf, PROFILE, ServiceUnderTest } from '../testing/service-builder.ts';
import type { FlowId } from './flows.ts';
import { HostServiceError } from './host-services.ts';
import { ServiceCalls } from './service-calls.ts';

const SECRET = 'correct horse battery staple';
const TOKENS: FlowId = 'oauth-token-client-credentials';
const INTROSPECT: FlowId = 'oauth-introspect';

let services: RecordedServices;
let world: ServiceUnderTest;
let uploads: Record<string, number>;

beforeEach(async () => {
  services = new RecordedServices();
  uploads = {};
  world = await ServiceUnderTest.open([], ['ES256'], 'default', services);
  await world.change(
    put('http-client', httpClientOf('partner', { allowedHosts: ['api.example'] })),
    put('secret', {
      ...{ profile: PROFILE, id: 'api', sealedValue: await world.sealer.sealText(SECRET), createdAt: 0, updatedAt: 0, origin: 'api' },
    }),
    put('bucket', { profile: PROFILE, id: 'visits', description: '', origin: 'api' }),
  );
});

/** Binds a procedure that may read the secrets named; its body has `context`. */
async function procedure(body: string, flow: FlowId = INTROSPECT, secrets: readonly string[] = ['api']): Promise<void> {
  const changes = bound(flow, `function result(context) { ${body} }`, { upload: (uploads[flow] = (uploads[flow] ?? 0) + 1) }).map(
    (change) =>
      change.kind === 'procedure-version' && change.value !== null ? put('procedure-version', { ...change.value, secrets }) : change,
  );
  await world.change(...changes);
}

/** The answer of an introspection whose procedure has this body. */
async function introspect(body: string, secrets?: readonly string[]) {
  const token = await world.token();
  await procedure(body, INTROSPECT, secrets);
  return world.introspect(token);
}

const lastFault = () => world.service.executions.faults[0];

describe('an outgoing request', () => {
  test('is made once, however often the run is repeated, and its answer stays the same', async () => {
    const response = await introspect(
      `var a = context.getWebServiceClient('partner').get('/one'), b = context.getWebServiceClient().post({ path: 'two', query: { q: 'x y' }, body: { a: 1 } });
       jwt.verify('a.b.c', { issuer: 'https://other.example' }); cache.set('k', 1, 60);
       return { active: true, a: a.body, b: b.statusCode, k: cache.get('k') };`,
    );
    expect(jsonOf(response)).toMatchObject({ a: 'hello', b: 200, k: 1 });
    expect(services.requests.map(({ request }) => `${request.method} ${request.url} ${request.body ?? ''}`)).toEqual([
      'GET https://api.example/one ',
      'POST https://api.example/two?q=x+y {"a":1}',
    ]);
    expect(services.verifications).toHaveLength(1);
    expect(world.sandbox.last().runs).toBe(6);
  });

  test('is given no more time than the invocation has, and no more than the procedure asks for', async () => {
    await introspect(`context.getWebServiceClient().get({ timeout: 10 }); context.getWebServiceClient().get({}); return { active: true };`);
    const [short, long] = services.requests.map(({ request }) => request.timeout);
    expect(short).toBe(10);
    expect(long).toBeGreaterThan(0);
    expect(long).toBeLessThanOrEqual(5000);
  });

  test.each([
    [`'nobody'`, /has no HTTP client "nobody"/],
    [`'wide'`, /does not allow exactly one host.*getWebServiceClient\("wide", "https:\/\/host\/path"\)/],
    [``, /has 2 HTTP clients: name one/],
  ])('by a client that is not there or not named is a fault that says what to do: (%s)', async (args, message) => {
    await world.change(put('http-client', httpClientOf('wide', { allowedHosts: ['*.wide.example'] })));
    await introspect(`context.getWebServiceClient(${args}).get({}); return {};`);
    expect(lastFault()?.message).toMatch(message);
    expect(services.requests).toEqual([]);
  });

  test.each([
    '../admin',
    '/a/../../admin',
    '/a/%2e%2E/b',
    './x',
    '/a?b=c',
    '/a#b',
    '/a\\b',
    '/a b',
    '/ü',
    '/a%2F..%2f..',
    '%2e.%5C',
    '/..;/x',
    '/a/%2e%2e%3bx',
  ])('cannot leave its URI by its path: %j', async (path) => {
    await introspect(`context.getWebServiceClient('partner', 'https://api.example/v1/').get(${JSON.stringify(path)}); return {};`);
    expect(lastFault()?.message).toMatch(/the path of a request may hold no/);
    expect(services.requests).toEqual([]);
  });

  test('goes below the path of its URI, and keeps its query', async () => {
    await introspect(
      `context.getWebServiceClient('partner', 'https://api.example/v1/?key=a').get({ path: '/users/' + encodeURIComponent('a/..b'), query: { q: [1, 2] } }); return { active: true };`,
    );
    expect(services.requests[0]?.request.url).toBe('https://api.example/v1/users/a%2F..b?key=a&q=1&q=2');
  });

  test('that carries a token of the run is refused', async () => {
    const token = await world.token();
    await procedure(`context.getWebServiceClient().post({ body: { token: context.presentedToken.value } }); return {};`);
    await world.introspect(token);
    expect(lastFault()?.message).toMatch(/may not carry a token of this run/);
    await procedure(
      `var d = context.delegationIssuer.issue(context.getDefaultDelegationData());
       var t = context.accessTokenIssuer.issue(context.getDefaultAccessTokenData(), d);
       context.getWebServiceClient().get({ headers: { 'x-token': t } }); return { access_token: t };`,
      TOKENS,
    );
    await world.tokenRequest();
    expect(lastFault()?.message).toMatch(/may not carry a token of this run; the setting allowTokens of the HTTP client "partner"/);
    expect(services.requests).toEqual([]);
  });

  test('that fails is an error with a code, which a procedure may handle', async () => {
    services.respond = async () => Promise.reject(new HostServiceError('timeout', 'no answer in time'));
    const response = await introspect(
      `try { context.getWebServiceClient().get({}); } catch (e) { return { active: true, code: e.code, why: e.message }; } return {};`,
    );
    expect(jsonOf(response)).toMatchObject({ code: 'timeout', why: 'no answer in time' });
  });

  test('that fails for a reason of ours ends the run, and is the operator’s to see', async () => {
    services.respond = async () => Promise.reject(new Error('inner words'));
    const response = await introspect(`try { context.getWebServiceClient().get({}); } catch (e) {} return { active: true };`);
    expect(response.status).toBe(500);
    expect(JSON.stringify(response)).not.toContain('inner words');
    expect(world.log[0]).toMatchObject({ level: 'error', message: 'the service could not answer the call http: inner words' });
  });

  test('is in the trace of a fault by method, host and path, without query, body and secrets', async () => {
    await introspect(
      `var s = secrets.get('api'); context.getWebServiceClient().get({ path: encodeURIComponent(s), query: { q: 'hidden' } }); throw new Error('no');`,
    );
    const line = world.log.findLast(({ fields }) => fields['calls'] !== undefined);
    expect(line?.fields['calls']).toEqual([
      { kind: 'secret', target: 'api', milliseconds: expect.any(Number), outcome: 'answered' },
      { kind: 'http', target: 'GET api.example/[secret]', milliseconds: expect.any(Number), outcome: 'answered 200' },
    ]);
    expect(JSON.stringify(world.log)).not.toContain('hidden');
  });
});

test('requests of a redeemed grant carry a key by which a repetition is known, but for those that only read (SANDBOX 3.3)', async () => {
  const profile = world.snapshot.profiles.get(PROFILE);
  if (profile === undefined) throw new Error('no profile');
  const program = { key: 'k', procedure: 'own', version: 1, flow: TOKENS, source: '' };
  const keysOf = async (grant: string | null) => {
    services.requests.length = 0;
    const { buckets } = world.stores;
    const deadline = Date.now() + 5000;
    const calls = new ServiceCalls({
      host: services,
      buckets,
      profile,
      program,
      now: 0,
      deadline,
      tokens: () => [],
      grant,
      isRehearsal: false,
    });
    for (const [method, headers] of [
      ['POST', {}],
      ['GET', {}],
      ['PUT', {}],
      ['POST', { 'idempotency-key': 'own' }],
    ] as const) {
      const args = { client: null, uri: null, method, path: null, query: {}, headers, body: null, timeout: null };
      expect(await calls.answer({ kind: 'http', args: JSON.stringify(args) })).toHaveProperty('ok');
    }
    return services.requests.map(({ request }) => request.headers['idempotency-key']);
  };
  const first = await keysOf('grant');
  expect(first).toEqual([expect.stringMatching(/^[\w-]{32}$/), undefined, expect.stringMatching(/^[\w-]{32}$/), 'own']);
  expect(first[0]).not.toBe(first[2]);
  expect(await keysOf('grant')).toEqual(first);
  expect((await keysOf('other'))[0]).not.toBe(first[0]);
  expect(await keysOf(null)).toEqual([undefined, undefined, undefined, 'own']);
});

describe('jwt.verify', () => {
  test('verifies tokens of the profile itself with its own keys', async () => {
    await introspect(`jwt.verify('a.b.c', { issuer: '${ISSUER}' }); return { active: true };`);
    expect(services.verifications[0]).toMatchObject({ issuer: ISSUER, keySet: { keys: [{ kty: 'EC', alg: 'ES256' }] } });
  });

  test('offers the clients of the profile for others, and the time of the run', async () => {
    await introspect(`jwt.verify('a.b.c', { jwksUri: 'https://other.example/keys', audience: 'me' }); return { active: true };`);
    const [verification] = services.verifications;
    expect(verification).toMatchObject({ jwksUri: 'https://other.example/keys', audience: ['me'], clients: [{ id: 'partner' }] });
    expect(verification?.keySet).toBeUndefined();
    expect(Math.abs((verification?.now ?? 0) - Date.now() / 1000)).toBeLessThan(60);
  });
});

describe('the cache', () => {
  test('is a procedure’s own, within its profile', async () => {
    await introspect(`cache.set('k', { a: 1 }, 60); return { active: true };`);
    expect([...services.kept]).toEqual([[`${PROFILE}\nown-${INTROSPECT}\nk`, '{"kept":{"a":1}}']]);
  });
});

describe('secrets (PROCEDURE_API 9)', () => {
  test('are for versions that were given them', async () => {
    await introspect(`secrets.get('api'); return {};`, []);
    expect(lastFault()?.message).toMatch(/may not read the secret "api": name it among the secrets of the version/);
    await introspect(`secrets.get('other'); return {};`);
    expect(lastFault()?.message).toMatch(/may not read the secret "other"/);
  });

  test('may leave by outgoing requests', async () => {
    const response = await introspect(
      `context.getWebServiceClient().get({ headers: { 'x-key': secrets.get('api') } }); return { active: true };`,
    );
    expect(response.status).toBe(200);
    expect(services.requests[0]?.request.headers).toMatchObject({ 'x-key': SECRET });
  });

  test.each([
    ['the response', `return { active: true, s: secrets.get('api') };`],
    ['the response, encoded', `return { active: true, s: 'x' + base64url.encode('user:' + secrets.get('api')) };`],
    ['a header', `context.response.setHeader('x-own', encodeURIComponent(secrets.get('api'))); return { active: true };`],
    ['a bucket', `context.getBucket('visits').storeAttributes('s', 'p', { s: secrets.get('api') }); return { active: true };`],
    ['the cache', `cache.set('k', secrets.get('api'), 60); return { active: true };`],
    [
      'a signed token',
      `context.getDefaultAccessTokenJwtIssuer().issue({ s: secrets.get('api') }, context.delegation); return { active: true };`,
    ],
    ['a refusal', `throw exceptionFactory.badRequestException(secrets.get('api'));`],
    ['the code of a refusal', `throw exceptionFactory.badRequestException(secrets.get('api'), 'why');`],
  ])('may not leave by %s', async (_way, body) => {
    const response = await introspect(body);
    expect(response.status).toBe(500);
    expect(jsonOf(response)).toMatchObject({ error: 'server_error' });
    expect(lastFault()?.message).toMatch(/the secret "api"/);
    expect(JSON.stringify([world.log, world.service.executions.faults, response])).not.toContain(SECRET);
    expect(services.kept.size).toBe(0);
  });

  test('may not leave by an opaque token or a delegation either', async () => {
    for (const body of [
      `var d = context.delegationIssuer.issue(context.getDefaultDelegationData()); context.accessTokenIssuer.issue({ sub: 'app', s: secrets.get('api') }, d); return {};`,
      `context.delegationIssuer.issue({ scope: '', data: { s: secrets.get('api') } }); return {};`,
    ]) {
      await procedure(body, TOKENS);
      expect((await world.tokenRequest()).status).toBe(500);
      expect(lastFault()?.message).toMatch(/the secret "api"/);
    }
  });

  test('are masked in logs and in messages of faults', async () => {
    await introspect(
      `var s = secrets.get('api'); logger.info('{} {}', s, base64url.encode(s)); throw new Error('failed with ' + s + ' and ' + sha256('x'));`,
    );
    expect(lastFault()?.message).toMatch(/^failed with \[secret\] and [0-9a-f]{64}$/);
    expect(world.log.find(({ fields }) => fields['source'] === 'procedure')?.message).toBe('[secret] [secret]');
  });
});

describe('buckets', () => {
  const stored = () => world.stores.buckets.get(PROFILE, 'visits', 'alice', 'login');
  const COUNT = `var b = context.getBucket('visits'), n = (b.getAttributes('alice', 'login').n || 0) + 1; b.storeAttributes('alice', 'login', { n: n });`;

  test('are written with the tokens, and read by the next run', async () => {
    const issue = `var d = context.delegationIssuer.issue(context.getDefaultDelegationData()); return { access_token: context.accessTokenIssuer.issue(context.getDefaultAccessTokenData(), d), n: n };`;
    await procedure(COUNT + issue, TOKENS);
    expect(jsonOf(await world.tokenRequest())).toMatchObject({ n: 1 });
    expect(jsonOf(await world.tokenRequest())).toMatchObject({ n: 2 });
    expect(await stored()).toBe('{"n":2}');
  });

  test('are written after the checks of an introspection, before it is answered', async () => {
    await introspect(`${COUNT} return { active: true };`);
    expect(await stored()).toBe('{"n":1}');
    await procedure(`${COUNT} return 'nothing';`);
    await world.introspect('unknown');
    expect(await stored()).toBe('{"n":1}');
  });

  test('are not written when the procedure fails, refuses, or its tokens may not be', async () => {
    for (const ending of [
      `throw new Error('no');`,
      `throw exceptionFactory.badRequestException('no');`,
      `context.accessTokenIssuer.issue({}, null); return {};`,
    ]) {
      await procedure(COUNT + ending, TOKENS);
      expect((await world.tokenRequest()).status).toBeGreaterThanOrEqual(400);
    }
    expect(await stored()).toBeNull();
  });

  test('are written by a run that observes a revocation', async () => {
    const token = await world.token();
    await procedure(`${COUNT} return {};`, 'oauth-revoke');
    await world.revoke(token);
    expect(await stored()).toBe('{"n":1}');
  });

  test.each([
    [`context.getBucket('other').getAttributes('s', 'p')`, /has no bucket "other": add it/],
    [`context.getBucket('other').storeAttributes('s', 'p', {})`, /has no bucket "other": add it/],
    [`context.getBucket('visits').storeAttributes('\\u0000', 'p', {})`, /the subject of a bucket's attributes must be text/],
    [`context.getBucket('visits').storeAttributes('s', 'p'.repeat(129), {})`, /the purpose of a bucket's attributes must be text/],
  ])('%s is a fault that says why', async (call, message) => {
    const response = await introspect(`${call}; return { active: true };`);
    expect(response.status).toBe(500);
    expect(lastFault()?.message).toMatch(message);
  });
});

test('a call that the service cannot make is said to be unavailable', async () => {
  const bare = await ServiceUnderTest.open(bound(INTROSPECT, "function result(context) { cache.get('k'); return {}; }"));
  await bare.introspect('unknown');
  expect(bare.service.executions.faults[0]?.message).toMatch(/not available in flow oauth-introspect/);
});

test('an answer is sent with the headers of the procedure all the same', async () => {
  const response = await introspect(`secrets.get('api'); context.response.setHeader('x-own', 'harmless'); return { active: true };`);
  expect([response.status, headerOf(response, 'x-own')]).toEqual([200, 'harmless']);
});
