import { describe, expect, test } from '@jest/globals';
import { put } from '../configuration/configuration.ts';
import { PLAIN_THEME } from '../configuration/theme-settings.ts';
import { BACKCHANNEL, BackchannelWorld } from '../testing/backchannel-world.ts';
import { refusal } from '../testing/exchange-world.ts';
import { bound, clientOf, endpointOf, headerOf, jsonOf, PROFILE, profileOf, SECRET } from '../testing/service-builder.ts';

const FLOW = 'oauth-backchannel-authentication';

describe('an authentication request that is taken (OpenID Connect CIBA section 7.3)', () => {
  test('gives the client what it polls with, for how long, and how often', async () => {
    const world = await BackchannelWorld.open();
    const response = await world.ask();
    expect(response.status).toBe(200);
    expect(headerOf(response, 'cache-control')).toBe('no-store');
    expect(jsonOf(response)).toEqual({ auth_req_id: expect.stringMatching(/^twb_[A-Za-z0-9_-]{50}$/), expires_in: 300, interval: 5 });
  });

  test('waits for the person whom the hint means, and nobody else', async () => {
    const world = await BackchannelWorld.open();
    await world.account('bob');
    await world.ask();
    expect(await world.waiting('id-of-alice')).toHaveLength(1);
    expect(await world.waiting('id-of-bob')).toEqual([]);
  });

  test('keeps no auth_req_id, but its hash', async () => {
    const world = await BackchannelWorld.open();
    const id = await world.asked();
    expect(JSON.stringify(await world.service.stores.polled.pendingOf(PROFILE, 'id-of-alice'))).not.toContain(id);
  });

  test('lives for as long as the client asks, within what the endpoint allows (requested_expiry)', async () => {
    const world = await BackchannelWorld.open();
    expect(jsonOf(await world.ask({ requested_expiry: '42' }))['expires_in']).toBe(42);
    expect(jsonOf(await world.ask({ requested_expiry: '99999' }))['expires_in']).toBe(600);
    for (const wrong of ['0', '-1', '1.5', 'soon'])
      expect(refusal(await world.ask({ requested_expiry: wrong }))).toEqual([400, 'invalid_request']);
  });

  test('lives and is polled for as the endpoint says', async () => {
    const settings = { lifetime: 60, maximumLifetime: 90, interval: 9, signInWithin: null };
    const endpoint = endpointOf(FLOW, BACKCHANNEL, { backchannelAuthentication: settings });
    const world = await BackchannelWorld.open({}, [put('endpoint', endpoint)]);
    expect(jsonOf(await world.ask())).toMatchObject({ expires_in: 60, interval: 9 });
    expect(jsonOf(await world.ask({ requested_expiry: '99' }))['expires_in']).toBe(90);
  });
});

describe('a client that may not have people asked (OpenID Connect CIBA section 13)', () => {
  test('is told so when it lacks the capability', async () => {
    const world = await BackchannelWorld.open({}, [put('client', clientOf('other'))]);
    expect(refusal(await world.ask({}, 'other'))).toEqual([400, 'unauthorized_client']);
  });

  test('is told so when it does not authenticate, before anything else of the request is looked at', async () => {
    const world = await BackchannelWorld.open();
    expect(refusal(await world.ask({ client_secret: 'wrong', login_hint: 'nobody' }))).toEqual([401, 'invalid_client']);
    expect(refusal(await world.service.post(BACKCHANNEL, { scope: 'openid', login_hint: 'alice' }))).toEqual([401, 'invalid_client']);
  });

  test('is a public one in every case (section 7.1)', async () => {
    const authentication = { methods: ['none'] as const, jwks: null, jwksUri: null, certificateSubject: null, certificates: [] };
    await expect(BackchannelWorld.open({ secrets: [], authentication })).rejects.toThrow(
      'a public client, with the method "none", may not have "backchannel-authentication"',
    );
  });

  test('finds no endpoint where the profile has not the capability', async () => {
    const world = await BackchannelWorld.open();
    await world.service.change(
      put('client', clientOf('till', { scopes: [] })),
      put('client', clientOf('bank', { scopes: [] })),
      put('profile', profileOf({ scopes: {} })),
      put('client', clientOf('app', { scopes: [] })),
    );
    await expect(world.ask()).rejects.toThrow('nothing is served at /backchannel');
  });
});

