import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { put, type Change } from '../configuration/configuration.ts';
import { PROFILE_CAPABILITIES, type Client } from '../configuration/entities.ts';
import { INTERACTION_LIFETIME, type Interaction } from '../people/interaction.ts';
import { aSession } from '../testing/people-of-a-spec.ts';
import {
  aRequest,
  BASE_URL,
  bound,
  claimsOf,
  clientOf,
  endpointOf,
  headerOf,
  ISSUER,
  jsonOf,
  PROFILE,
  profileOf,
  SECRET,
  ServiceUnderTest,
} from '../testing/service-builder.ts';
import type { OAuthResponse } from '../transport/exchange.ts';

const AUTHORIZE = '/authorize';
const PUSHED = '/par';
const CALLBACK = 'https://app.example/callback';
const FLOW = 'oauth-authorize-authorization-code';
const TOKEN_FLOW = 'oauth-token-authorization-code';
const verifier = randomBytes(32).toString('base64url');
const challenge = createHash('sha256').update(verifier).digest('base64url');
const SETTINGS = {
  redirectUris: [CALLBACK],
  postLogoutRedirectUris: [],
  webOrigins: [],
  consent: false,
  pushedRequestsOnly: false,
  signedRequestsOnly: false,
};
const SCOPES = { openid: {}, read: {}, write: {} };

/** A client that people sign in to, at an authorize endpoint, with alice signed in. */
class Application {
  private constructor(readonly world: ServiceUnderTest) {}

  static async open(client: Partial<Client> = {}, changes: readonly Change[] = []): Promise<Application> {
    const capabilities = ['authorization-code', 'refresh-token', 'introspection'] as const;
    const world = await ServiceUnderTest.open([
      put('profile', profileOf({ capabilities: PROFILE_CAPABILITIES, scopes: SCOPES })),
      put('client', clientOf('app', { capabilities, scopes: Object.keys(SCOPES), authorizationCode: SETTINGS, ...client })),
      put('endpoint', endpointOf('oauth-authorize', AUTHORIZE)),
      put('endpoint', endpointOf('oauth-pushed-authorization', PUSHED)),
      ...changes,
    ]);
    world.people.signedIn = aSession(world.now);
    return new Application(world);
  }

  authorize(parameters: Readonly<Record<string, string | null>> = {}): Promise<OAuthResponse> {
    const all: Record<string, string | null> = {
      ...{ client_id: 'app', redirect_uri: CALLBACK, response_type: 'code', scope: 'read', state: 'a state' },
      ...{ code_challenge: challenge, code_challenge_method: 'S256' },
      ...parameters,
    };
    const given = Object.entries(all).flatMap(([name, value]): [string, string][] => (value === null ? [] : [[name, value]]));
    return this.get(new URLSearchParams(given).toString());
  }

  get(query: string, headers: Readonly<Record<string, string>> = {}): Promise<OAuthResponse> {
    return this.world.handle({ ...aRequest(AUTHORIZE, ''), method: 'GET', query, headers });
  }

  /** The code that the person brings back. */
  async code(parameters: Readonly<Record<string, string | null>> = {}): Promise<string> {
    const code = returned(await this.authorize(parameters)).get('code');
    if (code === null) throw new Error('no code');
    return code;
  }

  redeem(code: string, form: Readonly<Record<string, string>> = {}, client = 'app'): Promise<OAuthResponse> {
    return this.world.tokenRequest(
      { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: verifier, ...form },
      client,
    );
  }

  /** The page that is shown, and what it is told. */
  async asked(response: OAuthResponse): Promise<{ readonly page: string; readonly interaction: Interaction }> {
    const url = new URL(headerOf(response, 'Location') ?? '', BASE_URL);
    const interaction = this.world.interactions.open(url.searchParams.get('interaction') ?? '', PROFILE);
    if (interaction === null) throw new Error('no interaction');
    return { page: url.pathname, interaction };
  }

