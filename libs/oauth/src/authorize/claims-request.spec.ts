import { describe, expect, test } from '@jest/globals';
import { put } from '../configuration/configuration.ts';
import { ALICE, OpenIdWorld } from '../testing/openid-world.ts';
import { aSession } from '../testing/people-of-a-spec.ts';
import { endpointOf, jsonOf, SECRET } from '../testing/service-builder.ts';
import { claimsRequest } from './claims-request.ts';

const claims = (asked: unknown) => ({ claims: JSON.stringify(asked) });
const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);

describe('the claims parameter (OpenID Connect Core section 5.5)', () => {
  test('names claims for the id token and for userinfo, and what is not known of it is ignored', () => {
    const asked = {
      userinfo: { given_name: { essential: true }, picture: null, 'http://example.info/claims/groups': { purpose: 'x' } },
      id_token: { auth_time: { essential: true }, acr: { values: ['urn:mace:incommon:iap:silver'] }, sub: { value: '248289761001' } },
      transaction: { amount: 1 },
    };
    expect(claimsRequest(JSON.stringify(asked))).toEqual({
      userinfo: { given_name: { essential: true }, picture: {}, 'http://example.info/claims/groups': {} },
      idToken: { auth_time: { essential: true }, acr: { values: ['urn:mace:incommon:iap:silver'] }, sub: { value: '248289761001' } },
    });
    expect(claimsRequest(undefined)).toEqual({ idToken: {}, userinfo: {} });
  });

  test.each<[string, string, RegExp]>([
    ['no JSON', '{', /is no JSON/],
    ['a list', '[]', /must be a JSON object/],
    ['null', 'null', /must be a JSON object/],
    ['a text in the place of claims', '{"userinfo":"email"}', /an object as userinfo/],
    ['a text in the place of a wish', '{"id_token":{"email":"yes"}}', /null or an object for each claim/],
    ['essential that is no boolean', '{"id_token":{"email":{"essential":"yes"}}}', /true or false/],
    ['values that are no list', '{"id_token":{"acr":{"values":"x"}}}', /list of 1 to 50/],
    ['no values', '{"id_token":{"acr":{"values":[]}}}', /list of 1 to 50/],
    ['a claim without a name', '{"id_token":{"":null}}', /without a proper name/],
    ['a claim that is none', '{"id_token":{"__proto__":null}}', /without a proper name/],
    [
      'too many claims',
      JSON.stringify({ userinfo: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`c${i}`, null])) }),
      /more than 100/,
    ],
    ['too deep a value', JSON.stringify({ userinfo: { a: { value: nested(9) } } }), /more than 8 deep/],
  ])('%s is told to the client (section 3.1.2.6)', async (_what, text, message) => {
    expect(() => claimsRequest(text)).toThrow(message);
    const app = await OpenIdWorld.open();
    const back = await app.returned({ claims: text });
    expect([back.get('error'), back.get('error_description'), back.get('state')]).toEqual([
      'invalid_request',
      expect.stringMatching(message),
      's',
    ]);
  });

  test('gives what is asked for, in the id token or by userinfo, without the scope that releases it', async () => {
    const app = await OpenIdWorld.open();
    const tokens = await app.tokens(claims({ userinfo: { email: null }, id_token: { name: { essential: true }, employee_number: null } }));
    expect(tokens['scope']).toBe('openid');
    expect(jsonOf(await app.userinfo(tokens['access_token']))).toEqual({ sub: 'alice', email: 'alice@example.com' });
    const idToken = await app.idToken(claims({ id_token: { name: { essential: true }, employee_number: null } }));
    expect(idToken).toMatchObject({ sub: 'alice', name: 'Alice', employee_number: 7 });
    expect(idToken).not.toHaveProperty('email');
  });

  test('what is asked for userinfo goes with the delegation: refreshed tokens tell it too, others do not', async () => {
    const app = await OpenIdWorld.open();
    const { refresh_token: refresh } = await app.tokens(claims({ userinfo: { email: null } }));
    const again = jsonOf(await app.world.tokenRequest({ grant_type: 'refresh_token', refresh_token: String(refresh) }));
    expect(jsonOf(await app.userinfo(again['access_token']))).toEqual({ sub: 'alice', email: 'alice@example.com' });
    expect(jsonOf(await app.userinfo((await app.tokens())['access_token']))).toEqual({ sub: 'alice' });
  });

  test('a client gets no claim that none of its scopes releases, however essential, and none any more that they released', async () => {
    const app = await OpenIdWorld.open();
    const asked = claims({
      userinfo: { email: null, shoe_size: { essential: true }, address: null },
      id_token: { shoe_size: null, sub: null },
    });
    const tokens = await app.tokens(asked);
    expect(jsonOf(await app.userinfo(tokens['access_token']))).toEqual({ sub: 'alice', email: 'alice@example.com' });
    expect(await app.idToken(asked)).not.toHaveProperty('shoe_size');
    await app.world.change(put('client', OpenIdWorld.client('app', { client: { scopes: ['openid'] } })));
    expect(jsonOf(await app.userinfo(tokens['access_token']))).toEqual({ sub: 'alice' });
  });

  test('it means nothing without the scope openid', async () => {
    const app = await OpenIdWorld.open();
    const tokens = await app.tokens({ scope: 'read', ...claims({ userinfo: { email: null }, id_token: { sub: { value: 'bob' } } }) });
    expect(tokens['scope']).toBe('read');
  });

  test.each<[string, object, object]>([
    ['the value it must have', { email: { value: 'alice@example.com' } }, { email: 'alice@example.com' }],
    ['another value', { email: { value: 'bob@example.com' } }, {}],
    ['one of several', { employee_number: { values: [6, 7] } }, { employee_number: 7 }],
    ['the structure it must have', { address: { value: { country: 'SE' } } }, { address: { country: 'SE' } }],
    ['another structure', { address: { value: { country: 'NO' } } }, {}],
    ['none of several', { employee_number: { values: ['7'] } }, {}],
  ])('a claim is given where it has %s (section 5.5.1)', async (_what, idToken, expected) => {
    const scopes = { openid: {}, profile: {}, email: {}, offline_access: {}, read: {}, staff: { claims: ['employee_number', 'address'] } };
    const app = await OpenIdWorld.open({ profile: { scopes } });
    const { email, employee_number, address } = await app.idToken(claims({ id_token: idToken }));
    expect(JSON.parse(JSON.stringify({ email, employee_number, address }))).toEqual(expected);
  });

  test.each<[string, object, object]>([
    ['in the language that is asked for, whatever its case', { 'name#DE': null }, { 'name#de': 'Alicia' }],
    ['without a language where there is none', { 'name#sv': null }, { name: 'Alice' }],
    ['in both', { 'name#de': null, name: null }, { 'name#de': 'Alicia', name: 'Alice' }],
  ])('is given %s (section 5.2)', async (_what, idToken, expected) => {
    const app = await OpenIdWorld.open();
    const given = await app.idToken(claims({ id_token: idToken }));
    expect(Object.fromEntries(Object.entries(given).filter(([name]) => name.startsWith('name')))).toEqual(expected);
  });

  test('no claim of the protocol is one of the account', async () => {
    const app = await OpenIdWorld.open({
      profile: { scopes: { openid: {}, profile: {}, email: {}, offline_access: {}, read: {}, staff: {} } },
    });
    app.world.people.signedIn = aSession(app.world.now, { attributes: { ...ALICE, acr: 'forged', aud: 'other', nonce: 'x' } });
    const asked = { acr: null, aud: null, nonce: null, 'acr#de': null };
    expect(await app.idToken(claims({ id_token: asked }))).toMatchObject({ acr: 'urn:tokenwright:password', aud: 'app' });
    expect(await app.idToken(claims({ id_token: asked }))).not.toHaveProperty('nonce');
  });

  test('a request that is pushed, or signed, asks in the same way (RFC 9126, RFC 9101)', async () => {
    const app = await OpenIdWorld.open({ changes: [put('endpoint', endpointOf('oauth-pushed-authorization', '/par'))] });
    const form = {
      ...{ client_id: 'app', client_secret: SECRET, response_type: 'code', scope: 'openid', code_challenge_method: 'S256' },
      ...{ code_challenge: 'x'.repeat(43), ...claims({ id_token: { sub: { value: 'bob' } } }) },
    };
    const pushed = jsonOf(await app.world.post('/par', form));
    const query = new URLSearchParams({ client_id: 'app', request_uri: String(pushed['request_uri']) }).toString();
    const response = await app.world.handle({
      ...{ method: 'GET', path: '/authorize', query, headers: {}, body: '', scheme: 'https' },
      host: 'as.example',
      clientIpAddress: null,
    });
    expect(response.headers).toContainEqual(expect.stringMatching(/^\/pages\/login/));
    const refused = await app.world.post('/par', { ...form, claims: '{' });
    expect([refused.status, jsonOf(refused)['error']]).toEqual([400, 'invalid_request']);
  });
});

