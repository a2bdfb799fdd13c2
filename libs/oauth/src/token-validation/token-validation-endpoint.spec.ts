import { describe, expect, test } from '@jest/globals';
import { put, type Change } from '../configuration/configuration.ts';
import type { IntrospectionPolicy } from '../configuration/client-settings.ts';
import {
  aRequest,
  bound,
  clientOf,
  endpointOf,
  gatewayOf,
  headerOf,
  ISSUER,
  jsonOf,
  ServiceUnderTest,
} from '../testing/service-builder.ts';
import { mintOpaqueToken } from '../token/opaque-token.ts';
import type { OAuthRequest, OAuthResponse } from '../transport/exchange.ts';

const PATH = '/connect/accesstokenvalidation';
const FLOW = 'oauth-token-validation';

/** Over everything of `ServiceUnderTest`: the endpoint, asking as `apis`. */
function open(policy: IntrospectionPolicy | null = null, ...more: readonly Change[]): Promise<ServiceUnderTest> {
  return ServiceUnderTest.open([
    put('client', gatewayOf('apis', { policy }, { scopes: policy === 'audience-or-scope' ? ['read'] : [] })),
    put('endpoint', endpointOf(FLOW, PATH, { tokenValidation: { client: 'apis' } })),
    ...more,
  ]);
}

const get = (world: ServiceUnderTest, parameters: Readonly<Record<string, string>> | string) =>
  world.handle(aRequest(PATH, '', { method: 'GET', query: new URLSearchParams(parameters).toString(), headers: {} }));
const post = (world: ServiceUnderTest, parameters: Readonly<Record<string, string>>) => world.post(PATH, parameters);
const told = (response: OAuthResponse) => [response.status, jsonOf(response)];
const INVALID = [400, { Message: 'invalid_token' }];

describe('an active access token', () => {
  test.each(['GET', 'POST'])('is answered %s with its claims, as IdentityServer3 did', async (method) => {
    const world = await open();
    const token = await world.token({ scope: 'read' });
    const response = await (method === 'GET' ? get : post)(world, { token });
    expect(told(response)).toEqual([
      200,
      {
        ...{ sub: 'app', client_id: 'app', aud: 'app', iss: ISSUER, scope: 'read', purpose: 'access_token' },
        ...{ iat: world.now, nbf: world.now, exp: world.now + 300, delegationId: expect.any(String) },
      },
    ]);
    expect([headerOf(response, 'content-type'), headerOf(response, 'cache-control')]).toEqual(['application/json', 'no-store']);
    expect(headerOf(response, 'access-control-allow-origin')).toBeUndefined();
  });

  test('has several scopes as a list, a single one as text, and none not at all', async () => {
    const world = await open();
    expect(jsonOf(await get(world, { token: await world.token({ scope: 'write read' }) }))['scope']).toEqual(['write', 'read']);
    await world.change(put('client', clientOf('app', { scopes: [] })));
    expect(jsonOf(await get(world, { token: await world.token() }))).not.toHaveProperty('scope');
  });

  test('has nothing that the clients cannot read: no null, no empty list, objects as their JSON text', async () => {
    const source = `function result(context) {
      return { ...context.presentedToken.data, active: true, none: null, list: [], inner: { a: [1] }, roles: ['a', { b: 1 }], yes: true };
    }`;
    const world = await open(null, ...bound(FLOW, source));
    const claims = jsonOf(await get(world, { token: await world.token() }));
    expect(claims).toMatchObject({ inner: '{"a":[1]}', roles: ['a', '{"b":1}'], yes: true });
    for (const name of ['none', 'list', 'active']) expect(claims).not.toHaveProperty(name);
  });

  test.each(['opaque', 'jwt', 'wrapped-opaque'] as const)('is accepted in the format %s, and the phantom token too', async (format) => {
    const world = await open(null, put('client', clientOf('app', { accessTokenFormat: format })));
    const token = await world.token();
    const phantom = await world.phantom(token);
    for (const presented of [token, phantom]) expect(told(await post(world, { token: presented }))).toMatchObject([200, { sub: 'app' }]);
  });
});

