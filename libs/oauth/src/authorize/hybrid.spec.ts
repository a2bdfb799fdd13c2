import { describe, expect, test } from '@jest/globals';
import { put, type Change } from '../configuration/configuration.ts';
import { DEFAULT_PROFILE_CAPABILITIES, PROFILE_CAPABILITIES, type Client } from '../configuration/entities.ts';
import { leftHalf } from '../issuance/token-hash.ts';
import { Application, returnedByFragment } from '../testing/application.ts';
import { bound, claimsOf, ISSUER, jsonOf, profileOf } from '../testing/service-builder.ts';

const FLOW = 'openid-authorize-hybrid';
const TOKEN_FLOW = 'oauth-token-authorization-code';
const SCOPES = { openid: {}, read: {}, write: {} };

function open(client: Partial<Client> = {}, changes: readonly Change[] = []): Promise<Application> {
  const capabilities = ['authorization-code', 'hybrid', 'refresh-token', 'introspection'] as const;
  const profile = put('profile', profileOf({ capabilities: PROFILE_CAPABILITIES, scopes: SCOPES }));
  return Application.open({ capabilities, ...client }, [profile, ...changes]);
}

const ALL = { response_type: 'code id_token token', scope: 'openid read', nonce: 'n-1' };
const TOKEN = { response_type: 'code token' };

/** What came back, each as text. */
async function given(app: Application, parameters: Readonly<Record<string, string | null>>): Promise<Record<string, string>> {
  return Object.fromEntries(returnedByFragment(await app.authorize(parameters)));
}

/** Whether a token of the application is active. */
async function isActive(app: Application, token: unknown): Promise<unknown> {
  return jsonOf(await app.world.introspect(String(token)))['active'];
}

describe('the hybrid flow (OpenID Connect Core section 3.3)', () => {
  test.each([
    ['code id_token', ['code', 'id_token', 'state', 'iss']],
    ['id_token code', ['code', 'id_token', 'state', 'iss']],
    ['code token', ['code', 'access_token', 'token_type', 'expires_in', 'scope', 'state', 'iss']],
    ['token id_token code', ['code', 'access_token', 'token_type', 'expires_in', 'scope', 'id_token', 'state', 'iss']],
  ])('%s sends a person back with that in the fragment, and nothing else (section 3.3.2.5)', async (type, names) => {
    const app = await open();
    const back = await given(app, { ...ALL, response_type: type });
    expect(Object.keys(back)).toEqual(names);
    expect(back).toMatchObject({ code: expect.stringMatching(/^twc_/), state: 'a state', iss: ISSUER });
  });

  test('the id token names code and access token by their hashes (section 3.3.2.11)', async () => {
    const app = await open();
    const { id_token: idToken = '', code = '', access_token: token = '' } = await given(app, ALL);
    expect(claimsOf(idToken)).toMatchObject({ nonce: 'n-1', c_hash: leftHalf('ES256', code), at_hash: leftHalf('ES256', token) });
    const second = jsonOf(await app.redeem(code));
    expect(claimsOf(String(second['id_token']))).toMatchObject({ sub: 'alice', nonce: 'n-1', iss: ISSUER });
    expect(await isActive(app, second['access_token'])).toBe(true);
    expect(second['refresh_token']).toMatch(/^twr_/);
  });

  test.each<[string, Readonly<Record<string, string | null>>, string]>([
    ['a code without PKCE', { ...ALL, code_challenge: null }, 'invalid_request'],
    ['an id token without a nonce', { ...ALL, nonce: null }, 'invalid_request'],
    ['the query mode', { ...ALL, response_mode: 'query' }, 'invalid_request'],
    ['a token with a key to be bound to', { ...ALL, dpop_jkt: 'k'.repeat(43) }, 'invalid_request'],
    ['the implicit flow, which is another', { ...ALL, response_type: 'token' }, 'unauthorized_client'],
  ])('%s is refused in the fragment', async (_what, parameters, error) => {
    const app = await open();
    expect(await given(app, parameters)).toMatchObject({ error, state: 'a state', iss: ISSUER });
  });

  test('it is off unless profile and client name it', async () => {
    const off = await Application.open({}, [put('profile', profileOf({ capabilities: DEFAULT_PROFILE_CAPABILITIES, scopes: SCOPES }))]);
    expect((await given(off, ALL))['error']).toBe('unsupported_response_type');
    const unnamed = await open({ capabilities: ['authorization-code', 'implicit'] });
    expect((await given(unnamed, ALL))['error']).toBe('unauthorized_client');
  });

  test('a client whose tokens are bound gets a code and an id token, and no token', async () => {
    const app = await open({ boundAccessTokens: 'dpop' });
    expect((await given(app, TOKEN))['error']).toBe('unauthorized_client');
    expect(await given(app, { ...ALL, response_type: 'code id_token', dpop_jkt: 'k'.repeat(43) })).toHaveProperty('code');
  });
});

