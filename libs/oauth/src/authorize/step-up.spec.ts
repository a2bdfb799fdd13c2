import { describe, expect, test } from '@jest/globals';
import { put } from '../configuration/configuration.ts';
import type { OpenIdSettings } from '../configuration/openid-settings.ts';
import { OpenIdWorld } from '../testing/openid-world.ts';
import { PagesWorld, pagesOf } from '../testing/pages-world.ts';
import { aSession } from '../testing/people-of-a-spec.ts';
import { claimsOf, issuerOf, jsonOf, profileOf } from '../testing/service-builder.ts';

/** A password is worth 2 here; who came by a link in a letter has 1, and nobody can get 3 by signing in. */
const CONTEXTS = { levels: { link: 1, phr: 2, password: 2, card: 3 }, password: 'password' };
const profile = { authenticationContexts: CONTEXTS };

const essential = (...values: unknown[]) => ({ claims: JSON.stringify({ id_token: { acr: { essential: true, values } } }) });
const voluntary = (...values: unknown[]) => ({ claims: JSON.stringify({ id_token: { acr: { values } } }) });

/** Alice has signed in by such a means. */
async function signedIn(acr: string): Promise<OpenIdWorld> {
  const app = await OpenIdWorld.open({ profile });
  app.world.people.signedIn = aSession(app.world.now, { acr });
  return app;
}

describe('acr as an essential claim (OpenID Connect Core section 5.5.1.1)', () => {
  test.each<[string, string, unknown[], string]>([
    ['the very one', 'password', ['password'], 'password'],
    ['the first that is satisfied, not the best', 'password', ['card', 'link', 'password'], 'link'],
    ['another of the same level', 'password', ['phr'], 'phr'],
    ['a higher one for a lower', 'card', ['phr'], 'phr'],
    ['one that nobody has configured, where it is the very one', 'other', ['other'], 'other'],
  ])('is answered with %s', async (_what, has, values, told) => {
    const app = await signedIn(has);
    expect((await app.idToken({ ...essential(...values), prompt: 'none' }))['acr']).toBe(told);
  });

  test('a value alone is asked for in the same way', async () => {
    const app = await signedIn('password');
    const claims = JSON.stringify({ id_token: { acr: { essential: true, value: 'phr' } } });
    expect((await app.idToken({ claims }))['acr']).toBe('phr');
  });

  test('who has signed in less surely is asked to sign in again, and goes on then', async () => {
    const app = await signedIn('link');
    expect((await app.returned({ ...essential('password'), prompt: 'none' })).get('error')).toBe('login_required');
    const { page, interaction } = await app.asked(essential('password'));
    expect([page, interaction.contexts]).toEqual(['login', { names: ['password'], essential: true }]);
    app.world.people.signedIn = aSession(app.world.now, { acr: 'password', authenticatedAt: app.world.now });
    expect(claimsOf(String((await app.redeem(await app.goOn(interaction)))['id_token']))['acr']).toBe('password');
  });

  test('nobody is asked twice: a login for this request that is not enough is the end of it', async () => {
    const app = await signedIn('link');
    const { interaction } = await app.asked(essential('password'));
    app.world.people.signedIn = aSession(app.world.now, { acr: 'link', authenticatedAt: app.world.now });
    expect((await app.goOn(interaction)).get('error')).toBe('unmet_authentication_requirements');
  });

  test.each<[string, unknown[]]>([
    ['what no way to sign in gives', ['card']],
    ['what nobody has configured', ['urn:example:unknown']],
    ['what is no name', [7]],
    ['a name of every object', ['constructor', '__proto__']],
  ])('%s is an error, and nobody is asked to sign in for it (unmet_authentication_requirements 1.0 section 2)', async (_what, values) => {
    const app = await signedIn('password');
    const back = await app.returned(essential(...values));
    expect([back.get('error'), back.get('state')]).toEqual(['unmet_authentication_requirements', 's']);
    app.world.people.signedIn = null;
    expect((await app.returned(essential(...values))).get('error')).toBe('unmet_authentication_requirements');
  });

  test('without values any will do', async () => {
    const app = await signedIn('link');
    const claims = JSON.stringify({ id_token: { acr: { essential: true } } });
    expect((await app.idToken({ claims }))['acr']).toBe('link');
  });
});

describe('acr_values, and acr as a voluntary claim (OpenID Connect Core section 3.1.2.1)', () => {
  test.each([{ acr_values: 'card password' }, voluntary('card', 'password')])('%j is tried, and told where it is so', async (asked) => {
    expect((await (await signedIn('password')).idToken(asked))['acr']).toBe('password');
    const lower = await signedIn('link');
    const { page, interaction } = await lower.asked(asked);
    expect(page).toBe('login');
    // Another login was no better: it is not essential.
    lower.world.people.signedIn = aSession(lower.world.now, { acr: 'link', authenticatedAt: lower.world.now });
    expect(claimsOf(String((await lower.redeem(await lower.goOn(interaction)))['id_token']))['acr']).toBe('link');
  });

  test('what cannot be had here, or not without asking, is ignored', async () => {
    const app = await signedIn('link');
    expect((await app.idToken({ acr_values: 'card' }))['acr']).toBe('link');
    expect((await app.idToken({ acr_values: 'password', prompt: 'none' }))['acr']).toBe('link');
  });

  test('the essential claim says more than the parameter', async () => {
    const app = await signedIn('password');
    expect((await app.returned({ acr_values: 'password', ...essential('card') })).get('error')).toBe('unmet_authentication_requirements');
  });

  test('works for APIs without openid (RFC 9470 section 4)', async () => {
    const app = await signedIn('link');
    expect((await app.asked({ scope: 'read', acr_values: 'password' })).page).toBe('login');
  });
});