describe('every other token', () => {
  test('is invalid_token, in the same words whatever is wrong with it', async () => {
    const world = await open();
    const token = await world.token();
    const jwt = await world.phantom(token);
    const unknown = mintOpaqueToken('access_token', world.now + 300).value;
    const tampered = [`${token.slice(0, -1)}${token.endsWith('a') ? 'b' : 'a'}`, `${jwt.slice(0, -8)}AAAAAAAA`, 'a.b.c', 'x', '🔑'];
    const answers = await Promise.all([unknown, ...tampered].map((presented) => post(world, { token: presented })));
    await world.revoke(token);
    answers.push(await get(world, { token }), await get(world, { token: jwt }));
    const late = await world.token();
    world.now += 301;
    answers.push(await get(world, { token: late }));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(told(answers[0] as OAuthResponse)).toEqual(INVALID);
  });

  test('is invalid_token right after its delegation was revoked in the store', async () => {
    const world = await open();
    const token = await world.token();
    expect((await get(world, { token })).status).toBe(200);
    await world.stores.tokens.revokeDelegations('main', { owner: 'app', clientId: 'app' }, world.now);
    expect(told(await get(world, { token }))).toEqual(INVALID);
  });

  test('is invalid_token when it is a refresh token, also one of the client as which the endpoint asks', async () => {
    const world = await open();
    const token = await world.token();
    const { tokens } = world.stores;
    const find = tokens.find.bind(tokens);
    tokens.find = async (keys) =>
      (await find(keys)).map((found) => found && { ...found, purpose: 'refresh_token' as const, clientId: 'apis' });
    expect(told(await get(world, { token }))).toEqual(INVALID);
  });

  test('is invalid_token when it is bound to a key, since nobody who asks here checks a proof (RFC 9449 section 7)', async () => {
    const world = await open();
    const token = await world.token();
    const { tokens } = world.stores;
    const find = tokens.find.bind(tokens);
    tokens.find = async (keys) =>
      (await find(keys)).map(
        (found) => found && { ...found, data: JSON.stringify({ ...(JSON.parse(found.data) as object), cnf: { jkt: 'x' } }) },
      );
    expect(told(await get(world, { token }))).toEqual(INVALID);
  });

  test.each(['return { active: false };', 'return {};', `return { active: 'true' };`])(
    'is invalid_token when the procedure says: %s',
    async (body) => {
      const world = await open(null, ...bound(FLOW, `function result(context) { ${body} }`));
      expect(told(await get(world, { token: await world.token() }))).toEqual(INVALID);
    },
  );
});

describe('expectedScope', () => {
  test('must be among the scopes of the token, written exactly so', async () => {
    const world = await open();
    const token = await world.token({ scope: 'read' });
    expect((await get(world, { token, expectedScope: 'read' })).status).toBe(200);
    for (const expectedScope of ['write', 'READ', 'read write', 'rea'])
      expect(told(await get(world, { token, expectedScope }))).toEqual([400, { Message: 'insufficient_scope' }]);
    expect(told(await post(world, { token: 'unknown', expectedScope: 'read' }))).toEqual(INVALID);
  });

  test('is heard in any case of its name, as .NET reads parameters, and when empty is as if absent', async () => {
    const world = await open();
    const token = await world.token({ scope: 'read' });
    for (const name of ['expectedscope', 'EXPECTEDSCOPE', 'ExpectedScope'])
      expect(told(await post(world, { token, [name]: 'write' }))).toEqual([400, { Message: 'insufficient_scope' }]);
    expect((await post(world, { Token: token, expectedScope: '' })).status).toBe(200);
    expect((await post(world, { token, expectedScope: 'read', expectedscope: 'write' })).status).toBe(400);
  });

  test('is compared to what is told: a scope that the procedure keeps back is not there', async () => {
    const source = `function result(context) { return { ...context.presentedToken.data, active: true, scope: 'read' }; }`;
    const world = await open(null, ...bound(FLOW, source));
    const token = await world.token({ scope: 'read write' });
    expect((await get(world, { token, expectedScope: 'write' })).status).toBe(400);
    expect((await get(world, { token, expectedScope: 'read' })).status).toBe(200);
  });
});