describe('what comes by both ways belongs to one delegation (RFC 6749 section 4.1.2)', () => {
  test('a code that is used twice ends the token that came with it, and all that it gave', async () => {
    const app = await open();
    const { code = '', access_token: front } = await given(app, TOKEN);
    const { access_token: back } = jsonOf(await app.redeem(code));
    expect([await isActive(app, front), await isActive(app, back)]).toEqual([true, true]);
    expect((await app.world.stores.tokens.listDelegations({}, { limit: 9 })).items).toHaveLength(1);
    expect((await app.redeem(code)).status).toBe(400);
    expect([await isActive(app, front), await isActive(app, back)]).toEqual([false, false]);
    expect(await app.world.stores.audit.list({ kind: 'delegation', limit: 9 })).toMatchObject([{ action: 'authorization-code.reused' }]);
  });

  test('who has ended the delegation has ended the code', async () => {
    const app = await open();
    const { code = '' } = await given(app, TOKEN);
    expect(await app.world.stores.tokens.revokeDelegations('main', { session: 'session-1' }, app.world.now)).toBe(1);
    expect(jsonOf(await app.redeem(code))).toMatchObject({ error: 'invalid_grant' });
  });

  test('it lives as long as what was redeemed, and is what the later procedure has made of it', async () => {
    const naming =
      'function result(c) { const d = c.getDefaultDelegationData(); d.claims = { tenant: "acme" }; return { refresh_token: c.refreshTokenIssuer.issue(c.getDefaultRefreshTokenData(), c.delegationIssuer.issue(d)) }; }';
    const app = await open({ accessTokenLifetime: 30 }, bound(TOKEN_FLOW, naming));
    const { code = '' } = await given(app, TOKEN);
    const [made] = (await app.world.stores.tokens.listDelegations({}, { limit: 9 })).items;
    expect(made).toMatchObject({ scope: 'read', expiresAt: app.world.now + 120 });
    const { refresh_token: refresh } = jsonOf(await app.redeem(code));
    const [renewed] = (await app.world.stores.tokens.listDelegations({}, { limit: 9 })).items;
    expect(renewed).toMatchObject({ id: made?.id, scope: 'read', expiresAt: app.world.now + 604_800 });
    expect(JSON.parse(renewed?.view ?? '{}')).toMatchObject({ claims: { tenant: 'acme' } });
    app.world.now += 600;
    expect((await app.world.tokenRequest({ grant_type: 'refresh_token', refresh_token: String(refresh) })).status).toBe(200);
    expect(await app.world.stores.tokens.revokeDelegations('main', { session: 'session-1' }, app.world.now)).toBe(1);
  });

  test('its scopes cannot be narrowed any more: a token that has them is out', async () => {
    const narrowing =
      'function result(c) { const d = c.getDefaultDelegationData(); d.scope = "read"; c.delegationIssuer.issue(d); return {}; }';
    const app = await open({}, bound(TOKEN_FLOW, narrowing));
    const { code = '', access_token: front = '' } = await given(app, { ...TOKEN, scope: 'read write' });
    expect((await app.redeem(code)).status).toBe(500);
    expect(app.world.service.executions.faults[0]?.message).toContain('narrow it in the flow openid-authorize-hybrid');
    expect(jsonOf(await app.world.introspect(front))['scope']).toBe('read write');
  });

  test('a procedure that ends it at the token endpoint ends the token that came with the code', async () => {
    const source = 'function result(c) { c.delegationIssuer.revoke(c.delegationIssuer.issue(c.getDefaultDelegationData())); return {}; }';
    const app = await open({}, bound(TOKEN_FLOW, source));
    const { code = '', access_token: front } = await given(app, TOKEN);
    expect((await app.redeem(code)).status).toBe(200);
    expect(await isActive(app, front)).toBe(false);
  });

  test('a procedure that makes none leaves it as it was, and reuse still ends it', async () => {
    const app = await open({}, bound(TOKEN_FLOW, 'function result() { return { nothing: true }; }'));
    const { code = '', access_token: front } = await given(app, TOKEN);
    expect((await app.redeem(code)).status).toBe(200);
    expect(await isActive(app, front)).toBe(true);
    expect((await app.redeem(code)).status).toBe(400);
    expect(await isActive(app, front)).toBe(false);
  });

  test('a code with an id token alone has no delegation before it is redeemed', async () => {
    const app = await open();
    const { code = '' } = await given(app, { ...ALL, response_type: 'code id_token' });
    expect((await app.world.stores.tokens.listDelegations({}, { limit: 9 })).items).toEqual([]);
    expect((await app.redeem(code)).status).toBe(200);
  });
});

describe('the procedure of the hybrid flow', () => {
  const one =
    'const d = c.delegationIssuer.issue(c.getDefaultDelegationData()); const t = c.accessTokenIssuer.issue(c.getDefaultAccessTokenData(), d);';
  const code = 'const code = c.authorizationCodeIssuer.issue(c.getDefaultAuthorizationCodeData());';

  test.each<[string, Readonly<Record<string, string>>, string, string]>([
    ['no code', TOKEN, `${one} return { access_token: t };`, 'the answer must have a code that authorizationCodeIssuer has issued'],
    ['no token', TOKEN, `${code} return { code };`, 'the answer must have an access token that an issuer has issued'],
    [
      'an id token that does not name the code',
      { ...ALL, response_type: 'code id_token' },
      `${code} return { code, id_token: c.idTokenIssuer.issue(c.getDefaultIdTokenData()) };`,
      'the id token must have the c_hash of the code: idTokenIssuer.cHash gives it',
    ],
    [
      'two delegations',
      TOKEN,
      `${one} ${code} c.delegationIssuer.issue(c.getDefaultDelegationData()); return { code, access_token: t };`,
      'tokens that come with a code hang from one delegation, and no other',
    ],
  ])('%s is a fault: neither code nor token is stored', async (_what, parameters, body, message) => {
    const app = await open({}, bound(FLOW, `function result(c) { ${body} }`));
    expect(await given(app, parameters)).toMatchObject({ error: 'server_error', state: 'a state' });
    expect(app.world.service.executions.faults[0]?.message).toContain(message);
    expect((await app.world.stores.tokens.listTokens({}, { limit: 9 })).items).toEqual([]);
  });
});
