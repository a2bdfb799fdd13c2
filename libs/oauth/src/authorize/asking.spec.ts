import { describe, expect, test } from '@jest/globals';
import { put } from '../configuration/configuration.ts';
import { INTERACTION_LIFETIME } from '../people/interaction.ts';
import { Application, SETTINGS, AUTHORIZE, returned } from '../testing/application.ts';
import { aSession } from '../testing/people-of-a-spec.ts';
import { endpointOf, headerOf, jsonOf, PROFILE, aRequest } from '../testing/service-builder.ts';

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
