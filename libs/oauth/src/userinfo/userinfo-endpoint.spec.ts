import { describe, expect, test } from '@jest/globals';
import { put, type Change } from '../configuration/configuration.ts';
import { PROFILE_CAPABILITIES, type Client } from '../configuration/entities.ts';
import { aDelegation, aToken } from '../testing/store-builders.ts';
import { aSession } from '../testing/people-of-a-spec.ts';
import {
  aRequest,
  bound,
  clientOf,
  endpointOf,
  headerOf,
  jsonOf,
  PROFILE,
  profileOf,
  ServiceUnderTest,
} from '../testing/service-builder.ts';
import { mintOpaqueToken } from '../token/opaque-token.ts';
import type { OAuthRequest, OAuthResponse } from '../transport/exchange.ts';

const USERINFO = '/userinfo';
const FLOW = 'openid-userinfo';
const ALICE = { name: 'Alice', email: 'alice@example.com', email_verified: true, shoe_size: 38 };

async function open(changes: readonly Change[] = [], client: Partial<Client> = {}): Promise<ServiceUnderTest> {
  const world = await ServiceUnderTest.open([
    put('profile', profileOf({ capabilities: PROFILE_CAPABILITIES, scopes: { openid: {}, profile: {}, email: {}, read: {} } })),
    put('client', clientOf('app', { scopes: ['openid', 'profile', 'email', 'read'], ...client })),
    put('endpoint', endpointOf('oauth-userinfo', USERINFO)),
    ...changes,
  ]);
  world.people.signedIn = aSession(world.now, { attributes: ALICE });
  return world;
}

/** An access token that alice has given the client. */
async function tokenOf(world: ServiceUnderTest, scope: string, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const { now } = world;
  const expiresAt = now + 300;
  const id = `d-${scope}`;
  const view = JSON.stringify({ id, clientId: 'app', owner: 'alice', scope });
  const delegation = aDelegation(PROFILE, { id, clientId: 'app', owner: 'alice', scope, view, createdAt: now, expiresAt });
  const { key, value } = mintOpaqueToken('access_token', expiresAt);
  const data = JSON.stringify({ aud: 'app', exp: expiresAt, iat: now, nbf: now, scope, sub: 'alice', ...more });
  const token = aToken(delegation, { key, data, expiresAt, issuedAt: now });
  const effects = [
    { effect: 'delegation', delegation },
    { effect: 'token', token },
  ] as const;
  await world.stores.tokens.commit([{ at: now, effects, requires: [], claim: null }]);
  return value;
}

const ask = (world: ServiceUnderTest, token: string | null, members: Partial<OAuthRequest> = {}): Promise<OAuthResponse> => {
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  return world.handle({ ...aRequest(USERINFO, ''), method: 'GET', ...members, headers: { ...headers, ...members.headers } });
};

