import { describe, expect, test } from '@jest/globals';
import { put, type Change } from '../configuration/configuration.ts';
import { DEFAULT_PROFILE_CAPABILITIES, PROFILE_CAPABILITIES, type Client } from '../configuration/entities.ts';
import { leftHalf } from '../issuance/token-hash.ts';
import type { People } from '../people/people.ts';
import { Application, CALLBACK, returned, returnedByFragment, SETTINGS } from '../testing/application.ts';
import { aSession } from '../testing/people-of-a-spec.ts';
import { bound, claimsOf, headerOf, ISSUER, jsonOf, profileOf } from '../testing/service-builder.ts';

const FLOW = 'oauth-authorize-implicit';
const SCOPES = { openid: {}, profile: {}, read: {}, write: {}, offline_access: {} };

/** A page without a server of its own. */
function open(client: Partial<Client> = {}, changes: readonly Change[] = []): Promise<Application> {
  const members = { capabilities: ['implicit', 'introspection'], scopes: Object.keys(SCOPES), ...client } as const;
  return Application.open(members, [put('profile', profileOf({ capabilities: PROFILE_CAPABILITIES, scopes: SCOPES })), ...changes]);
}

const TOKEN = { response_type: 'token', code_challenge: null, code_challenge_method: null };
const BOTH = { ...TOKEN, response_type: 'id_token token', scope: 'openid read', nonce: 'n-1' };