describe('sub among the claims (OpenID Connect Core section 5.5.1)', () => {
  test('somebody else who is signed in is not answered for', async () => {
    const app = await OpenIdWorld.open();
    const bob = claims({ id_token: { sub: { value: 'bob' } } });
    expect((await app.returned({ ...bob, prompt: 'none' })).get('error')).toBe('login_required');
    const { page, interaction } = await app.asked(bob);
    expect(page).toBe('login');
    app.world.people.signedIn = aSession(app.world.now, { subject: 'bob', authenticatedAt: app.world.now });
    expect((await app.goOn(interaction)).get('code')).toMatch(/^twc_/);
  });

  test('one of several will do, in either place', async () => {
    const app = await OpenIdWorld.open();
    for (const asked of [
      { id_token: { sub: { values: ['bob', 'alice'] } } },
      { userinfo: { sub: { value: 'alice' } } },
      { id_token: { sub: { essential: true } } },
    ])
      expect((await app.idToken(claims(asked)))['sub']).toBe('alice');
  });

  test('two places, or a hint beside it, that mean different people are a mistake', async () => {
    const app = await OpenIdWorld.open();
    const two = claims({ id_token: { sub: { value: 'bob' } }, userinfo: { sub: { value: 'alice' } } });
    expect((await app.returned(two)).get('error')).toBe('invalid_request');
    const { id_token: hint } = await app.tokens();
    const beside = await app.returned({ ...claims({ id_token: { sub: { value: 'bob' } } }), id_token_hint: String(hint) });
    expect(beside.get('error')).toBe('invalid_request');
  });
});

