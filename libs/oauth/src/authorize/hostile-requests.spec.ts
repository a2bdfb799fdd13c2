import { describe, expect, test } from '@jest/globals';
import { put } from '../configuration/configuration.ts';
import { PROFILE_CAPABILITIES } from '../configuration/entities.ts';
import { Application, AUTHORIZE, CALLBACK, returned, SETTINGS } from '../testing/application.ts';
import { aRequest, bound, headerOf, jsonOf, profileOf } from '../testing/service-builder.ts';

const FLOW = 'oauth-authorize-authorization-code';
/** Bytes of an address with the cookies and headers of a browser; Node takes no more than 16 KiB of all. */
const ADDRESS = 14_000;

describe('what an address brings along stays where it is', () => {
  test.each([
    ['a code', {}],
    ['an error', { scope: 'admin' }],
  ])('%s goes back with a fragment of its own: the browser would keep the one it came with (Fetch, section 4.4)', async (_what, more) => {
    const app = await Application.open();
    expect(headerOf(await app.authorize(more), 'Location')).toMatch(/^https:\/\/app\.example\/callback\?[^#]+#$/);
  });

  test('apps with a scheme of their own get their address as it is: no page sends anybody there', async () => {
    const redirectUri = 'com.example.app:/callback';
    const app = await Application.open({ authorizationCode: { ...SETTINGS, redirectUris: [redirectUri] } });
    expect(headerOf(await app.authorize({ redirect_uri: redirectUri }), 'Location')).toMatch(/^com\.example\.app:\/callback\?[^#]+$/);
  });

  test('a response mode is one of the response type, whatever is named twice or in another case', async () => {
    const app = await Application.open();
    for (const mode of ['fragment', 'QUERY', 'query form_post', 'form_post ', 'web_message', 'query.jwt'])
      expect(returned(await app.authorize({ response_mode: mode })).get('error')).toBe('invalid_request');
  });
});

describe('redirect URIs are compared as they are written (RFC 9700 section 4.1.3)', () => {
  test.each([
    ['another script (IDN homograph)', 'https://app.example/c\u0430llback'],
    ['a full width slash', 'https://app.example\uff0fcallback'],
    ['a fragment', `${CALLBACK}#`],
    ['an escaped letter', 'https://app.example/%63allback'],
    ['a step up', 'https://app.example/x/../callback'],
    ['a back slash', 'https://app.example\\callback'],
    ['user information', 'https://app.example@evil.example/callback'],
    ['a trailing dot', 'https://app.example./callback'],
    ['the standard port', 'https://app.example:443/callback'],
    ['white space', ` ${CALLBACK}`],
    ['a line end', `${CALLBACK}\r\nLocation: https://evil.example`],
    ['a null', `${CALLBACK}\0`],
  ])('%s is another: nobody is redirected', async (_what, redirectUri) => {
    const app = await Application.open();
    const response = await app.authorize({ redirect_uri: redirectUri });
    expect([response.status, headerOf(response, 'Location')]).toEqual([400, undefined]);
  });
});

describe('giant requests', () => {
  test('a state that is too long is told to the person: no server takes the address that repeats it', async () => {
    const app = await Application.open();
    const response = await app.world.post(AUTHORIZE, {
      ...{ client_id: 'app', redirect_uri: CALLBACK, response_type: 'code', state: '\u65e5'.repeat(4097) },
    });
    expect([response.status, headerOf(response, 'Location')]).toEqual([400, undefined]);
    expect(response.body).toContain('The state is longer than 4096 characters.');
  });

  test('parameters count as they are sealed, so that the address of the sign-in is one that servers take', async () => {
    const app = await Application.open();
    app.world.people.signedIn = null;
    const pushed = await app.push({ nonce: '\u65e5'.repeat(4096) });
    expect(jsonOf(pushed)).toMatchObject({ error: 'invalid_request', error_description: expect.stringMatching(/8192 bytes together/) });
    expect(jsonOf(await app.push({ nonce: '\u0001'.repeat(2000) }))['error']).toBe('invalid_request');
    const most = await app.authorize({ nonce: 'n'.repeat(4096), login_hint: 'h'.repeat(3500) });
    const location = headerOf(most, 'Location') ?? '';
    expect(location).toMatch(/^\/pages\/login\?interaction=/);
    expect(location.length).toBeLessThan(ADDRESS);
  });

  test('thousands of parameters, and thousands of response types, are refused', async () => {
    const app = await Application.open();
    const many = Object.fromEntries(Array.from({ length: 4000 }, (_, i) => [`p${i}`, 'x']));
    expect(returned(await app.authorize(many)).get('error')).toBe('invalid_request');
    expect(returned(await app.authorize({ response_type: 'code '.repeat(800).trim() })).get('error')).toBe('unsupported_response_type');
  });
});

describe('what is given twice, or in two places', () => {
  test.each(['response_type', 'response_mode', 'nonce', 'code_challenge', 'prompt', 'claims', 'request', 'request_uri', 'interaction'])(
    '%s twice redirects nobody, in an address or a form',
    async (name) => {
      const app = await Application.open();
      const twice = `client_id=app&redirect_uri=${encodeURIComponent(CALLBACK)}&${name}=a&${name}=b`;
      for (const response of [await app.get(twice), await app.world.handle(aRequest(AUTHORIZE, twice))])
        expect([response.status, headerOf(response, 'Location')]).toEqual([400, undefined]);
    },
  );

  test('a form counts alone: what its address says beside it is nothing', async () => {
    const app = await Application.open();
    const request = { ...aRequest(AUTHORIZE, 'client_id=app&response_type=code'), query: 'state=forged&response_mode=form_post' };
    const told = returned(await app.world.handle(request));
    expect([told.get('error'), told.get('state')]).toEqual(['invalid_request', null]);
  });

  test('a pushed request that names an interaction begins none', async () => {
    const app = await Application.open();
    const { interaction } = await (async () => {
      app.world.people.signedIn = null;
      return app.asked(await app.authorize({ state: 'other' }));
    })();
    const { request_uri: uri } = jsonOf(await app.push({ interaction: app.world.interactions.seal(interaction) }));
    const response = await app.get(new URLSearchParams({ client_id: 'app', request_uri: String(uri) }).toString());
    expect((await app.asked(response)).interaction.parameters['state']).toBe('pushed');
  });
});

test('a form of fields with any name submits itself: none takes the place of what submits it', async () => {
  const source =
    'function result(c) { return { code: c.authorizationCodeIssuer.issue(c.getDefaultAuthorizationCodeData()), submit: "x" }; }';
  const app = await Application.open({}, bound(FLOW, source));
  const { body } = await app.authorize({ response_mode: 'form_post' });
  expect(body).toContain('name="submit" value="x"');
  expect(body).toContain('<script>HTMLFormElement.prototype.submit.call(document.forms[0])</script>');
});

test('a token in the place of a code is nothing at the token endpoint, and a code is no token', async () => {
  const app = await Application.open({ capabilities: ['authorization-code', 'hybrid', 'introspection'] }, [
    put('profile', profileOf({ capabilities: PROFILE_CAPABILITIES, scopes: { read: {}, openid: {}, write: {} } })),
  ]);
  const location = headerOf(await app.authorize({ response_type: 'code token' }), 'Location') ?? '';
  const given = new URLSearchParams(new URL(location).hash.slice(1));
  expect(jsonOf(await app.redeem(given.get('access_token') ?? ''))['error']).toBe('invalid_grant');
  expect(jsonOf(await app.world.introspect(given.get('code') ?? ''))).toEqual({ active: false });
});
