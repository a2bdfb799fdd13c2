import { describe, expect, test } from '@jest/globals';
import { compactVerify, createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { put, remove } from '../configuration/configuration.ts';
import { entityKey } from '../configuration/entities.ts';
import type { TokenStore } from '../stores.ts';
import {
  bound,
  claimsOf,
  clientOf,
  headerOf,
  ISSUER,
  issuerOf,
  jsonOf,
  PROFILE,
  profileOf,
  SECRET,
  ServiceUnderTest,
  TOKEN,
} from '../testing/service-builder.ts';
import { opaqueTokenKey } from './opaque-token.ts';

const FLOW = 'oauth-token-client-credentials';
const basic = (id: string, secret = SECRET) => ({ authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` });

/** A world whose token flow runs this body; `issue` is at hand as the usual way to issue. */
const running = (body: string, ...more: Parameters<typeof ServiceUnderTest.open>[0] & object) =>
  ServiceUnderTest.open([
    ...more,
    ...bound(
      FLOW,
      `function issue(context, data, delegation) { return context.accessTokenIssuer.issue(data, delegation); }\nfunction result(context) { ${body} }`,
    ),
  ]);

describe('client credentials (RFC 6749 section 4.4)', () => {
  test('answer an opaque token, its type, its lifetime and its scope, never stored (PROCEDURE_API 8; RFC 6749 section 5.1)', async () => {
    const world = await ServiceUnderTest.open();
    const response = await world.tokenRequest({ scope: 'read' });
    expect(response.status).toBe(200);
    expect(response.headers).toEqual(['Content-Type', 'application/json', 'Cache-Control', 'no-store', 'Pragma', 'no-cache']);
    const { access_token, expires_in, ...rest } = jsonOf(response);
    expect(opaqueTokenKey(String(access_token))).not.toBeNull();
    expect([298, 299, 300]).toContain(expires_in);
    expect(rest).toEqual({ token_type: 'bearer', scope: 'read' });
  });

  test('store the token by its hash alone, with its delegation', async () => {
    const world = await ServiceUnderTest.open();
    const token = await world.token();
    const { items } = await world.stores.tokens.listTokens({}, { limit: 10 });
    expect(items).toHaveLength(1);
    expect(JSON.stringify(items)).not.toContain(token.slice(8, 40));
    expect(items[0]).toMatchObject({
      profile: PROFILE,
      purpose: 'access_token',
      form: 'opaque',
      clientId: 'app',
      subject: 'app',
      issuedAt: world.now,
      expiresAt: world.now + 300,
    });
    const delegation = await world.stores.tokens.findDelegation(PROFILE, items[0]?.delegationId ?? '');
    expect(delegation).toMatchObject({ clientId: 'app', owner: 'app', scope: 'read write', status: 'active', expiresAt: world.now + 300 });
  });

  test('sub is the client, aud its audiences or itself, iat and nbf the time of issue (PROTOCOL 3)', async () => {
    const world = await ServiceUnderTest.open([put('client', clientOf('two', { audiences: ['https://a', 'https://b'] }))]);
    expect(jsonOf(await world.introspect(await world.token()))).toMatchObject({
      iss: ISSUER,
      sub: 'app',
      aud: 'app',
      iat: world.now,
      nbf: world.now,
      exp: world.now + 300,
    });
    expect(jsonOf(await world.introspect(await world.token({}, 'two')))).toMatchObject({ sub: 'two', aud: ['https://a', 'https://b'] });
  });

  test('a client gets all its scopes when it asks for none, and invalid_scope for others (RFC 6749 section 3.3)', async () => {
    const world = await ServiceUnderTest.open();
    expect(jsonOf(await world.tokenRequest())).toMatchObject({ scope: 'read write' });
    expect(await world.tokenRequest({ scope: 'read admin' })).toMatchObject({
      status: 400,
      body: expect.stringContaining('"invalid_scope"'),
    });
    expect((await world.stores.tokens.listTokens({}, { limit: 10 })).items).toHaveLength(1);
  });
});

describe('requests that are refused (RFC 6749 section 5.2)', () => {
  test.each<[string, Record<string, string>, number, string]>([
    ['no grant_type', { grant_type: '' }, 400, 'invalid_request'],
    ['an unknown grant_type', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['a grant_type named like a member of every object', { grant_type: 'constructor' }, 400, 'unsupported_grant_type'],
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
  ])('%s', async (_what, form, status, error) => {
    const world = await ServiceUnderTest.open();
    const response = await world.tokenRequest(form);
    expect(response.status).toBe(status);
    expect(jsonOf(response)).toEqual({ error, error_description: expect.any(String) });
    expect(headerOf(response, 'cache-control')).toBe('no-store');
  });

  test('a client without the capability is unauthorized_client, a profile without it has no such grant', async () => {
    const world = await ServiceUnderTest.open();
    expect(jsonOf(await world.tokenRequest({}, 'gateway'))).toMatchObject({ error: 'unauthorized_client' });
    await world.change(put('profile', profileOf({ capabilities: ['introspection'] })), remove('client', entityKey(PROFILE, 'app')));
    expect(jsonOf(await world.tokenRequest({}, 'gateway'))).toMatchObject({ error: 'unsupported_grant_type' });
  });

  test('a parameter twice, but resource and audience may be (PROTOCOL 1)', async () => {
    const world = await ServiceUnderTest.open();
    const form = 'grant_type=client_credentials';
    expect((await world.post(TOKEN, `${form}&scope=read&scope=read`, basic('app'))).status).toBe(400);
    expect((await world.post(TOKEN, `${form}&resource=https://a&resource=https://b&audience=x&audience=y`, basic('app'))).status).toBe(200);
  });

  test('other methods and content types', async () => {
    const world = await ServiceUnderTest.open();
    expect((await world.get(TOKEN)).status).toBe(405);
    expect((await world.post(TOKEN, '{}', { 'content-type': 'application/json' })).status).toBe(415);
  });
});