describe('the client as which the endpoint asks', () => {
  test('with scopes of its own is told of these alone, and of no token without any of them', async () => {
    const world = await open('audience-or-scope');
    expect(jsonOf(await get(world, { token: await world.token({ scope: 'read write' }) }))['scope']).toBe('read');
    expect(told(await get(world, { token: await world.token({ scope: 'write' }) }))).toEqual(INVALID);
    const token = await world.token({ scope: 'read write' });
    expect(told(await get(world, { token, expectedScope: 'write' }))).toEqual([400, { Message: 'insufficient_scope' }]);
  });

  test('with the policy own is told of its own tokens only', async () => {
    const world = await open('own');
    expect(told(await get(world, { token: await world.token() }))).toEqual(INVALID);
  });

  test('is what the procedure sees as client', async () => {
    const source = `function result(context) { return { active: true, asked_by: context.client.id }; }`;
    const world = await open(null, ...bound(FLOW, source));
    expect(jsonOf(await get(world, { token: await world.token() }))).toEqual({ asked_by: 'apis' });
  });

  test('that is disabled is told of none, and the answer says why', async () => {
    const world = await open();
    await world.change(put('client', gatewayOf('apis', {}, { enabled: false })));
    expect(told(await get(world, { token: await world.token() }))).toEqual([
      403,
      { Message: 'The client as which this endpoint asks does not exist or is disabled.' },
    ]);
  });

  test.each([gatewayOf('other'), clientOf('apis')])('must exist and may introspect, or the configuration is refused', async (client) => {
    const endpoint = endpointOf(FLOW, PATH, { tokenValidation: { client: 'apis' } });
    await expect(ServiceUnderTest.open([put('client', client), put('endpoint', endpoint)])).rejects.toThrow(
      '/tokenValidation/client: the profile has no client "apis" with the capability "introspection"',
    );
  });
});

describe('requests that are none', () => {
  test('say what is missing, in the same form', async () => {
    const world = await open();
    const missing = [400, { Message: 'The token parameter is missing.' }];
    expect(told(await get(world, ''))).toEqual(missing);
    expect(told(await get(world, { token: '' }))).toEqual(missing);
    expect(told(await post(world, {}))).toEqual(missing);
    // By POST the query counts for nothing.
    expect(told(await world.handle(aRequest(PATH, '', { query: `token=${await world.token()}` })))).toEqual(missing);
    expect((await get(world, `token=${await world.token()}&token=x`)).status).toBe(400);
  });

  test('by other methods or media types are refused', async () => {
    const world = await open();
    for (const method of ['PUT', 'DELETE', 'HEAD', 'OPTIONS']) {
      const response = await world.handle(aRequest(PATH, { token: 'x' }, { method }));
      expect([response.status, headerOf(response, 'allow')]).toEqual([405, 'GET, POST']);
    }
    const json: OAuthRequest = aRequest(PATH, '{"token":"x"}', { headers: { 'content-type': 'application/json' } });
    expect((await world.handle(json)).status).toBe(415);
  });
});

describe('a procedure of the flow', () => {
  test('that refuses on purpose is told by its code, with status 400', async () => {
    const source = `function result() { throw exceptionFactory.forbiddenException('account_locked', 'The account is locked.'); }`;
    const world = await open(null, ...bound(FLOW, source));
    expect(told(await get(world, { token: await world.token() }))).toEqual([400, { Message: 'account_locked' }]);
  });

  test('that fails is answered 500, without a word of why', async () => {
    const world = await open(null, ...bound(FLOW, `function result() { return missing.member; }`));
    const response = await get(world, { token: await world.token() });
    expect(told(response)).toEqual([500, { Message: 'The server could not complete the request.' }]);
  });

  test('cannot tell of scopes that the token does not have', async () => {
    const world = await open(null, ...bound(FLOW, `function result() { return { active: true, scope: 'read write admin' }; }`));
    expect((await get(world, { token: await world.token() })).status).toBe(500);
  });

  test('is not run for a token that is not active', async () => {
    const world = await open(null, ...bound(FLOW, `function result() { throw new Error('was run'); }`));
    expect(told(await get(world, { token: 'unknown' }))).toEqual(INVALID);
  });

  test('sees the parameters as a form, however they came, and no query that would hold the token in other spellings', async () => {
    const source = `function result(context) {
      const { request } = context;
      logger.warn('asked with {}', request.url);
      return { active: true, url: request.url, scope: request.getFormParameter('expectedScope') };
    }`;
    const world = await open(null, ...bound(FLOW, source));
    const token = await world.token({ scope: 'read' });
    const encoded = `%74${token.slice(1)}`;
    const response = await world.handle(aRequest(PATH, '', { method: 'GET', query: `token=${encoded}&expectedScope=read`, headers: {} }));
    expect(jsonOf(response)).toEqual({ url: `https://as.example${PATH}`, scope: 'read' });
    const log = JSON.stringify(world.log);
    expect(log).toContain('asked with');
    expect(log).not.toContain(token.slice(1));
  });
});

test('metadata names no such endpoint: it has no member for it (RFC 8414 section 2)', async () => {
  const world = await open();
  const metadata = await world.get('/.well-known/oauth-authorization-server/~');
  expect(metadata.status).toBe(200);
  expect(metadata.body).not.toContain('validation');
});