describe('consent to claims', () => {
  const asked = {
    scope: 'openid email',
    ...claims({ userinfo: { name: null, email: null, 'name#de': null }, id_token: { employee_number: null } }),
  };

  test('the person is asked for those that no scope of the request releases', async () => {
    const app = await OpenIdWorld.open({ codes: { consent: true } });
    const { page, interaction } = await app.asked(asked);
    expect([page, interaction.scopes, interaction.claims]).toEqual(['consent', ['openid', 'email'], ['employee_number', 'name']]);
    expect((await app.returned({ ...asked, prompt: 'none' })).get('error')).toBe('consent_required');
    app.world.people.allowed.add('app openid email');
    expect((await app.asked(asked)).page).toBe('consent');
    app.world.people.allowed.add('app openid email claim employee_number claim name');
    expect((await app.returned({ ...asked, prompt: 'none' })).get('code')).toMatch(/^twc_/);
  });

  test('what they leave out is not told', async () => {
    const app = await OpenIdWorld.open({ codes: { consent: true } });
    const { interaction } = await app.asked(asked);
    const scopes = ['openid', 'claim name'];
    app.world.people.allowed.add(['app', ...scopes].join(' '));
    const tokens = await app.redeem(await app.goOn({ ...interaction, consent: { session: 'session-1', allowed: true, scopes } }));
    expect(jsonOf(await app.userinfo(tokens['access_token']))).toEqual({ sub: 'alice', name: 'Alice', 'name#de': 'Alicia' });
    expect(tokens['scope']).toBe('openid');
  });
});