describe('token formats', () => {
  const verified = async (world: ServiceUnderTest, token: string) =>
    jwtVerify(token, createLocalJWKSet(JSON.parse((await world.get('/~/jwks')).body ?? '') as JSONWebKeySet), { issuer: ISSUER });

  test('jwt: an RFC 9068 access token whose row introspection finds', async () => {
    const world = await ServiceUnderTest.open([put('client', clientOf('app', { accessTokenFormat: 'jwt', audiences: ['api'] }))]);
    const token = await world.token({ scope: 'read' });
    const { payload, protectedHeader } = await verified(world, token);
    expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    expect(payload).toEqual({
      ...{ iss: ISSUER, sub: 'app', aud: 'api', client_id: 'app', scope: 'read', purpose: 'access_token' },
      ...{ iat: world.now, nbf: world.now, exp: world.now + 300, delegationId: expect.any(String), jti: expect.any(String) },
    });
    expect(jsonOf(await world.introspect(token))).toMatchObject({ active: true, sub: 'app', aud: 'api', scope: 'read', client_id: 'app' });
    expect((await world.stores.tokens.listTokens({}, { limit: 1 })).items[0]).toMatchObject({ form: 'jwt' });
  });

  test('wrapped-opaque: a JWT of a few metadata claims around a reference (PROCEDURE_API 5)', async () => {
    const world = await ServiceUnderTest.open([put('client', clientOf('app', { accessTokenFormat: 'wrapped-opaque' }))]);
    const token = await world.token();
    const { payload, protectedHeader } = await verified(world, token);
    expect(protectedHeader.typ).toBe('wrapped-opaque+jwt');
    expect(payload).toEqual({ iss: ISSUER, iat: world.now, exp: world.now + 300, ref: expect.stringMatching(/^twa_/) });
    expect(jsonOf(await world.introspect(token))).toMatchObject({ active: true, sub: 'app' });
    expect(claimsOf(await world.phantom(token))).toMatchObject({ sub: 'app', client_id: 'app' });
  });

  test.each(['ES256', 'EdDSA', 'RS256'] as const)(
    '%s: the algorithm of the issuer signs, and the published key verifies',
    async (algorithm) => {
      const world = await ServiceUnderTest.open(
        [put('token-issuer', issuerOf('jwt', { algorithm })), put('client', clientOf('app', { accessTokenFormat: 'jwt' }))],
        ['ES256', algorithm],
      );
      const token = await world.token();
      expect((await verified(world, token)).protectedHeader.alg).toBe(algorithm);
      expect(jsonOf(await world.introspect(token))).toMatchObject({ active: true });
    },
  );

  test('a lifetime of the issuer goes before the one of the client', async () => {
    const world = await ServiceUnderTest.open([
      put('token-issuer', issuerOf('jwt', { lifetime: 30 })),
      put('client', clientOf('app', { accessTokenFormat: 'jwt' })),
    ]);
    // The default data names the client's expiry; leaving it out asks for the issuer's.
    await world.change(
      ...bound(
        FLOW,
        'function result(c) { const d = c.delegationIssuer.issue({}); const data = c.getDefaultAccessTokenData(); delete data.exp; return { access_token: c.accessTokenIssuer.issue(data, d) }; }',
      ),
    );
    expect(claimsOf(await world.token())['exp']).toBe(world.now + 30);
  });

  test('a disabled or missing issuer issues nothing: null in the procedure, server_error by the default', async () => {
    const world = await ServiceUnderTest.open([put('token-issuer', issuerOf('opaque', { enabled: false }))]);
    await world.change(
      ...bound(FLOW, 'function result(c) { return { issued: String(c.accessTokenIssuer.issue({}, c.delegationIssuer.issue({}))) }; }'),
    );
    expect(jsonOf(await world.tokenRequest())).toEqual({ issued: 'null' });
    await world.change(remove('token-issuer', entityKey(PROFILE, 'opaque')), remove('binding', entityKey(PROFILE, 'oauth-token', FLOW)));
    expect(await world.tokenRequest()).toMatchObject({ status: 500 });
    expect((await world.stores.tokens.listTokens({}, { limit: 1 })).items).toEqual([]);
  });
});

