import { describe, expect, test } from '@jest/globals';
import { put } from '../configuration/configuration.ts';
import type { TokenStore } from '../stores.ts';
import { aCommit, aDelegation, aToken, making } from '../testing/store-builders.ts';
import { mintOpaqueToken } from '../token/opaque-token.ts';
import {
  bound,
  clientOf,
  endpointOf,
  gatewayOf,
  headerOf,
  jsonOf,
  PROFILE,
  profileOf,
  REVOCATION,
  SECRET,
  ServiceUnderTest,
} from '../testing/service-builder.ts';

const REVOKED = { status: 200, headers: ['Cache-Control', 'no-store', 'Content-Length', '0'], body: null };
const LOGGING =
  "function result(c) { logger.info('{} {} {} {} {}', c.revokedTokenClientId, c.revokedTokenPurpose, c.revokedTokenSubject, c.revokedDelegationId, c.tokenTypeHint); return { ignored: true }; }";

describe('revocation (RFC 7009 section 2)', () => {
  test.each(['opaque', 'jwt', 'wrapped-opaque'] as const)('ends an access token at once: %s', async (accessTokenFormat) => {
    const world = await ServiceUnderTest.open([put('client', clientOf('app', { accessTokenFormat }))]);
    const [token, other] = [await world.token(), await world.token()];
    expect(await world.revoke(token)).toEqual(REVOKED);
    expect(jsonOf(await world.introspect(token))).toEqual({ active: false });
    expect((await world.introspect(token, 'application/jwt')).status).toBe(204);
    expect(jsonOf(await world.introspect(other))).toMatchObject({ active: true });
  });

  test('answers 200 for a token that is unknown, ended or already revoked (RFC 7009 section 2.2)', async () => {
    const world = await ServiceUnderTest.open();
    const token = await world.token();
    await world.revoke(token);
    for (const text of ['unknown', token, 'a.b.c', 'x'.repeat(10_000)]) expect(await world.revoke(text)).toEqual(REVOKED);
    const expired = await world.token();
    world.now += 301;
    expect(await world.revoke(expired)).toEqual(REVOKED);
  });

  test.each(['refresh_token', 'nonsense'])('ignores a wrong or unknown hint: %s', async (hint) => {
    const world = await ServiceUnderTest.open();
    const token = await world.token();
    expect(await world.post(REVOCATION, { token, token_type_hint: hint, client_id: 'app', client_secret: SECRET })).toEqual(REVOKED);
    expect(jsonOf(await world.introspect(token))).toEqual({ active: false });
  });

  test('refuses a token of another client, which stays as it was (RFC 7009 section 2.1)', async () => {
    const world = await ServiceUnderTest.open([put('client', clientOf('thief'))]);
    const token = await world.token();
    for (const client of ['thief', 'gateway']) {
      const response = await world.revoke(token, client);
      expect(response.status).toBe(400);
      expect(jsonOf(response)).toMatchObject({ error: 'invalid_grant' });
    }
    expect(jsonOf(await world.introspect(token))).toMatchObject({ active: true });
  });

  test('of a refresh token ends the delegation and all its tokens (PROTOCOL 3)', async () => {
    const world = await ServiceUnderTest.open();
    const delegation = aDelegation(PROFILE, {
      clientId: 'app',
      expiresAt: world.now + 300,
      view: JSON.stringify({ id: 'd', clientId: 'app', owner: 'app', scope: 'read' }),
    });
    const data = JSON.stringify({ sub: 'alice', scope: 'read', iat: world.now, nbf: world.now, exp: world.now + 300 });
    const minted = { access: mintOpaqueToken('access_token', world.now + 300), refresh: mintOpaqueToken('refresh_token', world.now + 300) };
    const members = { data, clientId: 'app', expiresAt: world.now + 300 };
    const tokens = [
      aToken(delegation, { ...members, key: minted.access.key }),
      aToken(delegation, { ...members, key: minted.refresh.key, purpose: 'refresh_token' }),
    ];
    await world.stores.tokens.commit([aCommit(making(delegation, ...tokens), { at: world.now })]);
    expect(jsonOf(await world.introspect(minted.access.value))).toMatchObject({ active: true });
    await world.change(...bound('oauth-revoke', LOGGING));
    expect(await world.revoke(minted.refresh.value)).toEqual(REVOKED);
    expect(jsonOf(await world.introspect(minted.access.value))).toEqual({ active: false });
    expect((await world.stores.tokens.findDelegation(PROFILE, delegation.id))?.status).toBe('revoked');
    expect(world.log.at(-1)?.message).toBe(`app refresh_token alice ${delegation.id} null`);
  });

  test('knows nothing of tokens of another profile', async () => {
    const world = await ServiceUnderTest.open([
      put('profile', profileOf({ id: 'second', issuer: '/second' })),
      put('client', clientOf('app', { profile: 'second' })),
      put('endpoint', endpointOf('oauth-revoke', '/second/revoke', { profile: 'second' })),
    ]);
    const token = await world.token();
    expect(await world.post('/second/revoke', { token, client_id: 'app', client_secret: SECRET })).toEqual(REVOKED);
    expect(jsonOf(await world.introspect(token))).toMatchObject({ active: true });
  });
});