describe('default_acr_values and default_max_age of a client (OpenID Connect Dynamic Client Registration section 2)', () => {
  async function usually(openId: Partial<OpenIdSettings>, session: Parameters<typeof aSession>[1]): Promise<OpenIdWorld> {
    const app = await OpenIdWorld.open({ profile, openId });
    app.world.people.signedIn = aSession(app.world.now, session);
    return app;
  }

  test('are those of requests that ask for no acr, by parameter or claim', async () => {
    const app = await usually({ defaultAcrValues: ['card', 'password'] }, { acr: 'link' });
    const { page, interaction } = await app.asked();
    expect([page, interaction.contexts, interaction.parameters['acr_values']]).toEqual([
      'login',
      { names: ['card', 'password'], essential: false },
      undefined,
    ]);
    expect((await app.asked({ scope: 'read' })).page).toBe('login');
    for (const asked of [{ acr_values: 'link' }, essential('link'), { prompt: 'none' }])
      expect((await app.idToken(asked))['acr']).toBe('link');
    app.world.people.signedIn = aSession(app.world.now, { acr: 'password' });
    expect((await app.idToken())['acr']).toBe('password');
  });

  test('send whoever has signed in too long ago to the login page, unless the request says another age', async () => {
    const app = await usually({ defaultMaxAge: 30 }, { acr: 'password' });
    const { page, interaction } = await app.asked();
    expect([page, interaction.loginSince]).toEqual(['login', app.world.now - 30]);
    expect((await app.returned({ prompt: 'none' })).get('error')).toBe('login_required');
    expect((await app.returned({ max_age: '90' })).get('code')).not.toBeNull();
    app.world.people.signedIn = aSession(app.world.now, { acr: 'password', authenticatedAt: app.world.now });
    expect((await app.goOn(interaction)).get('code')).not.toBeNull();
  });

  test('leave each id token with auth_time, as a client with require_auth_time needs it', async () => {
    const app = await usually({}, { acr: 'password' });
    expect((await app.idToken())['auth_time']).toBe(app.world.now - 60);
  });
});

describe('what tokens say of the login (RFC 9470 section 6)', () => {
  test('access tokens have acr and auth_time, by introspection and as JWTs, and refreshed ones the same', async () => {
    const app = await OpenIdWorld.open({ profile, client: { accessTokenFormat: 'jwt' }, changes: [put('token-issuer', issuerOf('jwt'))] });
    const { now } = app.world;
    app.world.people.signedIn = aSession(now, { acr: 'password' });
    const tokens = await app.tokens({ scope: 'read', acr_values: 'phr' });
    const expected = { acr: 'phr', auth_time: now - 60 };
    expect(claimsOf(String(tokens['access_token']))).toMatchObject(expected);
    expect(jsonOf(await app.world.introspect(String(tokens['access_token'])))).toMatchObject(expected);
    const form = { grant_type: 'refresh_token', refresh_token: String(tokens['refresh_token']) };
    expect(claimsOf(String(jsonOf(await app.world.tokenRequest(form))['access_token']))).toMatchObject(expected);
  });

  test('a token of a client itself has neither', async () => {
    const app = await OpenIdWorld.open({ client: { capabilities: ['client-credentials', 'authorization-code'] } });
    const shown = jsonOf(await app.world.introspect(await app.world.token({ scope: 'read' })));
    expect(shown).not.toHaveProperty('acr');
    expect(shown).not.toHaveProperty('auth_time');
  });
});

describe('signing in by a password', () => {
  test('gives the context that the profile names for it', async () => {
    const at = await PagesWorld.open();
    const { profile: before } = at.world.snapshot.profiles.get('main') ?? { profile: profileOf() };
    await at.world.change(put('profile', { ...before, ...profile }), pagesOf());
    await at.signIn();
    expect(await at.whoIs()).toMatchObject({ acr: 'password', amr: ['pwd'] });
  });

  test('metadata names what can be satisfied by it, of the same level and lower', async () => {
    const names = async (app: OpenIdWorld) => jsonOf(await app.world.get('/~/.well-known/openid-configuration'))['acr_values_supported'];
    expect(await names(await OpenIdWorld.open({ profile }))).toEqual(['link', 'phr', 'password']);
    expect(await names(await OpenIdWorld.open())).toEqual(['urn:tokenwright:password']);
  });
});