describe('the implicit flow (RFC 6749 section 4.2)', () => {
  test('sends a person back with an access token in the fragment, the state and the issuer, and no refresh token', async () => {
    const app = await open({ accessTokenLifetime: 120, capabilities: ['implicit', 'refresh-token', 'introspection'] });
    const response = await app.authorize(TOKEN);
    const given = Object.fromEntries(returnedByFragment(response));
    expect(given).toEqual({
      ...{
        access_token: expect.stringMatching(/^twa_/),
        token_type: 'bearer',
        expires_in: expect.stringMatching(/^1(20|1\d)$/),
        scope: 'read',
      },
      ...{ state: 'a state', iss: ISSUER },
    });
    expect(headerOf(response, 'Cache-Control')).toBe('no-store');
    expect(jsonOf(await app.world.introspect(given['access_token'] ?? ''))).toMatchObject({
      ...{ active: true, sub: 'alice', client_id: 'app', scope: 'read', aud: 'app' },
    });
  });

  test('form_post hands the tokens over by POST (Form Post Response Mode section 2)', async () => {
    const app = await open();
    const { status, body } = await app.authorize({ ...TOKEN, response_mode: 'form_post' });
    expect([status, body]).toEqual([
      200,
      expect.stringMatching(/action="https:\/\/app\.example\/callback".*name="access_token" value="twa_/),
    ]);
  });

  test.each(['query', 'dance'])('the mode %s is refused, in the fragment (Multiple Response Types section 3)', async (mode) => {
    const app = await open();
    expect(Object.fromEntries(returnedByFragment(await app.authorize({ ...TOKEN, response_mode: mode })))).toMatchObject({
      ...{ error: 'invalid_request', error_description: 'The response_mode must be fragment or form_post for this response_type.' },
    });
  });

  test.each<[string, Readonly<Record<string, string | null>>, string]>([
    ['a scope that is not its own', { scope: 'read admin' }, 'invalid_scope'],
    [
      'an id token without a nonce (OpenID Connect Core section 3.2.2.1)',
      { response_type: 'id_token', scope: 'openid' },
      'invalid_request',
    ],
    ['an id token without openid', { response_type: 'id_token token', nonce: 'n' }, 'invalid_request'],
    ['a code, which is not its own', { response_type: 'code' }, 'unauthorized_client'],
    ['a key that nothing here is bound to (RFC 9449 section 10)', { dpop_jkt: 'k'.repeat(43) }, 'invalid_request'],
    ['prompt=none where somebody has to be asked', { prompt: 'none', max_age: '1' }, 'login_required'],
  ])('%s is told to the client in the fragment (RFC 6749 section 4.2.2.1)', async (_what, parameters, error) => {
    const app = await open();
    const response = await app.authorize({ ...TOKEN, ...parameters });
    const told = parameters['response_type'] === 'code' ? returned(response) : returnedByFragment(response);
    expect(Object.fromEntries(told)).toMatchObject({ error, state: 'a state', iss: ISSUER });
  });

  test.each(['token', 'id_token', 'id_token token', 'token id_token'])('%s is off unless the profile names it', async (type) => {
    const app = await Application.open({}, [put('profile', profileOf({ capabilities: DEFAULT_PROFILE_CAPABILITIES, scopes: SCOPES }))]);
    expect(returnedByFragment(await app.authorize({ ...BOTH, response_type: type })).get('error')).toBe('unsupported_response_type');
  });

  test('and unless the client does', async () => {
    const app = await open({ capabilities: ['authorization-code'] });
    expect(returnedByFragment(await app.authorize(TOKEN)).get('error')).toBe('unauthorized_client');
  });

  test.each(['token token', 'token  id_token', 'code token token', 'none token'])('"%s" is no response type', async (type) => {
    const app = await open();
    expect(returned(await app.authorize({ ...BOTH, response_type: type })).get('error')).toBe('unsupported_response_type');
  });

  test.each(['dpop', 'certificate'] as const)(
    'a client whose tokens are bound by %s gets none here (RFC 9700 section 2.1.2)',
    async (by) => {
      const app = await open({ boundAccessTokens: by });
      expect(returnedByFragment(await app.authorize(TOKEN)).get('error_description')).toMatch(/^The access tokens of the client are bound/);
      expect(returnedByFragment(await app.authorize({ ...BOTH, response_type: 'id_token' })).get('id_token')).not.toBeNull();
    },
  );

  test('the tokens end with the session, offline_access or not: nothing works while the person is away (OpenID Connect Core section 11)', async () => {
    const app = await open();
    const given = returnedByFragment(await app.authorize({ ...TOKEN, scope: 'read offline_access' }));
    expect(given.get('scope')).toBe('read');
    expect(await app.world.stores.tokens.revokeDelegations('main', { session: 'session-1' }, app.world.now)).toBe(1);
    expect(jsonOf(await app.world.introspect(given.get('access_token') ?? ''))).toEqual({ active: false });
  });

  test('what a person has narrowed is what the token has', async () => {
    const app = await open({ authorizationCode: { ...SETTINGS, consent: true } });
    const { page, interaction } = await app.asked(await app.authorize({ ...TOKEN, scope: 'read write' }));
    expect(page).toBe('/pages/consent');
    app.world.people.allowed.add('app read');
    const consent = { session: 'session-1', allowed: true, scopes: ['read'] } as const;
    expect(returnedByFragment(await app.goOn({ ...interaction, consent })).get('scope')).toBe('read');
    const denied = await app.goOn({ ...interaction, consent: { session: 'session-1', allowed: false } });
    expect(returnedByFragment(denied).get('error')).toBe('access_denied');
  });

  test('a pushed request may ask for it (RFC 9126)', async () => {
    const app = await open();
    const { request_uri: uri } = jsonOf(await app.push({ response_type: 'token' }));
    const response = await app.get(new URLSearchParams({ client_id: 'app', request_uri: String(uri) }).toString());
    expect(returnedByFragment(response).get('access_token')).toMatch(/^twa_/);
    expect(jsonOf(await app.push({ response_type: 'token', response_mode: 'query' }))['error']).toBe('invalid_request');
  });
});

describe('id tokens of the implicit flow (OpenID Connect Core section 3.2)', () => {
  test('carry the nonce, and at_hash of the access token they come with (section 3.2.2.10)', async () => {
    const app = await open();
    const given = returnedByFragment(await app.authorize(BOTH));
    const { now } = app.world;
    expect(claimsOf(given.get('id_token') ?? '')).toEqual({
      ...{ iss: ISSUER, sub: 'alice', aud: 'app', nonce: 'n-1', auth_time: now - 60, sid: 'session-1', iat: now, exp: now + 600 },
      ...{ acr: 'urn:tokenwright:password', amr: ['pwd'], purpose: 'id', at_hash: leftHalf('ES256', given.get('access_token') ?? '') },
    });
  });

  test('tell what the scopes release where no access token does (section 5.4), and nothing is stored', async () => {
    const app = await open();
    app.world.people.signedIn = aSession(app.world.now, { attributes: { name: 'Alice', shoe: 38 } });
    const given = returnedByFragment(await app.authorize({ ...BOTH, response_type: 'id_token', scope: 'openid profile' }));
    expect([...given.keys()]).toEqual(['id_token', 'state', 'iss']);
    expect(claimsOf(given.get('id_token') ?? '')).toMatchObject({ name: 'Alice', nonce: 'n-1' });
    expect(claimsOf(given.get('id_token') ?? '')).not.toHaveProperty('shoe');
    expect((await app.world.stores.tokens.listDelegations({}, { limit: 9 })).items).toEqual([]);
    const both = returnedByFragment(await app.authorize({ ...BOTH, scope: 'openid profile' }));
    expect(claimsOf(both.get('id_token') ?? '')).not.toHaveProperty('name');
  });
});

describe('the procedure of the implicit flow', () => {
  const issuing =
    'const d = c.delegationIssuer.issue(c.getDefaultDelegationData()); const t = c.accessTokenIssuer.issue(c.getDefaultAccessTokenData(), d);';

  test.each<[string, Readonly<Record<string, string | null>>, string, string]>([
    ['no token', TOKEN, 'return {};', 'the answer must have an access token that an issuer has issued'],
    ['a made-up token', TOKEN, "return { access_token: 'x' };", 'the answer must have an access token that an issuer has issued'],
    [
      'a code',
      TOKEN,
      `${issuing} return { access_token: t, code: 'twc_x' };`,
      'the answer must have no code: the response type asks for none',
    ],
    ['a refresh token', TOKEN, `${issuing} return { access_token: t, refresh_token: 'x' };`, 'the answer must have no refresh_token'],
    [
      'an id token beside what is asked for',
      TOKEN,
      `${issuing} return { access_token: t, id_token: 'x' };`,
      'the answer must have no id_token',
    ],
    [
      'an id token that does not name the access token',
      BOTH,
      `${issuing} return { access_token: t, id_token: c.idTokenIssuer.issue(c.getDefaultIdTokenData()) };`,
      'the id token must have the at_hash of the access token: idTokenIssuer.atHash gives it',
    ],
    ['its own failure', TOKEN, `${issuing} throw new Error('broken');`, 'broken'],
  ])('%s is a fault: the client is told server_error, and nothing is stored', async (_what, parameters, body, message) => {
    const app = await open({}, bound(FLOW, `function result(c) { ${body} }`));
    expect(Object.fromEntries(returnedByFragment(await app.authorize(parameters)))).toMatchObject({
      error: 'server_error',
      state: 'a state',
    });
    expect(app.world.service.executions.faults[0]?.message).toContain(message);
    expect((await app.world.stores.tokens.listDelegations({}, { limit: 9 })).items).toEqual([]);
    expect((await app.world.stores.tokens.listTokens({}, { limit: 9 })).items).toEqual([]);
  });

  test('its refusal goes to the client, in the fragment', async () => {
    const app = await open({}, bound(FLOW, "function result() { throw exceptionFactory.forbiddenException('not you'); }"));
    expect(returnedByFragment(await app.authorize(TOKEN)).get('error_description')).toBe('not you');
  });

  test('a JWT that was signed in vain is noted (SANDBOX 3.6)', async () => {
    const source = `function result(c) { const d = c.delegationIssuer.issue(c.getDefaultDelegationData()); c.getDefaultAccessTokenJwtIssuer().issue(c.getDefaultAccessTokenData(), d); return {}; }`;
    const app = await open({}, bound(FLOW, source));
    expect(returnedByFragment(await app.authorize(TOKEN)).get('error')).toBe('server_error');
    expect(await app.world.stores.audit.list({ kind: 'token', limit: 9 })).toMatchObject([{ action: 'token.signed-in-vain' }]);
  });

  test('a session that ended while it ran gives nothing', async () => {
    const app = await open();
    const people: Pick<People, 'requirement'> = app.world.people;
    people.requirement = () => ({ profile: 'main', subject: 'alice', session: 'session-1', consentTo: null });
    const told = returnedByFragment(await app.authorize(TOKEN));
    expect(Object.fromEntries(told)).toMatchObject({ error: 'access_denied', state: 'a state' });
    expect((await app.world.stores.tokens.listTokens({}, { limit: 9 })).items).toEqual([]);
  });
});

test('a redirect URI with a query keeps it, before the fragment', async () => {
  const redirectUri = `${CALLBACK}?tenant=1`;
  const app = await open({ authorizationCode: { ...SETTINGS, redirectUris: [redirectUri] } });
  expect(headerOf(await app.authorize({ ...TOKEN, redirect_uri: redirectUri }), 'Location')).toMatch(
    /callback\?tenant=1#access_token=twa_/,
  );
});