test('the host itself refuses an issuer that is disabled or not there: the prelude is not what guards it', async () => {
  const world = await ServiceUnderTest.open([put('token-issuer', issuerOf('jwt', { enabled: false }))]);
  await world.token();
  const invocation = world.sandbox.last('default:');
  const delegation = invocation.minted['delegation']?.[0] ?? '';
  for (const id of ['jwt', 'nothing', '__proto__'])
    expect(await invocation.answer({ kind: 'issue', args: `${id}\n${delegation}\n{}` })).toEqual({
      error: { code: 'fault', message: `the profile has no enabled token issuer "${id}"` },
    });
  expect(await invocation.answer({ kind: 'issue', args: `wrapped-opaque\n${delegation}\n{}` })).toEqual({ ok: expect.any(String) });
  expect(await invocation.answer({ kind: 'mint', args: 'refresh_token' })).toMatchObject({ error: { code: 'fault' } });
});

test.each(['jwt', 'wrapped-opaque'])('the host signs no %s token without a delegation of this very run', async (issuer) => {
  const world = await ServiceUnderTest.open();
  await world.token();
  const earlier = world.sandbox.last('default:').minted['delegation']?.[0] ?? '';
  await world.token();
  const invocation = world.sandbox.last('default:');
  for (const id of ['', 'd', '0', '__proto__', earlier])
    expect(await invocation.answer({ kind: 'issue', args: `${issuer}\n${id}\n{}` })).toEqual({
      error: { code: 'fault', message: 'a token needs a delegation that was issued in this run' },
    });
  const minted = (await invocation.answer({ kind: 'mint', args: 'delegation' })) as { ok: string };
  expect(await invocation.answer({ kind: 'issue', args: `${issuer}\n${minted.ok}\n{}` })).toEqual({ ok: expect.any(String) });
});