  /** Goes on after the pages have done their part. */
  goOn(interaction: Interaction): Promise<OAuthResponse> {
    return this.get(`interaction=${this.world.interactions.seal(interaction)}`);
  }
}

/** The parameters that went back to the client. */
function returned(response: OAuthResponse): URLSearchParams {
  const location = headerOf(response, 'Location') ?? '';
  if (response.status !== 303 || !location.startsWith(CALLBACK))
    throw new Error(`not sent back: ${response.status} ${location} ${response.body ?? ''}`);
  return new URL(location).searchParams;
}

describe('the authorization endpoint (RFC 6749 section 4.1)', () => {
  test('sends a person who is signed in back with a code, the state and the issuer (RFC 9207)', async () => {
    const app = await Application.open();
    const response = await app.authorize();
    expect(Object.fromEntries(returned(response))).toEqual({ code: expect.stringMatching(/^twc_/), state: 'a state', iss: ISSUER });
    expect(headerOf(response, 'Cache-Control')).toBe('no-store');
    expect(headerOf(response, 'Referrer-Policy')).toBe('no-referrer');
  });

  test('the code gives tokens of the person (RFC 6749 section 4.1.4)', async () => {
    const app = await Application.open();
    const answer = jsonOf(await app.redeem(await app.code({ scope: 'read write' })));
    expect(answer).toEqual({
      access_token: expect.stringMatching(/^twa_/),
      refresh_token: expect.stringMatching(/^twr_/),
      token_type: 'bearer',
      expires_in: 300,
      scope: 'read write',
    });
    expect(jsonOf(await app.world.introspect(String(answer['access_token'])))).toMatchObject({
      active: true,
      sub: 'alice',
      client_id: 'app',
    });
    const refreshed = await app.world.tokenRequest({ grant_type: 'refresh_token', refresh_token: String(answer['refresh_token']) });
    expect(jsonOf(refreshed)).toMatchObject({ access_token: expect.stringMatching(/^twa_/), scope: 'read write' });
  });

  test('POST is as good as GET (OpenID Connect Core section 3.1.2.1), other methods are refused', async () => {
    const app = await Application.open();
    const form = { client_id: 'app', response_type: 'code', code_challenge: challenge, code_challenge_method: 'S256' };
    expect(returned(await app.world.post(AUTHORIZE, form)).get('code')).toMatch(/^twc_/);
    for (const method of ['PUT', 'HEAD']) {
      const refused = await app.world.handle({ ...aRequest(AUTHORIZE, form), method });
      expect([refused.status, headerOf(refused, 'Allow')]).toEqual([405, 'GET, POST']);
    }
  });

  test('a client with one redirect URI may leave it out, then and at the token endpoint', async () => {
    const app = await Application.open();
    expect((await app.redeem(await app.code({ redirect_uri: null }), { redirect_uri: '' })).status).toBe(200);
  });

  test('form_post hands the parameters over by POST, and what is in them runs nothing (Form Post Response Mode section 2)', async () => {
    const app = await Application.open();
    const response = await app.authorize({ response_mode: 'form_post', state: '"><script>x</script>' });
    expect(response.status).toBe(200);
    expect(headerOf(response, 'Content-Type')).toBe('text/html; charset=utf-8');
    expect(headerOf(response, 'Content-Security-Policy')).toMatch(/^default-src 'none'; script-src 'sha256-/);
    expect(response.body).toContain(`<form method="post" action="https://app.example/callback">`);
    expect(response.body).toContain('name="state" value="&#34;&#62;&#60;script&#62;x&#60;/script&#62;"');
    expect(response.body).toMatch(/name="code" value="twc_/);
  });

  test.each<[string, Readonly<Record<string, string | null>>, string]>([
    ['an unknown client', { client_id: 'nobody' }, 'The application is not known here, or does not let people sign in.'],
    ['no client', { client_id: null }, 'The application is not known here, or does not let people sign in.'],
    [
      'a client that people do not sign in to',
      { client_id: 'gateway' },
      'The application is not known here, or does not let people sign in.',
    ],
    ['another redirect URI', { redirect_uri: 'https://evil.example/callback' }, 'The redirect_uri is not one of the application.'],
    ['a longer redirect URI', { redirect_uri: `${CALLBACK}/more` }, 'The redirect_uri is not one of the application.'],
    ['a redirect URI with a query', { redirect_uri: `${CALLBACK}?x=1` }, 'The redirect_uri is not one of the application.'],
    ['one that differs in case', { redirect_uri: 'https://app.example/Callback' }, 'The redirect_uri is not one of the application.'],
  ])('%s is told to the person, and nobody is redirected (RFC 6749 section 4.1.2.1)', async (_what, parameters, message) => {
    const app = await Application.open();
    const response = await app.authorize(parameters);
    expect([response.status, headerOf(response, 'Location')]).toEqual([400, undefined]);
    expect(headerOf(response, 'Content-Type')).toBe('text/html; charset=utf-8');
    expect(response.body).toContain(message);
  });

  test.each(['client_id', 'redirect_uri', 'state', 'scope'])('%s given twice redirects nobody', async (name) => {
    const app = await Application.open();
    const query = new URLSearchParams({ client_id: 'app', redirect_uri: CALLBACK, state: 's', scope: 'read' });
    const response = await app.get(`${query.toString()}&${name}=${encodeURIComponent(query.get(name) ?? '')}`);
    expect([response.status, headerOf(response, 'Location')]).toEqual([400, undefined]);
  });

  test.each<[string, Readonly<Record<string, string | null>>, string]>([
    ['no response_type', { response_type: null }, 'invalid_request'],
    ['another response_type', { response_type: 'token' }, 'unsupported_response_type'],
    ['another response_mode', { response_mode: 'fragment' }, 'invalid_request'],
    ['a scope that is not its own', { scope: 'read admin' }, 'invalid_scope'],
    ['a malformed scope', { scope: 're"ad' }, 'invalid_scope'],
    ['no code_challenge', { code_challenge: null }, 'invalid_request'],
    ['a plain code_challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['no code_challenge_method', { code_challenge_method: null }, 'invalid_request'],
    ['a malformed code_challenge', { code_challenge: 'short' }, 'invalid_request'],
    ['an unknown prompt', { prompt: 'dance' }, 'invalid_request'],
    ['prompt none with another', { prompt: 'none login' }, 'invalid_request'],
    ['a max_age that is no number', { max_age: '-1' }, 'invalid_request'],
    ['a registration', { registration: '{}' }, 'registration_not_supported'],
    ['a giant parameter', { login_hint: 'x'.repeat(5000) }, 'invalid_request'],
    ['a giant name', { ['x'.repeat(9000)]: 'y' }, 'invalid_request'],
  ])('%s is told to the client', async (_what, parameters, error) => {
    const app = await Application.open();
    expect(Object.fromEntries(returned(await app.authorize(parameters)))).toMatchObject({ error, state: 'a state', iss: ISSUER });
  });

  test('what a client says is repeated in nothing that could be taken for a header', async () => {
    const app = await Application.open();
    const response = await app.authorize({ state: 'a\r\nSet-Cookie: x=1', scope: 'nothing' });
    expect(headerOf(response, 'Location')).toContain('state=a%0D%0ASet-Cookie%3A+x%3D1');
  });
});

describe('who is asked, and what', () => {
  test('nobody is signed in: the login page, and back to where it began', async () => {
    const app = await Application.open();
    app.world.people.signedIn = null;
    const { page, interaction } = await app.asked(await app.authorize());
    expect(page).toBe('/pages/login');
    expect(interaction).toMatchObject({
      profile: PROFILE,
      path: AUTHORIZE,
      clientId: 'app',
      scopes: ['read'],
      loginSince: null,
      consent: null,
    });
    app.world.people.signedIn = aSession(app.world.now);
    expect(returned(await app.goOn(interaction)).get('state')).toBe('a state');
  });

  test('prompt=login asks somebody who is signed in, once', async () => {
    const app = await Application.open();
    const { page, interaction } = await app.asked(await app.authorize({ prompt: 'login' }));
    expect(page).toBe('/pages/login');
    expect((await app.asked(await app.goOn(interaction))).page).toBe('/pages/login');
    app.world.people.signedIn = aSession(app.world.now, { authenticatedAt: app.world.now });
    expect(returned(await app.goOn(interaction)).get('code')).toMatch(/^twc_/);
  });

  test('max_age asks those whose login is older (OpenID Connect Core section 3.1.2.1)', async () => {
    const app = await Application.open();
    expect(returned(await app.authorize({ max_age: '60' })).get('code')).toMatch(/^twc_/);
    expect((await app.asked(await app.authorize({ max_age: '59' }))).page).toBe('/pages/login');
  });

  test('max_age counts while the person is asked, unless the login is of now', async () => {
    const app = await Application.open({ authorizationCode: { ...SETTINGS, consent: true } });
    const { interaction } = await app.asked(await app.authorize({ max_age: '100' }));
    app.world.people.allowed.add('app read');
    app.world.now += 41;
    expect((await app.asked(await app.goOn(interaction))).page).toBe('/pages/login');
    app.world.people.signedIn = aSession(app.world.now, { authenticatedAt: interaction.at });
    app.world.now += 100;
    expect(returned(await app.goOn(interaction)).get('code')).toMatch(/^twc_/);
  });

  test('prompt=none asks nobody (OpenID Connect Core section 3.1.2.6)', async () => {
    const app = await Application.open({ authorizationCode: { ...SETTINGS, consent: true } });
    expect(returned(await app.authorize({ prompt: 'none' })).get('error')).toBe('consent_required');
    app.world.people.allowed.add('app read');
    expect(returned(await app.authorize({ prompt: 'none' })).get('code')).toMatch(/^twc_/);
    app.world.people.signedIn = null;
    expect(returned(await app.authorize({ prompt: 'none' })).get('error')).toBe('login_required');
  });

  test('id_token_hint says who is meant: somebody else who is signed in is asked to sign in (OpenID Connect Core section 3.1.2.1)', async () => {
    const app = await Application.open();
    const { id_token: hint } = jsonOf(await app.redeem(await app.code({ scope: 'openid' })));
    expect(returned(await app.authorize({ id_token_hint: String(hint), prompt: 'none' })).get('code')).toMatch(/^twc_/);
    app.world.people.signedIn = aSession(app.world.now, { id: 'session-2', subject: 'bob' });
    expect(returned(await app.authorize({ id_token_hint: String(hint), prompt: 'none' })).get('error')).toBe('login_required');
    expect((await app.asked(await app.authorize({ id_token_hint: String(hint) }))).page).toBe('/pages/login');
    expect(returned(await app.authorize({ id_token_hint: 'x.y.z' })).get('error')).toBe('invalid_request');
  });

  test('consent is asked for once, and is good in its session alone', async () => {
    const app = await Application.open({ authorizationCode: { ...SETTINGS, consent: true } });
    const { page, interaction } = await app.asked(await app.authorize({ scope: 'read write' }));
    expect(page).toBe('/pages/consent');
    const consent = { session: 'session-1', allowed: true, scopes: ['read'] } as const;
    app.world.people.allowed.add('app read');
    const code = returned(await app.goOn({ ...interaction, consent })).get('code') ?? '';
    expect(jsonOf(await app.redeem(code))['scope']).toBe('read');
    app.world.people.signedIn = aSession(app.world.now, { id: 'session-2', subject: 'mallory' });
    expect((await app.asked(await app.goOn({ ...interaction, consent }))).page).toBe('/pages/consent');
  });

  test('an answer is good for as long as it was not taken back', async () => {
    const app = await Application.open({ authorizationCode: { ...SETTINGS, consent: true } });
    const { interaction } = await app.asked(await app.authorize());
    const consent = { session: 'session-1', allowed: true, scopes: ['read'] } as const;
    app.world.people.allowed.add('app read');
    expect(returned(await app.goOn({ ...interaction, consent })).get('code')).toMatch(/^twc_/);
    app.world.people.allowed.clear();
    expect((await app.asked(await app.goOn({ ...interaction, consent }))).page).toBe('/pages/consent');
  });

  test('a person may say no', async () => {
    const app = await Application.open({ authorizationCode: { ...SETTINGS, consent: true } });
    const { interaction } = await app.asked(await app.authorize());
    const denied = await app.goOn({ ...interaction, consent: { session: 'session-1', allowed: false } });
    expect(Object.fromEntries(returned(denied))).toMatchObject({ error: 'access_denied', state: 'a state' });
  });

  test('prompt=consent asks again what was allowed before', async () => {
    const app = await Application.open({ authorizationCode: { ...SETTINGS, consent: true } });
    app.world.people.allowed.add('app read');
    expect(returned(await app.authorize()).get('code')).toMatch(/^twc_/);
    expect((await app.asked(await app.authorize({ prompt: 'consent' }))).page).toBe('/pages/consent');
  });

  test('an interaction that is made up, changed, of another endpoint or too old is told to the person', async () => {
    const app = await Application.open({}, [put('endpoint', endpointOf('oauth-authorize', '/other', { id: 'other', advertised: false }))]);
    app.world.people.signedIn = null;
    const { interaction } = await app.asked(await app.authorize());
    const sealed = app.world.interactions.seal(interaction);
    const changed = `${sealed.slice(0, -2)}${sealed.endsWith('AA') ? 'BB' : 'AA'}`;
    for (const text of ['x', '', changed.slice(0, 20), changed]) {
      const response = await app.get(`interaction=${text}&client_id=app`);
      expect(text === '' ? response.status : [response.status, headerOf(response, 'Location')]).toEqual(
        text === '' ? 303 : [400, undefined],
      );
    }
    const elsewhere = await app.world.handle({ ...aRequest('/other', ''), method: 'GET', query: `interaction=${sealed}`, headers: {} });
    expect(elsewhere.status).toBe(400);
    app.world.now += INTERACTION_LIFETIME;
    expect((await app.get(`interaction=${sealed}`)).status).toBe(400);
  });
});

describe('redeeming a code (RFC 6749 section 4.1.3, RFC 7636)', () => {
  const refused = async (response: Promise<OAuthResponse>) => {
    const { status, body } = await response;
    expect([status, (JSON.parse(body ?? '{}') as { error?: string }).error]).toEqual([400, 'invalid_grant']);
  };

  test('takes the verifier that belongs to it, the redirect URI and the client of the request', async () => {
    const app = await Application.open({}, [
      put('client', clientOf('other', { capabilities: ['authorization-code'], authorizationCode: SETTINGS })),
    ]);
    const code = await app.code();
    await refused(app.redeem(code, { code_verifier: randomBytes(32).toString('base64url') }));
    await refused(app.redeem(code, { redirect_uri: 'https://app.example/other' }));
    await refused(app.redeem(code, {}, 'other'));
    expect((await app.redeem(code)).status).toBe(200);
  });

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['no code', { code: '' }, 'invalid_request'],
    ['no verifier', { code_verifier: '' }, 'invalid_request'],
    ['a short verifier', { code_verifier: 'short' }, 'invalid_request'],
    ['a code that is none', { code: 'x' }, 'invalid_grant'],
  ])('%s is refused', async (_what, form, error) => {
    const app = await Application.open();
    const response = await app.redeem(await app.code(), form);
    expect([response.status, jsonOf(response)['error']]).toEqual([400, error]);
  });

  test('it expires', async () => {
    // Memory stores keep the machine's time.
    const app = await Application.open();
    app.world.now -= 61;
    const code = await app.code({ prompt: null });
    app.world.now += 61;
    await refused(app.redeem(code));
  });

  test('a second use ends what the first gave (RFC 6749 section 4.1.2)', async () => {
    const app = await Application.open();
    const code = await app.code();
    const { access_token: token } = jsonOf(await app.redeem(code));
    expect(jsonOf(await app.world.introspect(String(token)))).toMatchObject({ active: true });
    await refused(app.redeem(code));
    expect(jsonOf(await app.world.introspect(String(token)))).toEqual({ active: false });
    expect(await app.world.stores.audit.list({ kind: 'delegation', limit: 9 })).toMatchObject([{ action: 'authorization-code.reused' }]);
  });

  test('who has found a used code alone ends nothing by it', async () => {
    const app = await Application.open({}, [
      put('client', clientOf('other', { capabilities: ['authorization-code'], authorizationCode: SETTINGS })),
    ]);
    const code = await app.code();
    const { access_token: token } = jsonOf(await app.redeem(code));
    await refused(app.redeem(code, {}, 'other'));
    await refused(app.redeem(code, { code_verifier: randomBytes(32).toString('base64url') }));
    expect(jsonOf(await app.world.introspect(String(token)))).toMatchObject({ active: true });
  });

  test('a procedure makes one delegation of a code: reuse and sign-out end all that came of it', async () => {
    const source = 'function result(c) { for (let i = 0; i < 2; i++) c.delegationIssuer.issue(c.getDefaultDelegationData()); return {}; }';
    const app = await Application.open({}, bound(TOKEN_FLOW, source));
    expect((await app.redeem(await app.code())).status).toBe(500);
    expect(app.world.service.executions.faults[0]?.message).toBe('of a grant that is redeemed comes one delegation, and no other');
  });

  test('of a hundred simultaneous uses one gets tokens, which are then ended', async () => {
    const app = await Application.open();
    const code = await app.code();
    const answers = await Promise.all(Array.from({ length: 100 }, () => app.redeem(code)));
    const good = answers.filter(({ status }) => status === 200);
    expect(good).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(99);
    const token = String(good.map(jsonOf)[0]?.['access_token']);
    expect(jsonOf(await app.world.introspect(token))).toEqual({ active: false });
  });

  test('a procedure that fails does not burn it', async () => {
    const app = await Application.open({}, bound(TOKEN_FLOW, "function result() { throw new Error('broken'); }"));
    const code = await app.code();
    for (let i = 0; i < 3; i++) expect((await app.redeem(code)).status).toBe(500);
    await app.world.change(
      ...bound(TOKEN_FLOW, 'function result(context) { return { who: context.subjectAttributes().subject }; }', { upload: 2 }),
    );
    expect(jsonOf(await app.redeem(code))).toEqual({ who: 'alice' });
  });

  test('a procedure that refuses uses it up (SANDBOX 3.8)', async () => {
    const app = await Application.open({}, bound(TOKEN_FLOW, "function result() { throw exceptionFactory.forbiddenException('no'); }"));
    const code = await app.code();
    expect(jsonOf(await app.redeem(code))).toEqual({ error: 'access_denied', error_description: 'no' });
    await refused(app.redeem(code));
  });
});

describe('OpenID Connect (Core section 3.1.3)', () => {
  test('openid gives an id token with what the client needs to know, and at_hash', async () => {
    const app = await Application.open();
    const answer = jsonOf(await app.redeem(await app.code({ scope: 'openid read', nonce: 'n-1' })));
    const accessToken = String(answer['access_token']);
    const now = app.world.now;
    expect(claimsOf(String(answer['id_token']))).toEqual({
      ...{ iss: ISSUER, sub: 'alice', aud: 'app', nonce: 'n-1', auth_time: now - 60, sid: 'session-1', iat: now, exp: now + 600 },
      ...{ acr: 'urn:tokenwright:password', amr: ['pwd'], purpose: 'id' },
      at_hash: createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url'),
    });
  });

  test('without openid there is none', async () => {
    const app = await Application.open();
    expect(jsonOf(await app.redeem(await app.code()))).not.toHaveProperty('id_token');
  });

  test('an id token opens no API: introspection and a resource take it for nothing', async () => {
    const app = await Application.open();
    const { id_token: token } = jsonOf(await app.redeem(await app.code({ scope: 'openid' })));
    expect(jsonOf(await app.world.introspect(String(token)))).toEqual({ active: false });
  });

  test('nonce, audience and times belong to the service, further claims to the procedure', async () => {
    const source = `function result(context) { const d = context.getDefaultIdTokenData(); d.nonce = 'x'; d.aud = 'y'; d.iat = 1; d.role = 'boss'; d.jti = 'z'; d._in = 1; return { id_token: context.idTokenIssuer.issue(d) }; }`;
    const app = await Application.open({}, bound(TOKEN_FLOW, source));
    const claims = claimsOf(String(jsonOf(await app.redeem(await app.code({ scope: 'openid', nonce: 'n' })))['id_token']));
    expect(claims).toMatchObject({ nonce: 'n', aud: 'app', iat: app.world.now, role: 'boss' });
    expect(Object.keys(claims)).not.toEqual(expect.arrayContaining(['jti']));
    expect(claims).not.toHaveProperty('_in');
  });

  test.each<[string, string, string]>([
    ['another subject', "d.sub = 'bob'", 'sub of the id token differs from the authenticated subject'],
    ['a longer life', 'd.exp = d.exp + 1', 'exp is 1 seconds after the latest that idTokenLifetime allows'],
  ])('%s is a fault', async (_what, change, message) => {
    const source = `function result(context) { const d = context.getDefaultIdTokenData(); ${change}; return { id_token: context.idTokenIssuer.issue(d) }; }`;
    const app = await Application.open({}, bound(TOKEN_FLOW, source));
    expect((await app.redeem(await app.code({ scope: 'openid' }))).status).toBe(500);
    expect(app.world.service.executions.faults[0]?.message).toContain(message);
  });
});

describe('the procedure of the authorize endpoint (PROCEDURE_API 6)', () => {
  test('may add claims to the code, which the token procedure sees', async () => {
    const app = await Application.open({}, [
      ...bound(
        FLOW,
        "function result(c) { const d = c.getDefaultAuthorizationCodeData(); d.tenant = 'acme'; return { code: c.authorizationCodeIssuer.issue(d), more: 1 }; }",
      ),
      ...bound(TOKEN_FLOW, 'function result(c) { return { tenant: c.presentedNonce.data.tenant, how: c.contextAttributes().acr }; }'),
    ]);
    const parameters = returned(await app.authorize());
    expect(parameters.get('more')).toBe('1');
    expect(jsonOf(await app.redeem(parameters.get('code') ?? ''))).toEqual({ tenant: 'acme', how: 'urn:tokenwright:password' });
  });

  test('state and issuer belong to the service', async () => {
    const app = await Application.open(
      {},
      bound(FLOW, "function result(c) { return { code: c.authorizationCodeIssuer.issue({}), state: 'x', iss: 'https://evil' }; }"),
    );
    expect(Object.fromEntries(returned(await app.authorize()))).toMatchObject({ state: 'a state', iss: ISSUER });
    expect(returned(await app.authorize({ state: null })).has('state')).toBe(false);
  });

  test('its refusal goes to the client', async () => {
    const app = await Application.open({}, bound(FLOW, "function result() { throw exceptionFactory.forbiddenException('not you'); }"));
    expect(Object.fromEntries(returned(await app.authorize()))).toEqual({
      ...{ error: 'access_denied', error_description: 'not you', state: 'a state', iss: ISSUER },
    });
  });

  test.each<[string, string, string]>([
    ['no code', 'return {};', 'the answer must have a code that authorizationCodeIssuer has issued'],
    ['a made-up code', "return { code: 'twc_x' };", 'the answer must have a code that authorizationCodeIssuer has issued'],
    [
      'a member that is no text',
      'return { code: c.authorizationCodeIssuer.issue({}), list: [1] };',
      'the member "list" of the answer must be text',
    ],
    ['an access token', 'return { code: String(c.accessTokenIssuer.issue({}, null)) };', 'null'],
  ])('%s is a fault, and the client sees nothing but that', async (_what, body, message) => {
    const app = await Application.open({}, bound(FLOW, `function result(c) { ${body} }`));
    expect(returned(await app.authorize()).get('error')).toBe('server_error');
    expect(app.world.service.executions.faults[0]?.message).toContain(message);
  });
});

describe('pushed authorization requests (RFC 9126)', () => {
  const push = (app: Application, form: Readonly<Record<string, string>> = {}, client = 'app') =>
    app.world.post(PUSHED, {
      ...{ client_id: client, client_secret: SECRET, redirect_uri: CALLBACK, response_type: 'code', scope: 'read', state: 'pushed' },
      ...{ code_challenge: challenge, code_challenge_method: 'S256', ...form },
    });

  test('a pushed request is named by its URI, once', async () => {
    const app = await Application.open();
    const response = await push(app);
    expect([response.status, jsonOf(response)]).toEqual([
      201,
      { request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:twu_/), expires_in: 90 },
    ]);
    const query = new URLSearchParams({ client_id: 'app', request_uri: String(jsonOf(response)['request_uri']) }).toString();
    expect(returned(await app.get(query)).get('state')).toBe('pushed');
    expect((await app.get(query)).status).toBe(400);
  });

  test('another client cannot use it', async () => {
    const app = await Application.open();
    const requestUri = String(jsonOf(await push(app))['request_uri']);
    expect((await app.get(new URLSearchParams({ client_id: 'gateway', request_uri: requestUri }).toString())).status).toBe(400);
    expect(returned(await app.get(new URLSearchParams({ client_id: 'app', request_uri: requestUri }).toString())).get('code')).toMatch(
      /^twc_/,
    );
  });

  test('what is wrong with it is told at once, and the client has to authenticate', async () => {
    const app = await Application.open();
    expect(jsonOf(await push(app, { scope: 'admin' }))['error']).toBe('invalid_scope');
    expect(jsonOf(await push(app, { redirect_uri: 'https://evil.example' }))['error']).toBe('invalid_request');
    expect(jsonOf(await push(app, { request_uri: 'urn:x' }))['error']).toBe('invalid_request');
    expect((await push(app, { client_secret: 'wrong' })).status).toBe(401);
  });

  test('a client that has to push its requests can do nothing else', async () => {
    const app = await Application.open({ authorizationCode: { ...SETTINGS, pushedRequestsOnly: true, signedRequestsOnly: false } });
    expect((await app.authorize()).status).toBe(400);
    app.world.people.signedIn = null;
    const requestUri = String(jsonOf(await push(app))['request_uri']);
    const { interaction } = await app.asked(await app.get(new URLSearchParams({ client_id: 'app', request_uri: requestUri }).toString()));
    app.world.people.signedIn = aSession(app.world.now);
    expect(returned(await app.goOn(interaction)).get('code')).toMatch(/^twc_/);
  });

  test('of a hundred simultaneous uses one gets through', async () => {
    const app = await Application.open();
    const query = new URLSearchParams({ client_id: 'app', request_uri: String(jsonOf(await push(app))['request_uri']) }).toString();
    const answers = await Promise.all(Array.from({ length: 100 }, () => app.get(query)));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
  });
});