describe('requests that are refused', () => {
  test('without a token, with one twice, without or with wrong credentials, by another method', async () => {
    const world = await ServiceUnderTest.open();
    const basic = { authorization: `Basic ${Buffer.from(`app:${SECRET}`).toString('base64')}` };
    expect(await world.post(REVOCATION, 'token=', basic)).toMatchObject({ status: 400, body: expect.stringContaining('invalid_request') });
    expect((await world.post(REVOCATION, 'token=a&token=b', basic)).status).toBe(400);
    expect((await world.post(REVOCATION, 'token=a')).status).toBe(401);
    expect((await world.post(REVOCATION, { token: 'a', client_id: 'app', client_secret: 'wrong' })).status).toBe(401);
    expect(headerOf(await world.get(REVOCATION), 'allow')).toBe('POST');
  });
});

describe('the procedure of the flow oauth-revoke observes (PROCEDURE_API 2)', () => {
  test('what was revoked, and by whom', async () => {
    const world = await ServiceUnderTest.open(bound('oauth-revoke', LOGGING));
    const token = await world.token();
    const { delegationId } = jsonOf(await world.introspect(token));
    await world.post(REVOCATION, { token, token_type_hint: 'access_token', client_id: 'app', client_secret: SECRET });
    expect(world.log.at(-1)).toMatchObject({
      message: `app access_token app ${String(delegationId)} access_token`,
      fields: { procedure: 'own-oauth-revoke', flow: 'oauth-revoke' },
    });
  });

  test('nothing when there was nothing to revoke', async () => {
    const world = await ServiceUnderTest.open(bound('oauth-revoke', LOGGING));
    await world.revoke('unknown');
    expect(world.log.at(-1)?.message).toBe('null null null null null');
  });

  test('once the revocation is durable, never before', async () => {
    const world = await ServiceUnderTest.open();
    const token = await world.token();
    const order: string[] = [];
    const tokens = world.stores.tokens as { revokeToken: TokenStore['revokeToken'] };
    const revokeToken = tokens.revokeToken.bind(tokens);
    tokens.revokeToken = async (...args) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      order.push('durable');
      return revokeToken(...args);
    };
    const run = world.sandbox.run.bind(world.sandbox);
    world.sandbox.run = (invocation) => {
      order.push('procedure');
      return run(invocation);
    };
    await world.revoke(token);
    expect(order).toEqual(['durable', 'procedure']);
  });

  test.each([
    ['fails', "throw new Error('no');"],
    ['refuses', "throw exceptionFactory.badRequestException('not allowed');"],
    ['issues a token', "return { t: c.getAccessTokenIssuer('jwt').issue({ sub: 'x' }) };"],
    ['returns nothing', ''],
  ])('and cannot undo or refuse it: a procedure that %s changes neither answer nor revocation', async (_how, body) => {
    const world = await ServiceUnderTest.open(bound('oauth-revoke', `function result(c) { ${body} }`));
    const token = await world.token();
    expect(await world.revoke(token)).toEqual(REVOKED);
    expect(jsonOf(await world.introspect(token))).toEqual({ active: false });
  });

  test('and its failure is the operator’s to see, with the token masked', async () => {
    const world = await ServiceUnderTest.open(
      bound('oauth-revoke', "function result(c) { throw new Error('token ' + c.request.getFormParameter('token')); }"),
    );
    await world.revoke(await world.token());
    expect(world.service.executions.faults[0]).toMatchObject({ kind: 'runtime', message: 'token [token]' });
  });
});

test('a revocation that could not be stored is never answered with 200', async () => {
  const world = await ServiceUnderTest.open([put('client', gatewayOf('g'))]);
  const token = await world.token();
  (world.stores.tokens as { revokeToken: TokenStore['revokeToken'] }).revokeToken = () => {
    throw new Error('disk full');
  };
  expect((await world.revoke(token)).status).toBe(500);
});