describe('a run that does not deliver', () => {
  test('answers exactly the code that the procedure gave (PROCEDURE_API 7), and stores nothing', async () => {
    const world = await running(
      "const d = context.delegationIssuer.issue({}); issue(context, context.getDefaultAccessTokenData(), d); throw exceptionFactory.badRequestException('unauthorized_client', 'Not at this hour.');",
    );
    expect(await world.tokenRequest()).toMatchObject({
      status: 400,
      body: '{"error":"unauthorized_client","error_description":"Not at this hour."}',
    });
    expect((await world.stores.tokens.listTokens({}, { limit: 1 })).items).toEqual([]);
  });

  test('answers the one server_error for everything else; the operator sees kind, message and place', async () => {
    const world = await running('\n\n  throw new Error("inside: hunter2");');
    const response = await world.tokenRequest();
    expect(response).toMatchObject({
      status: 500,
      body: '{"error":"server_error","error_description":"The server could not complete the request."}',
    });
    expect(world.service.executions.faults[0]).toMatchObject({
      kind: 'runtime',
      procedure: `own-${FLOW}`,
      version: 1,
      flow: FLOW,
      profile: PROFILE,
      line: 4,
    });
    expect(world.log.at(-1)).toMatchObject({ level: 'error', message: expect.stringContaining('hunter2') });
  });

  test('answers 503 with Retry-After when trying again may help (PROTOCOL 1: not 429), else 500', async () => {
    const world = await ServiceUnderTest.open();
    world.sandbox.failures.push(
      { kind: 'unavailable', message: 'overloaded', retryable: true },
      { kind: 'unavailable', message: 'the host could not answer', retryable: false },
    );
    const shed = await world.tokenRequest();
    expect(shed.status).toBe(503);
    expect(headerOf(shed, 'retry-after')).toBe('1');
    expect(jsonOf(shed)).toEqual({ error: 'temporarily_unavailable', error_description: expect.any(String) });
    expect(shed.body).not.toContain('overloaded');
    expect(await world.tokenRequest()).toMatchObject({
      status: 500,
      body: '{"error":"server_error","error_description":"The server could not complete the request."}',
    });
  });

  test('no token leaves without a commit (SANDBOX 3.7)', async () => {
    const world = await ServiceUnderTest.open();
    const tokens = world.stores.tokens as { commit: TokenStore['commit'] };
    const commit = tokens.commit.bind(tokens);
    tokens.commit = () => {
      throw new Error('disk full');
    };
    const failed = await world.tokenRequest();
    expect(failed).toMatchObject({
      status: 500,
      body: '{"error":"server_error","error_description":"The server could not complete the request."}',
    });
    tokens.commit = () => ['inactive'];
    expect(jsonOf(await world.tokenRequest())).toMatchObject({ error: 'invalid_grant' });
    tokens.commit = () => ['lost-claim'];
    expect((await world.tokenRequest()).status).toBe(500);
    tokens.commit = commit;
    expect((await world.tokenRequest()).status).toBe(200);
  });
});

test('headers of the allow-list are sent along, others are a fault and no token is stored (PROCEDURE_API 5)', async () => {
  const header = (name: string) =>
    running(
      `context.response.setHeader('${name}', 'v'); return { access_token: issue(context, context.getDefaultAccessTokenData(), context.delegationIssuer.issue({})) };`,
    );
  expect(headerOf(await (await header('X-Trace')).tokenRequest(), 'x-trace')).toBe('v');
  const world = await header('Set-Cookie');
  expect((await world.tokenRequest()).status).toBe(500);
  expect((await world.stores.tokens.listTokens({}, { limit: 1 })).items).toEqual([]);
});

test('what compactVerify accepts is what was signed: a JWT access token changed by one character is refused', async () => {
  const world = await ServiceUnderTest.open([put('client', clientOf('app', { accessTokenFormat: 'jwt' }))]);
  const token = await world.token();
  const [header = '', payload = '', signature = ''] = token.split('.');
  const forged = [
    header,
    Buffer.from(JSON.stringify({ ...claimsOf(token), scope: 'read write short' })).toString('base64url'),
    signature,
  ].join('.');
  expect(payload).not.toBe(forged.split('.')[1]);
  await expect(
    compactVerify(forged, createLocalJWKSet(JSON.parse((await world.get('/~/jwks')).body ?? '') as JSONWebKeySet)),
  ).rejects.toThrow();
  expect(jsonOf(await world.introspect(forged))).toEqual({ active: false });
});

