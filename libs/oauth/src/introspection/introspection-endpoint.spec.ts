import { describe, expect, test } from '@jest/globals';
import { put } from '../configuration/configuration.ts';
import { endpointOf } from '../testing/service-builder.ts';
import {
  bound,
  claimsOf,
  clientOf,
  gatewayOf,
  headerOf,
  INTROSPECTION,
  ISSUER,
  jsonOf,
  PROFILE,
  profileOf,
  SECRET,
  ServiceUnderTest,
  shippedSource,
} from '../testing/service-builder.ts';
import { opaqueTokenKey, tokenId } from '../token/opaque-token.ts';

const INACTIVE = '{"active":false}';
const JWT = 'application/jwt';
const SIGNED = 'application/token-introspection+jwt';
const basic = (id: string, secret = SECRET, encoding: 'base64' | 'base64url' = 'base64') => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString(encoding)}`,
});

describe('requests (PROTOCOL 1; RFC 7662 section 2.1)', () => {
  test('other methods are 405, other content types 415', async () => {
    const world = await ServiceUnderTest.open();
    const get = await world.get(INTROSPECTION);
    expect(get.status).toBe(405);
    expect(headerOf(get, 'allow')).toBe('POST');
    expect((await world.post(INTROSPECTION, '{"token":"x"}', { 'content-type': 'application/json' })).status).toBe(415);
  });

  test('no token, or any parameter twice, is 400 invalid_request', async () => {
    const world = await ServiceUnderTest.open();
    for (const form of [
      '',
      'token=',
      'token_type_hint=access_token',
      'token=a&token=b',
      'token=a&token_type_hint=x&token_type_hint=x',
      'token=a&audience=x&audience=y',
      'token=%ff',
    ]) {
      const response = await world.post(INTROSPECTION, form, basic('gateway'));
      expect(response.status).toBe(400);
      expect(jsonOf(response)).toMatchObject({ error: 'invalid_request' });
    }
  });

  test('empty client_id and client_secret beside Basic are as if absent (Dovecot)', async () => {
    const world = await ServiceUnderTest.open();
    const token = await world.token();
    expect(jsonOf(await world.post(INTROSPECTION, `token=${token}&client_id=&client_secret=`, basic('gateway')))).toMatchObject({
      active: true,
    });
  });

  test.each(['access_token', 'refresh_token', 'nonsense', '%00'])(
    'hint %s: unknown or wrong hints and unknown parameters are ignored',
    async (hint) => {
      const world = await ServiceUnderTest.open();
      const token = await world.token();
      expect(
        jsonOf(await world.post(INTROSPECTION, `token=${token}&token_type_hint=${hint}&resource_server=x`, basic('gateway'))),
      ).toMatchObject({ active: true });
    },
  );

  test('Basic in base64url without padding is accepted', async () => {
    const world = await ServiceUnderTest.open([put('client', gatewayOf('gw?>'))]);
    expect((await world.post(INTROSPECTION, 'token=x', basic('gw?>', SECRET, 'base64url'))).status).toBe(200);
  });
});

describe('callers (PROTOCOL 1)', () => {
  test('bad credentials are 401 invalid_client, with a challenge when the header was used', async () => {
    const world = await ServiceUnderTest.open();
    const byHeader = await world.post(INTROSPECTION, 'token=x', basic('gateway', 'wrong'));
    expect(byHeader.status).toBe(401);
    expect(headerOf(byHeader, 'www-authenticate')).toMatch(/^Basic /);
    expect(jsonOf(byHeader)).toMatchObject({ error: 'invalid_client' });
    const byForm = await world.post(INTROSPECTION, { token: 'x', client_id: 'gateway', client_secret: 'wrong' });
    expect(byForm.status).toBe(401);
    expect(headerOf(byForm, 'www-authenticate')).toBeUndefined();
  });

  test('no credentials are 401, and 400 where a signed response is asked for (RFC 9701 section 5)', async () => {
    const world = await ServiceUnderTest.open();
    for (const accept of [undefined, 'application/json', JWT])
      expect((await world.post(INTROSPECTION, 'token=x', accept === undefined ? {} : { accept })).status).toBe(401);
    expect(await world.post(INTROSPECTION, 'token=x', { accept: SIGNED })).toMatchObject({
      status: 400,
      body: expect.stringContaining('"invalid_request"'),
    });
    expect((await world.post(INTROSPECTION, 'token=x&client_id=gateway', { accept: SIGNED })).status).toBe(400);
  });

  test('a client without the capability is 403 unauthorized_client; a public one never gets in', async () => {
    const world = await ServiceUnderTest.open([put('client', clientOf('public', { secrets: [], capabilities: [] }))]);
    const response = await world.introspect('x', undefined, 'app');
    expect(response.status).toBe(403);
    expect(jsonOf(response)).toMatchObject({ error: 'unauthorized_client' });
    expect((await world.post(INTROSPECTION, 'token=x&client_id=public')).status).toBe(401);
  });
});

describe('JSON (RFC 7662 section 2.2)', () => {
  test('an active token: all its data, token_type, client_id, expired_scope (PROCEDURE_API 8)', async () => {
    const world = await ServiceUnderTest.open();
    const response = await world.introspect(await world.token({ scope: 'read' }));
    expect(response).toMatchObject({ status: 200, headers: ['Content-Type', 'application/json', 'Cache-Control', 'no-store'] });
    expect(jsonOf(response)).toEqual({
      ...{
        active: true,
        token_type: 'bearer',
        client_id: 'app',
        expired_scope: [],
        purpose: 'access_token',
        delegationId: expect.any(String),
      },
      ...{ iss: ISSUER, sub: 'app', aud: 'app', scope: 'read', iat: world.now, nbf: world.now, exp: world.now + 300 },
    });
  });

  test('unknown, expired, revoked, of a revoked delegation, or not for this caller: 200 and exactly {"active":false}', async () => {
    const world = await ServiceUnderTest.open([put('client', gatewayOf('other', { policy: 'own' }))]);
    const [expired, revoked, delegated, foreign] = [await world.token(), await world.token(), await world.token(), await world.token()];
    const { delegationId } = jsonOf(await world.introspect(delegated));
    await world.stores.tokens.revokeDelegation(PROFILE, String(delegationId), world.now);
    await world.revoke(revoked);
    const answers = [
      await world.introspect('unknown'),
      await world.introspect(revoked),
      await world.introspect(delegated),
      await world.introspect(foreign, undefined, 'other'),
      await world.introspect('"}\\\n\u0000ü'),
    ];
    world.now += 300;
    answers.push(await world.introspect(expired));
    for (const answer of answers)
      expect(answer).toEqual({ status: 200, headers: ['Content-Type', 'application/json', 'Cache-Control', 'no-store'], body: INACTIVE });
  });

  test('the procedure still ran for an inactive token, but cannot make it active (PROCEDURE_API 9)', async () => {
    const world = await ServiceUnderTest.open(
      bound(
        'oauth-introspect',
        "function result(c) { c.response.setHeader('X-Ran', 'yes'); logger.info('ran {}', c.presentedToken.active); return { active: true, sub: 'admin' }; }",
      ),
    );
    const response = await world.introspect('unknown');
    expect(response.body).toBe(INACTIVE);
    expect(headerOf(response, 'x-ran')).toBeUndefined();
    expect(world.log.at(-1)?.message).toBe('ran false');
  });

  test('a procedure may call an active token inactive; then nothing else of its answer is sent', async () => {
    const world = await ServiceUnderTest.open(
      bound('oauth-introspect', "function result() { return { active: false, reason: 'secret policy' }; }"),
    );
    expect((await world.introspect(await world.token())).body).toBe(INACTIVE);
  });

  test('a response that widens the token is a fault: server_error to the caller, the reason to the operator', async () => {
    const world = await ServiceUnderTest.open(
      bound('oauth-introspect', 'function result(c) { return { active: true, exp: c.presentedToken.data.exp + 1 }; }'),
    );
    expect(await world.introspect(await world.token())).toMatchObject({
      status: 500,
      body: '{"error":"server_error","error_description":"The server could not complete the request."}',
    });
    expect(world.service.executions.faults[0]).toMatchObject({
      kind: 'invalid-response',
      message: "exp must be a number, not later than the presented token's",
    });
  });

  test('owned claims are those of the token whatever the procedure says, in JSON and signed (PROCEDURE_API 9)', async () => {
    const world = await ServiceUnderTest.open(
      bound(
        'oauth-introspect',
        `function result(c) { return Object.assign({}, c.presentedToken.data, { active: true, sub: 'pairwise', aud: 'gateway',
           iss: 'https://evil', client_id: 'other', delegationId: 'd', purpose: 'id', jti: 'x' }); }`,
      ),
    );
    const token = await world.token();
    const key = opaqueTokenKey(token);
    const { items } = await world.stores.tokens.listDelegations({}, { limit: 1 });
    const expected = {
      ...{ active: true, sub: 'pairwise', aud: 'gateway', iss: ISSUER, client_id: 'app', purpose: 'access_token' },
      ...{ delegationId: items[0]?.id, jti: key === null ? '' : tokenId(key) },
    };
    expect(jsonOf(await world.introspect(token))).toMatchObject(expected);
    const signed = await world.introspect(token, SIGNED);
    expect(claimsOf(signed.body ?? '')['token_introspection']).toMatchObject(expected);
    expect(world.service.executions.faults).toEqual([]);
  });

  test.each(['opaque', 'wrapped-opaque'] as const)(
    'a presented %s token shows in no log line, nor does a reference inside',
    async (format) => {
      const world = await ServiceUnderTest.open([
        put('client', clientOf('app', { accessTokenFormat: format })),
        ...bound(
          'oauth-introspect',
          `function result(c) { const p = c.presentedToken.value; logger.warn(p); logger.warn('of ' + REFERENCE + ' here'); throw new Error('for ' + REFERENCE); }`.replaceAll(
            'REFERENCE',
            "(c.request.getFormParameter('reference') || p)",
          ),
        ),
      ]);
      const token = await world.token();
      const reference = format === 'wrapped-opaque' ? String(claimsOf(token)['ref']) : token;
      const response = await world.post(INTROSPECTION, { token, reference, client_id: 'gateway', client_secret: SECRET });
      expect(response.status).toBe(500);
      const told = JSON.stringify([world.log, world.service.executions.faults, response.body]);
      expect(told).toContain('of [token] here');
      expect(told).not.toContain(token);
      expect(told).not.toContain(reference);
      expect(world.service.executions.faults[0]?.message).toBe('for [token]');
    },
  );

  // A sandbox cuts messages to 500 characters before the service masks them.
  test('nor does a part of one, where a long message is cut', async () => {
    const world = await ServiceUnderTest.open(
      bound('oauth-introspect', "function result(c) { throw new Error('x'.repeat(450) + c.presentedToken.value); }"),
    );
    const token = await world.token();
    expect((await world.introspect(token)).status).toBe(500);
    expect(JSON.stringify(world.log)).not.toContain(token.slice(0, 20));
  });

  test.each(['a.b.c', 'x.eyJyZWYiOiIifQ.z', '...', '.', `x.${Buffer.from('{"ref":1}').toString('base64url')}.z`])(
    'a presented text that only looks like a wrapped token is as inactive as any: %s',
    async (token) => {
      const world = await ServiceUnderTest.open(
        bound('oauth-introspect', "function result(c) { logger.warn('ref and so on'); return { active: false }; }"),
      );
      expect(jsonOf(await world.introspect(token))).toEqual({ active: false });
      expect(JSON.stringify(world.log)).toContain('ref and so on');
    },
  );

  test('the expired scope moves from scope to expired_scope at the second its lifetime ends', async () => {
    const world = await ServiceUnderTest.open([put('client', clientOf('app', { scopes: ['read', 'short'] }))]);
    const token = await world.token();
    world.now += 59;
    expect(jsonOf(await world.introspect(token))).toMatchObject({ scope: 'read short', expired_scope: [] });
    world.now += 1;
    expect(jsonOf(await world.introspect(token))).toMatchObject({ scope: 'read', expired_scope: ['short'] });
  });

  test('the caller sees its own scopes only, in data, phantom token and delegation (PROTOCOL 1)', async () => {
    const source =
      'function result(c) { return !c.presentedToken.active ? {} : { active: true, scope: c.presentedToken.data.scope, delegation: c.delegation.scope, names: Array.from(c.scopeNames), jwt: c.getDefaultAccessTokenJwtIssuer().issue(c.presentedToken.data, c.delegation) }; }';
    const world = await ServiceUnderTest.open([
      put('client', gatewayOf('api', { policy: 'audience-or-scope' }, { scopes: ['write'] })),
      ...bound('oauth-introspect', source),
    ]);
    const { jwt, ...rest } = jsonOf(await world.introspect(await world.token(), undefined, 'api'));
    expect(rest).toEqual({ active: true, scope: 'write', delegation: 'write', names: ['write'] });
    expect(claimsOf(String(jwt))['scope']).toBe('write');
    expect((await world.introspect(await world.token({ scope: 'read' }), undefined, 'api')).body).toBe(INACTIVE);
  });
});

describe('every answer is fit for fragile gateways (PROTOCOL 1)', () => {
  test('no Vary, no cookie, no CORS, no transfer coding, whatever the procedure tries', async () => {
    for (const name of ['Vary', 'Set-Cookie', 'Access-Control-Allow-Origin', 'Cache-Control', 'Content-Encoding', 'Transfer-Encoding']) {
      const world = await ServiceUnderTest.open(
        bound('oauth-introspect', `function result(c) { c.response.setHeader('${name}', 'x'); return { active: true }; }`),
      );
      expect((await world.introspect(await world.token())).status).toBe(500);
    }
    const world = await ServiceUnderTest.open(
      bound(
        'oauth-introspect',
        shippedSource('oauth-introspect', 'oauth-introspect').replace(
          'function result(context) {',
          "function result(context) { context.response.setHeader('X-Trace', 'v');",
        ),
      ),
    );
    const token = await world.token();
    for (const accept of [undefined, JWT, SIGNED]) {
      const names = (await world.introspect(token, accept)).headers.filter((_, i) => i % 2 === 0);
      expect(names.filter((name) => !['Content-Type', 'Cache-Control', 'X-Trace'].includes(name))).toEqual([]);
    }
  });

  test('shed load is 503 with Retry-After, not 429', async () => {
    const world = await ServiceUnderTest.open();
    const token = await world.token();
    world.sandbox.failures.push({ kind: 'unavailable', message: 'overloaded', retryable: true });
    const response = await world.introspect(token);
    expect(response.status).toBe(503);
    expect(headerOf(response, 'retry-after')).toBe('1');
  });
});

describe('several endpoints of a profile', () => {
  test('each run their own procedure (PROCEDURE_API 2)', async () => {
    const world = await ServiceUnderTest.open([
      put('endpoint', endpointOf('oauth-introspect', '/two', { id: 'two', advertised: false })),
      ...bound('oauth-introspect', 'function result() { return { active: true, from: "two" }; }', { endpoint: 'two' }),
    ]);
    const token = await world.token();
    expect(jsonOf(await world.introspect(token, undefined, 'gateway', '/two'))).toEqual({ active: true, from: 'two' });
    expect(jsonOf(await world.introspect(token))).toMatchObject({ active: true, sub: 'app' });
  });

  test('a token of another profile is unknown', async () => {
    const world = await ServiceUnderTest.open([
      put('profile', profileOf({ id: 'second', issuer: '/second' })),
      put('endpoint', endpointOf('oauth-introspect', '/second/introspect', { profile: 'second' })),
      put('client', gatewayOf('gateway', {}, { profile: 'second' })),
    ]);
    const token = await world.token();
    expect((await world.introspect(token, undefined, 'gateway', '/second/introspect')).body).toBe(INACTIVE);
    expect(jsonOf(await world.introspect(token))).toMatchObject({ active: true });
  });
});

test('the tutorial: the phantom token example answers these 14 members and no others, and its JWT is the token of the JWT format', async () => {
  const world = await ServiceUnderTest.open(bound('oauth-introspect', shippedSource('examples', 'phantom-token')));
  const token = await world.token();
  const answer = jsonOf(await world.introspect(token));
  expect(Object.keys(answer).sort()).toEqual(
    [
      'sub',
      'purpose',
      'iss',
      'active',
      'token_type',
      'client_id',
      'aud',
      'nbf',
      'phantom_token',
      'scope',
      'expired_scope',
      'exp',
      'delegationId',
      'iat',
    ].sort(),
  );
  expect(answer['phantom_token']).toBe(await world.phantom(token));
});
