import { describe, expect, test } from '@jest/globals';
import { Application, AUTHORIZE, CALLBACK, challenge, returned } from '../testing/application.ts';
import { bound, headerOf, ISSUER, jsonOf, aRequest } from '../testing/service-builder.ts';

const FLOW = 'oauth-authorize-authorization-code';
const TOKEN_FLOW = 'oauth-token-authorization-code';

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
    ['another response_type', { response_type: 'dance' }, 'unsupported_response_type'],
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