describe('the userinfo endpoint (OpenID Connect Core section 5.3)', () => {
  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['openid', {}],
    ['openid email', { email: 'alice@example.com', email_verified: true }],
    ['openid profile', { name: 'Alice' }],
    ['openid profile email read', { name: 'Alice', email: 'alice@example.com', email_verified: true }],
  ])('tells what the scope %j releases (section 5.4)', async (scope, claims) => {
    const world = await open();
    const response = await ask(world, await tokenOf(world, scope));
    expect([response.status, jsonOf(response)]).toEqual([200, { sub: 'alice', ...claims }]);
    expect(headerOf(response, 'Cache-Control')).toBe('no-store');
  });

  test('takes the token by POST too, in the header or the form, but once', async () => {
    const world = await open();
    const token = await tokenOf(world, 'openid');
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const form = { method: 'POST', body: `access_token=${token}`, headers };
    expect(jsonOf(await ask(world, null, form))).toEqual({ sub: 'alice' });
    expect(jsonOf(await ask(world, token, { method: 'POST', body: '', headers: {} }))).toEqual({ sub: 'alice' });
    expect((await ask(world, token, form)).status).toBe(400);
    const put = await ask(world, token, { method: 'PUT' });
    expect([put.status, headerOf(put, 'Allow')]).toEqual([405, 'GET, HEAD, POST']);
  });

  test('nobody is told anything without a token, and the challenge says what is wanted (RFC 6750 section 3)', async () => {
    const response = await ask(await open(), null);
    expect(response.status).toBe(401);
    expect(headerOf(response, 'WWW-Authenticate')).toMatch(/^Bearer realm=".*", scope="openid", DPoP /);
  });

  test('a token without openid is not enough', async () => {
    const world = await open();
    const response = await ask(world, await tokenOf(world, 'read'));
    expect([response.status, jsonOf(response)['error']]).toEqual([403, 'insufficient_scope']);
    expect(headerOf(response, 'WWW-Authenticate')).toContain('error="insufficient_scope"');
  });

  test('unknown, expired, revoked and refresh tokens are told apart from nothing', async () => {
    const world = await open();
    const token = await tokenOf(world, 'openid');
    const refusals = [await ask(world, 'x'), await ask(world, mintOpaqueToken('access_token', 1_900_000_000).value)];
    await world.stores.tokens.revokeDelegation(PROFILE, 'd-openid', world.now);
    refusals.push(await ask(world, token));
    for (const { status, body } of refusals) expect([status, body]).toEqual([401, refusals[0]?.body]);
  });

  test('a token with less than its delegation tells less', async () => {
    const world = await open();
    const scope = 'openid profile email';
    expect(jsonOf(await ask(world, await tokenOf(world, scope, { scope: 'openid profile' })))).toEqual({ sub: 'alice', name: 'Alice' });
    expect((await ask(world, await tokenOf(world, `${scope} read`, { scope: 'read' }))).status).toBe(403);
  });

  test('a token of a client itself is of no person', async () => {
    const world = await open();
    expect((await ask(world, await world.token({ scope: 'openid' }))).status).toBe(401);
  });

  test('a client that is gone learns nothing', async () => {
    const world = await open();
    const token = await tokenOf(world, 'openid');
    await world.change(put('client', clientOf('app', { scopes: [], enabled: false })));
    expect((await ask(world, token)).status).toBe(401);
  });

  test('a token that is bound to a key needs its proof (RFC 9449 section 7)', async () => {
    const world = await open();
    const response = await ask(world, await tokenOf(world, 'openid', { cnf: { jkt: 'x'.repeat(43) } }));
    expect(response.status).toBe(401);
    expect(headerOf(response, 'WWW-Authenticate')).toMatch(/^DPoP .*error="invalid_token"/);
    const unknown = await ask(world, await tokenOf(world, 'openid email', { cnf: { other: 'x' } }));
    expect(unknown.status).toBe(401);
  });
});

describe('its procedure (PROCEDURE_API 6)', () => {
  test('sees account, token and client, and may tell more', async () => {
    const source = `function result(c) { const r = c.getDefaultResponseData(); r.size = c.accountAttributes.shoe_size; r.by = c.client.id;
      r.active = c.presentedToken.active; r.owner = c.delegation.owner; return r; }`;
    const world = await open(bound(FLOW, source));
    expect(jsonOf(await ask(world, await tokenOf(world, 'openid')))).toEqual({
      ...{ sub: 'alice', size: 38, by: 'app', active: true, owner: 'alice' },
    });
  });

  test('cannot tell of somebody else (section 5.3.2)', async () => {
    const world = await open(bound(FLOW, "function result() { return { sub: 'bob' }; }"));
    expect((await ask(world, await tokenOf(world, 'openid'))).status).toBe(500);
    expect(world.service.executions.faults[0]?.message).toBe('sub of the answer must be the subject of the token');
  });

  test('cannot issue anything', async () => {
    const world = await open(
      bound(FLOW, "function result(c) { return { sub: 'alice', issuer: String(c.accessTokenIssuer), id: String(c.idTokenIssuer) }; }"),
    );
    expect(jsonOf(await ask(world, await tokenOf(world, 'openid')))).toEqual({ sub: 'alice', issuer: 'null', id: 'null' });
  });

  test('may end the delegation', async () => {
    const world = await open(bound(FLOW, "function result(c) { c.delegationIssuer.revoke(c.delegation); return { sub: 'alice' }; }"));
    const token = await tokenOf(world, 'openid');
    const view = (await world.stores.tokens.findDelegation(PROFILE, 'd-openid'))?.status;
    expect([view, (await ask(world, token)).status]).toEqual(['active', 200]);
    expect((await ask(world, token)).status).toBe(401);
  });
});