describe('a signature in vain: a procedure has a signed token in its hands, and nothing is stored of it', () => {
  const JWT = put('client', clientOf('app', { accessTokenFormat: 'jwt' }));
  const SIGN = 'const d = context.delegationIssuer.issue({}); const t = issue(context, context.getDefaultAccessTokenData(), d);';
  const events = async (world: ServiceUnderTest) =>
    (await world.stores.audit.list({ limit: 50 })).filter(({ action }) => action.startsWith('token.'));

  test.each<[string, string, number]>([
    ['refuses', "throw exceptionFactory.badRequestException('invalid_grant', 'Not now.');", 400],
    ['fails', "throw new Error('broken');", 500],
    ['takes the delegation back', 'context.delegationIssuer.revoke(d); return { access_token: t };', 500],
    ['sets a header that it may not', "context.response.setHeader('Set-Cookie', 'x'); return { access_token: t };", 500],
  ])('a run that %s afterwards is in the audit trail with the public id of the token', async (_what, body, status) => {
    const world = await running(`${SIGN} logger.info(t); ${body}`, JWT);
    let jwt = '';
    const answer = world.sandbox.run.bind(world.sandbox);
    world.sandbox.run = (invocation) =>
      answer({
        ...invocation,
        answer: async (call) => {
          const given = await invocation.answer(call);
          if (call.kind === 'issue' && 'ok' in given) jwt = given.ok;
          return given;
        },
      });
    expect((await world.tokenRequest()).status).toBe(status);
    const id = String(claimsOf(jwt)['jti']).split('.')[0] ?? '';
    expect(id).not.toBe('');
    expect(await events(world)).toEqual([
      expect.objectContaining({
        ...{ at: world.now, actor: 'system', action: 'token.signed-in-vain', kind: 'token', key: `${PROFILE}/${id}`, before: null },
        after: { client: 'app', procedure: `own-${FLOW}`, version: 1 },
      }),
    ]);
    expect((await world.stores.tokens.listTokens({}, { limit: 1 })).items).toEqual([]);
    // The trail names the token, and does not hold it.
    expect(JSON.stringify(await world.stores.audit.list({ limit: 50 }))).not.toContain(jwt);
    expect(JSON.stringify(world.log)).not.toContain(jwt);
  });

  test('is one event for each token', async () => {
    const world = await running(`${SIGN} issue(context, { tenant: 'b' }, d); throw new Error('broken');`, JWT);
    await world.tokenRequest();
    const keys = (await events(world)).map(({ key }) => key);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(2);
  });

  test('is recorded as well when the commit does not come about', async () => {
    const world = await ServiceUnderTest.open([JWT]);
    const tokens = world.stores.tokens as { commit: TokenStore['commit'] };
    tokens.commit = () => ['inactive'];
    expect(jsonOf(await world.tokenRequest())).toMatchObject({ error: 'invalid_grant' });
    expect(await events(world)).toMatchObject([{ action: 'token.signed-in-vain' }]);
  });

  test('no run that delivers is recorded, nor one that only issued opaque tokens: what was minted is worth nothing', async () => {
    const delivered = await ServiceUnderTest.open([JWT]);
    await delivered.token();
    expect(await events(delivered)).toEqual([]);
    const opaque = await running(`${SIGN} throw new Error('broken');`);
    expect((await opaque.tokenRequest()).status).toBe(500);
    expect(await events(opaque)).toEqual([]);
  });

  test('a refusal after it carries the fixed description, and no code that could carry the token', async () => {
    const refused = async (thrown: string) => {
      const response = await (await running(`${SIGN} throw ${thrown};`, JWT)).tokenRequest();
      return { status: response.status, ...jsonOf(response) };
    };
    const error_description = 'The request was refused.';
    expect(await refused("exceptionFactory.badRequestException('invalid_target', t.split('.').reverse().join('!'))")).toEqual({
      ...{ status: 400, error: 'invalid_target', error_description },
    });
    for (const code of ['t.slice(-86)', "t.split('').reverse().slice(0, 86).join('')", "'A code, exactly'", "'x'.repeat(65)"])
      expect(await refused(`exceptionFactory.badRequestException(${code}, 'Why.')`)).toEqual({
        ...{ status: 400, error: 'invalid_request', error_description },
      });
  });

  test('a refusal before anything was signed is worded by the procedure, also in a client of JWTs', async () => {
    const world = await running("throw exceptionFactory.badRequestException('invalid_target', 'Not there.');", JWT);
    expect(jsonOf(await world.tokenRequest())).toEqual({ error: 'invalid_target', error_description: 'Not there.' });
    expect(await events(world)).toEqual([]);
  });
});