describe('an authentication request that is refused (OpenID Connect CIBA sections 7.1 and 13)', () => {
  test.each([
    ['without a scope', { scope: '' }, 'invalid_request'],
    ['without openid', { scope: 'read' }, 'invalid_scope'],
    ['with a scope that the client may not have', { scope: 'openid admin' }, 'invalid_scope'],
    ['without a hint', { login_hint: '' }, 'invalid_request'],
    ['with two hints', { id_token_hint: 'x' }, 'invalid_request'],
    ['with a hint without end', { login_hint: 'a'.repeat(8193) }, 'invalid_request'],
    ['with acr_values without end', { acr_values: 'a'.repeat(1025) }, 'invalid_request'],
    ['with a message that is too long', { binding_message: 'x'.repeat(129) }, 'invalid_binding_message'],
    ['with a message of several lines', { binding_message: 'Pay\n10' }, 'invalid_binding_message'],
    ['with a message that turns writing around', { binding_message: 'Pay \u202e01 to Bob' }, 'invalid_binding_message'],
    ['with a message of spaces', { binding_message: '  ' }, 'invalid_binding_message'],
  ])('%s', async (_, parameters, error) => {
    const world = await BackchannelWorld.open();
    expect(refusal(await world.ask(parameters))).toEqual([400, error]);
    expect(await world.waiting()).toEqual([]);
  });

  test('by another method than POST, or with another content type', async () => {
    const { service } = await BackchannelWorld.open();
    expect((await service.get(BACKCHANNEL)).status).toBe(405);
    expect((await service.post(BACKCHANNEL, '{}', { 'content-type': 'application/json' })).status).toBe(415);
  });

  test('when it names resources that the client may have no tokens for (RFC 8707)', async () => {
    const world = await BackchannelWorld.open();
    const api = { audience: null, scopes: ['read'], accessTokenFormat: null, accessTokenLifetime: null };
    const { profile } = { profile: world.service.snapshot.profiles.get(PROFILE)?.profile ?? profileOf() };
    await world.service.change(put('profile', { ...profile, resources: { 'https://api.example': api } }));
    expect(refusal(await world.ask({ resource: 'https://other.example' }))).toEqual([400, 'invalid_target']);
    expect((await world.ask({ resource: 'https://api.example' })).status).toBe(200);
  });

  test('when five of the client wait for the person already: nobody is worn down until they say yes', async () => {
    const world = await BackchannelWorld.open({}, [
      put('client', clientOf('other', { capabilities: ['backchannel-authentication'], scopes: ['openid', 'read'] })),
    ]);
    for (let i = 0; i < 5; i++) expect((await world.ask()).status).toBe(200);
    const refused = await world.ask();
    expect(refusal(refused)).toEqual([503, 'temporarily_unavailable']);
    expect(headerOf(refused, 'retry-after')).toBe('60');
    expect((await world.ask({}, 'other')).status).toBe(200);
  });
});

describe('messages that both devices show', () => {
  test.each(['W4SCT', 'Zahlung über 10,00 € an Käsehaus', '支払い #42 – ok?', 'x'.repeat(128)])('%s is plain text', async (message) => {
    const world = await BackchannelWorld.open();
    expect((await world.ask({ binding_message: message })).status).toBe(200);
  });
});

