import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { BODY_LIMIT } from './body-parsers.ts';
import { FailedAttempts, FAILED_ATTEMPT_LIMITS } from './failed-attempts.ts';
import { TestAdminApi, TOKENS } from './testing/test-admin-api.ts';

let api: TestAdminApi;
/** Method and path of every route, as described. */
let routes: readonly (readonly [method: string, path: string])[];

beforeAll(async () => {
  api = await TestAdminApi.start();
  const { paths } = (await api.call('GET', '/openapi.json', { as: null })).json;
  routes = Object.entries(paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => [method.toUpperCase(), path] as const),
  );
});
afterAll(() => api.close());

const OPEN = ['GET /health/live', 'GET /health/ready', 'GET /openapi.json'];
const AUTHOR = [
  'POST /admin/v1/procedures',
  'POST /admin/v1/procedures/{procedure}/versions',
  'POST /admin/v1/libraries/{library}/versions',
  'POST /admin/v1/check',
  'PUT /admin/v1/procedures/{procedure}/samples/{name}',
  'DELETE /admin/v1/procedures/{procedure}/samples/{name}',
  'POST /admin/v1/procedures/{procedure}/samples/{name}/run',
  'POST /admin/v1/procedures/{procedure}/versions/{version}/test',
  'POST /admin/v1/dry-run',
  'GET /admin/v1/executions',
  'GET /admin/v1/executions/stream',
  'GET /admin/v1/executions/{execution}',
  // What an author activates is a proposal.
  'POST /admin/v1/procedures/{procedure}/activate',
  'POST /admin/v1/libraries/{library}/activate',
  'POST /admin/v1/proposals/{proposal}/withdraw',
];
/** It has the hashes of secrets. */
const EXPORT = 'GET /admin/v1/configuration';

const METRICS = 'GET /metrics';

/** Whoever signs in is nobody yet, and signs out whatever the role. */
const SIGN_IN = 'POST /admin/v1/session';
/** Browsers go there on their way, to be sent on; without a provider there is none. */
const ON_THE_WAY = ['GET /admin/v1/session/openid', 'GET /admin/v1/session/openid/callback'];
const SIGN_OUT = 'DELETE /admin/v1/session';
/** They tell something about what they are sent, and store nothing. */
const READING = ['POST /admin/v1/profiles/{profile}/user-pages/preview', 'POST /admin/v1/profiles/{profile}/tokens/lookup'];

function leastRole(method: string, path: string): 'open' | 'metrics' | 'read' | 'author' | 'admin' {
  const route = `${method} ${path}`;
  if (OPEN.includes(route)) return 'open';
  if (route === METRICS) return 'metrics';
  if (AUTHOR.includes(route)) return 'author';
  if (route === SIGN_OUT || READING.includes(route)) return 'read';
  return method === 'GET' && route !== EXPORT ? 'read' : 'admin';
}

describe('roles', () => {
  test('every route needs a token but health and description, and the role that its effect calls for', async () => {
    expect(routes.length).toBeGreaterThan(50);
    const ranks = ['open', 'metrics', 'read', 'author', 'admin'];
    for (const [method, path] of routes.filter((route) => ![SIGN_IN, ...ON_THE_WAY].includes(route.join(' ')))) {
      const least = leastRole(method, path);
      // A stream would never end: it is refused after the role is looked at.
      const url = `${path.replace(/\{[a-z]+\}/g, 'nothing')}${path.endsWith('/stream') ? '?recent=none' : ''}`;
      const anonymous = await api.call(method, url, { as: null });
      expect([method, path, anonymous.status]).toEqual([method, path, least === 'open' ? 200 : 401]);
      if (least !== 'open') expect(anonymous.headers['www-authenticate']).toMatch(/^Bearer /);
      for (const as of ['metrics', 'read', 'author', 'admin'] as const) {
        const { status } = await api.call(method, url, { as });
        expect([method, path, as, status === 403]).toEqual([method, path, as, ranks.indexOf(as) < ranks.indexOf(least)]);
        expect(status).not.toBe(401);
        expect(status).toBeLessThan(500);
      }
    }
  });

  test('only an admin takes things out of the hands of a file', async () => {
    const answer = await api.call('POST', '/admin/v1/procedures?takeOver=true', { as: 'author', body: { id: 'x', flow: 'oauth-revoke' } });
    expect(answer.status).toBe(403);
  });
});

