import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { startService, type RunningService } from '../../support/running-service.ts';
import { formRequest, headerOf, rawExchange, type HttpMessage, type RawAnswer, type RawOptions } from '../../support/raw-http.ts';
import { verified } from '../../support/signatures.ts';
import { caller, revoke, tokenOf } from '../../support/wire-service.ts';

/** Gateways that are not installed here, in the shapes of their requests; what they are configured with is read from their guides. */
const FOLDER = join(process.cwd(), 'test', 'gateways');
const text = (name: string) => readFileSync(join(FOLDER, 'guides', name), 'utf8');
const guide = (name: string) => parse(text(name));

let service: RunningService;
let token: string;
let readOnly: string;
beforeAll(async () => {
  service = await startService({ configFile: join(FOLDER, 'support', 'service.yaml') });
  token = (await tokenOf(service)).access_token;
  readOnly = (await tokenOf(service, caller('server-client'), { scope: 'read' })).access_token;
});
afterAll(() => service.stop());

const exchange = (bytes: string | Buffer, options: RawOptions = {}) => rawExchange(service.settings.port, bytes, options);

function request(method: string, target: string, headers: Readonly<Record<string, string>>, version = '1.1'): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/${version}\r\n${lines.join('')}\r\n`;
}

function only({ messages }: RawAnswer): HttpMessage {
  const [message, ...more] = messages;
  if (message === undefined || more.length > 0) throw new Error(`${messages.length} answers`);
  return message;
}

/** What gateways with small parsers and caches can live with. */
function expectSimple(answer: RawAnswer): HttpMessage {
  const message = only(answer);
  expect(answer.chunks).toHaveLength(1);
  const names = message.headers.map(([name]) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of ['transfer-encoding', 'content-encoding', 'vary', 'set-cookie', 'etag', 'access-control-allow-origin'])
    expect(names).not.toContain(name);
  if (message.status === 204) expect(names).not.toContain('content-length');
  else expect(headerOf(message, 'content-length')).toBe(String(message.body.length));
  expect(answer.bytes.length).toBe(answer.bytes.indexOf('\r\n\r\n') + 4 + message.body.length);
  if (message.status >= 400) expect(message.body.length).toBeLessThan(300);
  return message;
}

/** What the API behind gets of an answer. */
async function expectPassed(message: HttpMessage): Promise<void> {
  expect([message.status, message.body.length]).toEqual([200, 0]);
  const { payload } = await verified(service, (headerOf(message, 'authorization') ?? '').replace(/^Bearer /, ''));
  expect([payload.sub, headerOf(message, 'x-token-subject')]).toEqual(['server-client', 'server-client']);
}

const GATEWAY = { 'gateway-authorization': 'Basic Z2F0ZXdheV9jbGllbnQ6U2VjcjN0IQ==' };

describe('every answer of forward auth is simple', () => {
  const ask = (headers: Readonly<Record<string, string>>, target = '/oauth/v2/oauth-forward-auth', method = 'GET') =>
    request(method, target, {
      host: 'localhost',
      ...GATEWAY,
      'accept-encoding': 'gzip, br',
      origin: 'https://a.example',
      cookie: 'a=b',
      ...headers,
    });
  const withToken = () => ({ authorization: `Bearer ${token}` });

  test.each<[string, () => string, number]>([
    ['yes', () => ask(withToken()), 200],
    ['yes, to be kept', () => ask(withToken(), '/oauth/v2/forward-auth-lasting'), 200],
    ['no token', () => ask({}), 401],
    ['unknown token', () => ask({ authorization: 'Bearer unknown' }), 401],
    ['malformed', () => ask({ authorization: 'Bearer a b' }), 401],
    ['missing scope', () => ask({ authorization: `Bearer ${readOnly}` }, '/oauth/v2/oauth-forward-auth?scope=write'), 403],
    ['unknown gateway', () => ask({ ...withToken(), 'gateway-authorization': 'Basic eDp5' }), 403],
    ['contradiction', () => ask({ ...withToken(), 'x-original-uri': '/a', 'x-forwarded-uri': '/b' }), 400],
  ])('%s', async (_what, bytes, status) => {
    expect(expectSimple(await exchange(bytes())).status).toBe(status);
  });

  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('to %s too, with and without a body', async (method) => {
    await expectPassed(expectSimple(await exchange(ask({ ...withToken(), 'content-length': '0' }, undefined, method))));
    const sent = ask({ ...withToken(), 'content-type': 'application/json', 'content-length': '2' }, undefined, method);
    await expectPassed(expectSimple(await exchange(`${sent}{}`)));
  });

  test('to HEAD: headers alone', async () => {
    const answer = await exchange(ask(withToken(), undefined, 'HEAD'), { withoutBody: true });
    await expectPassed(only(answer));
    expect(answer.bytes.toString('latin1')).toMatch(/\r\n\r\n$/);
    const refused = await exchange(ask({}, undefined, 'HEAD'), { withoutBody: true });
    expect([only(refused).status, refused.bytes.toString('latin1').endsWith('\r\n\r\n')]).toEqual([401, true]);
  });

  test('to HTTP/1.0, where the connection ends after it', async () => {
    for (const headers of [{ connection: 'close' }, {}]) {
      const bytes = request('GET', '/oauth/v2/oauth-forward-auth', { host: 'x', ...GATEWAY, ...withToken(), ...headers }, '1.0');
      const answer = await exchange(bytes, { answers: 0 });
      await expectPassed(only(answer));
      expect(answer.closed).toBe(true);
    }
  });

  test('on a connection that is kept: one after the other, in order, yes and no', async () => {
    const asked = Array.from({ length: 20 }, (_, i) => ask(i % 2 === 0 ? withToken() : { authorization: 'Bearer unknown' }));
    const { messages } = await exchange(asked.join(''), { answers: 20 });
    expect(messages.map(({ status }) => status)).toEqual(asked.map((_, i) => (i % 2 === 0 ? 200 : 401)));
  });

  test('a gateway that names itself in any case of letters is known', async () => {
    const headers = { Host: 'x', 'GATEWAY-AUTHORIZATION': GATEWAY['gateway-authorization'], AUTHORIZATION: `bearer ${token}` };
    await expectPassed(expectSimple(await exchange(request('GET', '/oauth/v2/oauth-forward-auth', headers))));
  });
});

describe('Traefik with ForwardAuth', () => {
  const { middlewares } = guide('traefik.yaml').http;
  const ask = (name: string, headers: Readonly<Record<string, string>>) => {
    const { forwardAuth } = middlewares[name];
    expect(forwardAuth).toMatchObject({ trustForwardHeader: false, authResponseHeaders: ['Authorization', 'X-Token-Subject'] });
    const { pathname, search, host } = new URL(forwardAuth.address);
    return exchange(
      request('GET', pathname.replace('oauth-forward-auth', 'forward-auth-known') + search, {
        Host: host,
        'User-Agent': 'Go-http-client/1.1',
        ...headers,
        'X-Forwarded-For': '203.0.113.7',
        'X-Forwarded-Host': 'api.example.com',
        'X-Forwarded-Method': 'POST',
        'X-Forwarded-Port': '443',
        'X-Forwarded-Proto': 'https',
        'X-Forwarded-Server': 'traefik',
        'X-Forwarded-Uri': '/orders?page=2',
        'X-Real-Ip': '203.0.113.7',
        'Accept-Encoding': 'gzip',
      }),
    );
  };

  test('is known by its network, and learns what the API is to get', async () => {
    await expectPassed(expectSimple(await ask('tokenwright', { Authorization: `Bearer ${token}` })));
  });

  test('hands the challenge on, since it hands on the whole answer', async () => {
    const denied = expectSimple(await ask('tokenwright', { Authorization: 'Bearer unknown' }));
    expect([denied.status, headerOf(denied, 'www-authenticate')]).toEqual([401, expect.stringMatching(/^Bearer .*invalid_token/)]);
    expect(denied.body.toString()).toContain('invalid_token');
    expect(expectSimple(await ask('tokenwright-write', { Authorization: `Bearer ${readOnly}` })).status).toBe(403);
    await expectPassed(expectSimple(await ask('tokenwright-write', { Authorization: `Bearer ${token}` })));
  });
});

describe('Envoy with ext_authz', () => {
  const manager = guide('envoy.yaml').static_resources.listeners[0].filter_chains[0].filters[0].typed_config;
  const { http_service: http, failure_mode_allow: mayFail } = manager.http_filters[0].typed_config;
  const ask = (method: string, target: string, authorization: string) => {
    const [{ key, value }] = http.authorization_request.headers_to_add;
    const headers = {
      host: 'api.example.com',
      ...{ 'content-length': '0', authorization, 'x-forwarded-proto': 'https', [key]: value },
      ...{ 'x-envoy-internal': 'true', 'x-forwarded-for': '10.0.0.1', 'x-envoy-expected-rq-timeout-ms': '2000' },
    };
    return exchange(request(method, `${http.path_prefix}${target}`, headers));
  };

  test.each([
    ['GET', '/'],
    ['GET', '/orders?page=2&scope=admin'],
    ['POST', '/orders'],
    ['DELETE', '/orders/1'],
  ])('asks with %s for the path behind the endpoint: %s', async (method, target) => {
    expect(mayFail).toBe(false);
    await expectPassed(expectSimple(await ask(method, target, `Bearer ${token}`)));
    const denied = expectSimple(await ask(method, target, 'Bearer unknown'));
    expect([denied.status, headerOf(denied, 'www-authenticate')]).toEqual([401, expect.stringContaining('invalid_token')]);
  });

  test('a path that only begins like the endpoint is none of it', async () => {
    expect(only(await ask('GET', '-other', `Bearer ${token}`)).status).toBe(404);
  });
});

describe('APISIX with forward-auth', () => {
  const plugin = guide('apisix.yaml').routes[0].plugins['forward-auth'];
  const ask = (authorization: string) =>
    exchange(
      request('GET', new URL(plugin.uri).pathname, {
        Host: new URL(plugin.uri).host,
        'User-Agent': 'lua-resty-http/0.17.1 (Lua) ngx_lua/10026',
        ...plugin.extra_headers,
        Authorization: authorization,
        'X-Forwarded-For': '203.0.113.7',
        'X-Forwarded-Host': 'api.example.com',
        'X-Forwarded-Method': 'DELETE',
        'X-Forwarded-Proto': 'http',
        'X-Forwarded-Uri': '/orders/1',
      }),
    );

  test('gets what the API is to get, or a status of 300 or more', async () => {
    await expectPassed(expectSimple(await ask(`Bearer ${token}`)));
    const denied = expectSimple(await ask('Bearer unknown'));
    expect([denied.status, headerOf(denied, 'www-authenticate')]).toEqual([401, expect.stringContaining('invalid_token')]);
    expect(plugin).toMatchObject({ allow_degradation: false, upstream_headers: ['Authorization', 'X-Token-Subject'] });
  });
});

describe("Kong and OpenResty with Curity's Lua plugin", () => {
  const { config } = guide('kong.yaml').services[0].plugins[0];
  const ask = (presented: string) =>
    exchange(
      formRequest(new URL(config.introspection_endpoint).pathname, `token=${presented}`, {
        host: new URL(config.introspection_endpoint).host,
        'user-agent': 'lua-resty-http/0.17.1 (Lua) ngx_lua/10026',
        authorization: `Basic ${Buffer.from(`${config.client_id}:${config.client_secret}`).toString('base64')}`,
        accept: 'application/jwt',
      }),
    );

  test('takes a 200 with the bare JWT, and finds for how long to keep it', async () => {
    const { access_token: fresh } = await tokenOf(service);
    const answer = expectSimple(await ask(fresh));
    expect(answer.status).toBe(200);
    expect((await verified(service, answer.body.toString())).payload.sub).toBe('server-client');
    // The pattern that it looks for; without a match it keeps the answer for token_cache_seconds.
    expect(/max.*?-age=(\d+)/.exec(headerOf(answer, 'cache-control') ?? '')?.[1]).toBe('60');
    await revoke(service, fresh, caller('server-client'));
    const gone = expectSimple(await ask(fresh));
    expect([gone.status, gone.body.length]).toEqual([204, 0]);
  });

  test('sends tokens as they are, so theirs are of characters that need no escape', () => {
    expect(token).toMatch(/^[A-Za-z0-9._~-]+$/);
  });
});

describe("nginx with Curity's module", () => {
  // By proxy_pass of a sub-request, with what nginx says when it is told nothing else.
  const ask = (presented: string) => {
    const {
      phantom_token_client_credential: [id, secret],
      path,
    } = directives(text('curity-nginx-module.conf'));
    return exchange(
      formRequest(
        path,
        `token=${presented}`,
        {
          Host: '127.0.0.1:8443',
          Connection: 'close',
          'Content-Type': 'application/x-www-form-urlencoded',
          Accept: 'application/jwt',
          Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
        },
        '1.0',
      ),
      { answers: 0 },
    );
  };

  test('takes the body of a 200 by its length, and of nothing else', async () => {
    const active = await ask(token);
    const message = only(active);
    expect([message.status, active.closed, headerOf(message, 'content-type')]).toEqual([200, true, 'application/jwt']);
    expect(headerOf(message, 'content-length')).toBe(String(message.body.length));
    expect((await verified(service, message.body.toString())).payload.sub).toBe('server-client');
    const inactive = await ask('unknown');
    expect([only(inactive).status, inactive.closed, inactive.bytes.toString('latin1').endsWith('\r\n\r\n')]).toEqual([204, true, true]);
    expect(headerOf(only(inactive), 'cache-control')).toBe('no-store');
  });
});

/** What the spec needs of the nginx guide. */
function directives(conf: string): { readonly phantom_token_client_credential: readonly [string, string]; readonly path: string } {
  const [, id = '', secret = ''] = /phantom_token_client_credential "([^"]+)" "([^"]+)";/.exec(conf) ?? [];
  const [, path = ''] = /proxy_pass https:\/\/[^/]+(\/[^;]+);/.exec(conf) ?? [];
  return { phantom_token_client_credential: [id, secret], path };
}