describe('the procedure of a request, which has the person asked', () => {
  const EVERYTHING = `function result(context) {
    return {
      id: context.requestId, page: context.requestPage, lifetime: context.requestLifetime, message: context.bindingMessage,
      acr: context.acrValues.join('+'), name: context.accountAttributes.preferred_username, sub: context.subjectAttributes().subject,
      scopes: context.scopeNames.join('+'), client: context.client.id, issuers: [context.accessTokenIssuer, context.idTokenIssuer],
      secret: String(context.request.getFormParameter('client_secret')), auth_req_id: 'mine', expires_in: 1, interval: 1,
    };
  }`;

  test('sees who is asked, for what, for how long, and by what the answer is told', async () => {
    const pages = endpointOf('user-pages', '/people', {
      userPages: {
        ...{
          title: 'T',
          accentColor: '#000000',
          theme: PLAIN_THEME,
          locales: ['en'] as const,
          passwords: true,
          selfService: true,
          scopeChoice: false,
        },
        ...{ sessionLifetime: 100, sessionIdleLifetime: 100, consentLifetime: null },
      },
    });
    const world = await BackchannelWorld.open({}, [...bound(FLOW, EVERYTHING), put('endpoint', pages)]);
    const answer = jsonOf(await world.ask({ binding_message: 'W4SCT', acr_values: 'high  low', requested_expiry: '100' }));
    const [id] = await world.waiting();
    expect(answer).toEqual({
      ...{ id, page: `https://as.example/people/approve?request=${id ?? ''}`, lifetime: 100, message: 'W4SCT', acr: 'high+low' },
      ...{ name: 'alice', sub: 'id-of-alice', scopes: 'openid+read', client: 'till', issuers: [null, null], secret: 'null' },
      // These are the service's own.
      ...{ auth_req_id: expect.stringMatching(/^twb_/), expires_in: 100, interval: 5 },
    });
  });

  test('knows no page where the profile has none', async () => {
    const world = await BackchannelWorld.open({}, bound(FLOW, EVERYTHING));
    expect(jsonOf(await world.ask())).not.toHaveProperty('page');
  });

  test('finds the request there already: whoever it tells may decide at once', async () => {
    const world = await BackchannelWorld.open();
    const seen: number[] = [];
    const run = world.service.sandbox.run.bind(world.service.sandbox);
    world.service.sandbox.run = async (invocation) => {
      seen.push((await world.waiting()).length);
      return run(invocation);
    };
    await world.ask();
    expect(seen).toEqual([1]);
  });

  test('may refuse, with 403 (section 13, access_denied), and then nobody is asked', async () => {
    const refusing = `function result() { throw exceptionFactory.forbiddenException('Not at night.'); }`;
    const world = await BackchannelWorld.open({}, bound(FLOW, refusing));
    expect(refusal(await world.ask())).toEqual([403, 'access_denied']);
    expect(await world.waiting()).toEqual([]);
  });

  test('leaves nothing half made when it fails: the client is told server_error, and nobody is asked', async () => {
    const failing = `function result(context) { return context.missing.member; }`;
    const world = await BackchannelWorld.open({}, bound(FLOW, failing));
    expect(refusal(await world.ask())).toEqual([500, 'server_error']);
    expect(await world.waiting()).toEqual([]);
    expect(world.service.log.map(({ message }) => message)).toEqual([expect.stringMatching(/^procedure failed: runtime: /)]);
  });

  test('can issue no token: there is nothing yet that it could be for', async () => {
    const issuing = `function result(context) { return { token: context.accessTokenIssuer.issue({}) }; }`;
    const world = await BackchannelWorld.open({}, bound(FLOW, issuing));
    expect(refusal(await world.ask())).toEqual([500, 'server_error']);
  });
});

describe('metadata (OpenID Connect CIBA section 4)', () => {
  test('say where people can be asked, and how', async () => {
    const { service } = await BackchannelWorld.open();
    const document = jsonOf(await service.get('/~/.well-known/openid-configuration'));
    expect(document).toMatchObject({
      backchannel_authentication_endpoint: 'https://as.example/backchannel',
      backchannel_token_delivery_modes_supported: ['poll'],
      backchannel_authentication_request_signing_alg_values_supported: expect.arrayContaining(['ES256', 'PS256']),
      backchannel_user_code_parameter_supported: false,
      grant_types_supported: expect.arrayContaining(['urn:openid:params:grant-type:ciba']),
    });
  });

  test('say nothing of it where nobody can be', async () => {
    const { service } = await BackchannelWorld.open();
    await service.change(put('endpoint', endpointOf(FLOW, BACKCHANNEL, { enabled: false })));
    const document = jsonOf(await service.get('/.well-known/oauth-authorization-server/~'));
    expect(Object.keys(document).filter((name) => name.startsWith('backchannel'))).toEqual([]);
    expect(document['grant_types_supported']).not.toContain('urn:openid:params:grant-type:ciba');
  });
});

describe('the client secret of a request', () => {
  test('is in no log and no answer', async () => {
    const world = await BackchannelWorld.open();
    const response = await world.ask();
    expect(JSON.stringify(world.service.log) + String(response.body)).not.toContain(SECRET);
  });
});