describe('authentication', () => {
  test('other schemes, malformed headers and wrong tokens are 401 with a challenge (RFC 6750 section 3)', async () => {
    for (const authorization of [
      'Basic YTpi',
      'Bearer',
      'Bearer ',
      `Bearer ${TOKENS.admin} x`,
      `Bearer ${TOKENS.admin.slice(1)}`,
      `Bearer ${'x'.repeat(600)}`,
      TOKENS.admin,
    ]) {
      const answer = await api.call('GET', '/admin/v1/status', { as: null, headers: { authorization } });
      expect([authorization, answer.status]).toEqual([authorization, 401]);
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm="tokenwright"/);
      expect(answer.json.type).toBe('urn:tokenwright:problem:unauthorized');
    }
    expect((await api.call('GET', '/admin/v1/status', { as: null, headers: { authorization: `bearer ${TOKENS.read}` } })).status).toBe(200);
  });

  test('a path written in another way is no way around it', async () => {
    for (const url of [
      '/%61dmin/v1/status',
      '/admin/v1/status/',
      '//admin/v1/status',
      '/health/live/../../admin/v1/status',
      '/health/%2e%2e/admin/v1/status',
      '/admin/v1/status?x=/health/live',
    ])
      expect([401, 404]).toContain((await api.call('GET', url, { as: null })).status);
  });

  test("a stranger's body is not even read", async () => {
    const answer = await api.call('PUT', '/admin/v1/profiles/p', {
      as: null,
      body: '{"broken',
      headers: { authorization: 'Bearer wrong' },
    });
    expect(answer.status).toBe(401);
  });

  test('failures are slowed by address, more and more, within bounds', async () => {
    const limits = { ...FAILED_ATTEMPT_LIMITS, firstDelayMilliseconds: 4, longestDelayMilliseconds: 16, addresses: 2, waiting: 3 };
    const failures = new FailedAttempts(limits);
    const timed = async (address: string) => {
      const start = performance.now();
      const count = await failures.hold(address);
      return [count, performance.now() - start] as const;
    };
    for (const least of [4, 8, 16, 16]) expect((await timed('a'))[1]).toBeGreaterThanOrEqual(least - 2);
    expect((await timed('b'))[0]).toBe(1);
    expect((await timed('c'))[0]).toBe(1);
    // Two addresses are remembered: `a` failed longest ago.
    expect((await timed('a'))[0]).toBe(1);

    const held = await Promise.allSettled(Array.from({ length: 10 }, () => failures.hold('d')));
    expect(held.filter(({ status }) => status === 'rejected')).toHaveLength(7);
  });

  test('a failure is logged with its address and without the token', async () => {
    await api.call('GET', '/admin/v1/status', { as: null, headers: { authorization: 'Bearer wrong-but-secret' } });
    expect(api.logged.some((line) => line.includes('an administrator token was refused') && line.includes('127.0.0.1'))).toBe(true);
    expect(api.logged.join()).not.toContain('wrong-but-secret');
  });
});

describe('requests that cannot be read', () => {
  test('an unknown path is 404, a wrong method 405 with Allow (RFC 9110 section 15.5.6), both as problem details', async () => {
    const unknown = await api.call('GET', '/admin/v1/nothing');
    expect(unknown.json).toMatchObject({ type: 'urn:tokenwright:problem:not-found', status: 404 });
    expect(unknown.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    const wrong = await api.call('PATCH', '/admin/v1/profiles/p');
    expect([wrong.status, wrong.headers['allow']]).toEqual([405, 'DELETE, GET, HEAD, PUT']);
    expect((await api.call('OPTIONS', '/admin/v1/profiles')).status).toBe(405);
  });

  test('bad JSON, bad UTF-8, too deep, prototype members, wrong types and large bodies are refused; nothing is stored', async () => {
    const revision = api.live.current.revision;
    const put = async (body: unknown, type?: string) =>
      (await api.call('PUT', '/p/q', { body, ...(type === undefined ? {} : { type }) })).status;
    expect(await put('{"issuer": "/q",}')).toBe(400);
    expect(await put(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toBe(400);
    expect(await put(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)).toBe(400);
    expect(await put('{"issuer":"/q","__proto__":{"x":1}}')).toBe(400);
    expect(await put('{"issuer":"/q","scopes":{"a":{"__proto__":1}}}')).toBe(400);
    expect(await put('issuer=/q', 'application/x-www-form-urlencoded')).toBe(415);
    expect(await put('issuer: /q', 'application/yaml')).toBe(415);
    expect(await put('x', 'text/plain')).toBe(415);
    expect(await put('x', 'no type at all')).toBe(415);
    expect(await put(JSON.stringify({ issuer: 'x'.repeat(BODY_LIMIT) }))).toBe(413);
    expect(await put('{"issuer":"/q","scopes":{"a":{"description":"\\u0000"}}}')).toBe(400);
    expect(await put('{"issuer":"/q","scopes":{"\\ud800":{}}}')).toBe(400);
    for (const body of ['null', '[]', '1', '"x"', ' ']) expect(await put(body)).toBe(422);
    expect(api.live.current.revision).toBe(revision);
  });

  test('a NUL character is refused wherever it stands, since not every database can keep one', async () => {
    for (const url of ['/admin/v1/audit?actor=%00', '/admin/v1/profiles/%00', '/admin/v1/profiles/a%00b/tokens?subject=x'])
      expect((await api.call('GET', url)).status).toBe(400);
    expect(
      (await api.call('POST', '/admin/v1/procedures/x/versions?flow=oauth-revoke', { body: '\0', type: 'text/javascript' })).status,
    ).toBe(400);
  });

  test('an unreadable URL is 400, an endless parameter 4xx', async () => {
    expect((await api.call('GET', '/admin/v1/profiles/%ff')).json).toMatchObject({
      status: 400,
      type: 'urn:tokenwright:problem:invalid-request',
    });
    const { status } = await api.call('GET', `/admin/v1/profiles/${'x'.repeat(5000)}`);
    expect([400, 404, 414]).toContain(status);
  });

  test('a defect is 500 without its reason, which the log has under the same id', async () => {
    const defect = jest.spyOn(api.stores.audit, 'list').mockImplementation(() => {
      throw new Error('a private cause');
    });
    const answer = await api.call('GET', '/admin/v1/audit');
    defect.mockRestore();
    expect(answer.json).toMatchObject({
      status: 500,
      type: 'urn:tokenwright:problem:internal',
      instance: expect.stringMatching(/^urn:uuid:/),
    });
    expect(answer.text).not.toContain('a private cause');
    const line = api.logged.find((logged) => logged.startsWith('admin request failed'));
    expect(line).toContain('a private cause');
    expect(line).toContain(answer.json.instance.slice('urn:uuid:'.length));
  });

  test('every answer forbids storing, sniffing and running it, and none opens it to other sites', async () => {
    for (const url of ['/health/live', '/openapi.json', '/admin/v1/status', '/admin/v1/nothing', '/admin/v1/profiles/%ff']) {
      const { headers } = await api.call('GET', url);
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
      });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
      expect(headers).not.toHaveProperty('x-powered-by');
    }
  });
});

describe('health and status', () => {
  test('live is always 200, ready is 503 with the reason while the process cannot serve', async () => {
    expect((await api.call('GET', '/health/live', { as: null })).json).toEqual({ status: 'ok' });
    expect((await api.call('GET', '/health/ready', { as: null })).json).toEqual({ status: 'ok' });
    api.readiness = { ready: false, reason: 'the sandbox is starting' };
    const answer = await api.call('GET', '/health/ready', { as: null });
    api.readiness = { ready: true };
    expect([answer.status, answer.json]).toEqual([503, { status: 'unavailable', reason: 'the sandbox is starting' }]);
  });

  test('metrics are text that nobody keeps', async () => {
    const { status, headers, text } = await api.call('GET', '/metrics', { as: 'metrics' });
    expect([status, headers['content-type'], headers['cache-control'], text]).toEqual([
      ...[200, 'text/plain; version=0.0.4; charset=utf-8', 'no-store', 'a_metric 1\n'],
    ]);
  });

  test('status tells revision, version, sandbox and the latest faults', async () => {
    api.faults.push({
      kind: 'runtime',
      procedure: 'mine',
      version: 1,
      message: 'no',
      line: 1,
      column: 2,
      stack: [],
      at: 5,
      profile: 'p',
      flow: 'oauth-introspect',
    });
    const { json } = await api.call('GET', '/admin/v1/status');
    expect(json).toMatchObject({
      version: '0.1.0',
      ready: true,
      database: 'memory',
      revision: api.live.current.revision,
      entities: { administrator: 4 },
      sandbox: { ready: true },
      faults: [{ kind: 'runtime' }],
    });
    expect((await api.call('GET', '/admin/v1/flows')).json.items.map((flow: { id: string }) => flow.id)).toContain(
      'oauth-introspect-application-jwt',
    );
  });
});
