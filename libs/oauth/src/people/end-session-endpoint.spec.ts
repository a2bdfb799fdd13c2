import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { put } from '../configuration/configuration.ts';
import { PROFILE_CAPABILITIES, type Client } from '../configuration/entities.ts';
import { DEFAULT_OPENID } from '../configuration/openid-settings.ts';
import { missingPairwiseSecrets } from '../issuance/pairwise-subject.ts';
import { BrowserOfASpec, formOf } from '../testing/browser-of-a-spec.ts';
import { PagesWorld, PASSWORD, textOf } from '../testing/pages-world.ts';
import {
  aRequest,
  claimsOf,
  clientOf,
  endpointOf,
  headerOf,
  jsonOf,
  PROFILE,
  profileOf,
  SECRET,
  TOKEN,
} from '../testing/service-builder.ts';
import type { OAuthResponse } from '../transport/exchange.ts';

const LOGOUT = '/end-session';
const CALLBACK = 'https://app.example/callback';
const AFTER = 'https://app.example/bye';
const VERIFIER = 'v'.repeat(43);

/** Alice has signed in to the client `app`, and been asked nothing. */
class SignedIn {
  private constructor(
    readonly pages: PagesWorld,
    readonly tokens: Readonly<Record<string, string>>,
  ) {}

  static async open(scope = 'openid read', openId: Client['openId'] = null): Promise<SignedIn> {
    const pages = await PagesWorld.open();
    const { world } = pages;
    await world.change(
      put('profile', profileOf({ capabilities: PROFILE_CAPABILITIES, scopes: { openid: {}, read: {}, write: {}, offline_access: {} } })),
      put(
        'client',
        clientOf('app', {
          capabilities: ['authorization-code', 'refresh-token'],
          scopes: ['openid', 'read', 'offline_access'],
          openId,
          authorizationCode: {
            redirectUris: [CALLBACK],
            postLogoutRedirectUris: [AFTER],
            webOrigins: [],
            consent: false,
            pushedRequestsOnly: false,
            signedRequestsOnly: false,
          },
        }),
      ),
      put('endpoint', endpointOf('oauth-end-session', LOGOUT)),
    );
    await world.change(...(await missingPairwiseSecrets(world.live.current, world.sealer, world.now)));
    await pages.signIn();
    world.people.signedIn = await pages.whoIs();
    const query = new URLSearchParams({
      ...{ client_id: 'app', response_type: 'code', scope, code_challenge_method: 'S256' },
      code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    }).toString();
    const sent = await world.handle({ ...aRequest('/authorize', ''), method: 'GET', query, headers: {} });
    const code = new URL(headerOf(sent, 'Location') ?? '').searchParams.get('code') ?? '';
    const form = { grant_type: 'authorization_code', code, code_verifier: VERIFIER, client_id: 'app', client_secret: SECRET };
    return new SignedIn(pages, jsonOf(await world.post(TOKEN, form)) as Record<string, string>);
  }

  logout(parameters: Readonly<Record<string, string>> = {}): Promise<OAuthResponse> {
    return this.pages.browser.get(`${LOGOUT}?${new URLSearchParams(parameters).toString()}`);
  }

  /** With what the client can show. */
  byClient(parameters: Readonly<Record<string, string>> = {}): Promise<OAuthResponse> {
    return this.logout({ id_token_hint: this.tokens['id_token'] ?? '', post_logout_redirect_uri: AFTER, ...parameters });
  }

  async isSignedIn(): Promise<boolean> {
    return (await this.pages.whoIs()) !== null;
  }

  async isActive(token = this.tokens['access_token']): Promise<unknown> {
    return jsonOf(await this.pages.world.introspect(token ?? ''))['active'];
  }
}

describe('signing out at the request of a client (OpenID Connect RP-Initiated Logout)', () => {
  test('a client that is told pairwise subjects shows the session by the sid that it knows', async () => {
    const app = await SignedIn.open('openid read', { ...DEFAULT_OPENID, subjectType: 'pairwise' });
    const { sub, sid } = claimsOf(app.tokens['id_token'] ?? '');
    const { id, subject } = (await app.pages.whoIs()) ?? { id: '', subject: '' };
    expect([sub, sid]).not.toContain(subject);
    expect([sub, sid]).not.toContain(id);
    const response = await app.byClient();
    expect(textOf(response)).toContain(`href="${AFTER}"`);
    expect([await app.isSignedIn(), await app.isActive()]).toEqual([false, false]);
  });

  test('a client that shows the id token of this session is believed: the session ends, and what was given in it', async () => {
    const signedIn = await SignedIn.open();
    expect(await signedIn.isActive()).toBe(true);
    const response = await signedIn.byClient({ state: 'a state' });
    expect(response.body).toContain(`${AFTER}?state=a+state`);
    expect([await signedIn.isSignedIn(), await signedIn.isActive()]).toEqual([false, false]);
    const refresh = { grant_type: 'refresh_token', refresh_token: signedIn.tokens['refresh_token'] ?? '' };
    const refused = await signedIn.pages.world.post(TOKEN, { ...refresh, client_id: 'app', client_secret: SECRET });
    expect(jsonOf(refused)['error']).toBe('invalid_grant');
  });

  test('what is for when the person is away stays (Core section 11)', async () => {
    const signedIn = await SignedIn.open('openid offline_access');
    await signedIn.byClient();
    expect([await signedIn.isSignedIn(), await signedIn.isActive()]).toEqual([false, true]);
  });

  test('an id token that has expired says as much', async () => {
    const signedIn = await SignedIn.open();
    signedIn.pages.world.now += 200;
    await signedIn.byClient();
    expect(await signedIn.isSignedIn()).toBe(false);
  });

  test('without one the person is asked, for anybody can send somebody here', async () => {
    const signedIn = await SignedIn.open();
    const page = await signedIn.logout({ client_id: 'app', post_logout_redirect_uri: AFTER });
    expect(page.status).toBe(200);
    expect(textOf(page)).toContain('alice');
    expect(await signedIn.isSignedIn()).toBe(true);
    const after = await signedIn.pages.browser.submit(page, LOGOUT, {});
    expect(after.body).toContain(AFTER);
    expect([await signedIn.isSignedIn(), await signedIn.isActive()]).toEqual([false, false]);
  });

  test('the form is good from our page in this browser alone', async () => {
    const signedIn = await SignedIn.open();
    const { hidden } = formOf(await signedIn.logout(), LOGOUT);
    const { browser } = signedIn.pages;
    await browser.post(LOGOUT, { token: 'made-up' });
    await browser.post(LOGOUT, {});
    await browser.post(LOGOUT, hidden, { 'sec-fetch-site': 'cross-site' });
    await signedIn.logout(hidden);
    expect(await signedIn.isSignedIn()).toBe(true);
  });

  test('an id token of another session asks, too', async () => {
    const signedIn = await SignedIn.open();
    signedIn.pages.browser.cookies.clear();
    await signedIn.pages.signIn();
    expect((await signedIn.byClient()).body).toContain('<form');
    expect(await signedIn.isSignedIn()).toBe(true);
  });

  test('where nobody is signed in the client has its person back at once, or the page says so', async () => {
    const signedIn = await SignedIn.open();
    signedIn.pages.browser.cookies.clear();
    expect(headerOf(await signedIn.byClient(), 'Location')).toBe(AFTER);
    expect(headerOf(await signedIn.logout(), 'Location')).toBe('/people/login?signed_out=1');
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['an address that is not registered', { client_id: 'app', post_logout_redirect_uri: 'https://evil.example/' }],
    ['a redirect URI of signing in', { client_id: 'app', post_logout_redirect_uri: CALLBACK }],
    ['an address of nobody', { post_logout_redirect_uri: AFTER }],
    ['an id token that is none', { id_token_hint: 'x.y.z' }],
  ])('%s: nobody is sent anywhere, nobody is signed out', async (_what, parameters) => {
    const signedIn = await SignedIn.open();
    const response = await signedIn.logout(parameters);
    expect([response.status, headerOf(response, 'Location')]).toEqual([400, undefined]);
    expect(await signedIn.isSignedIn()).toBe(true);
  });

  test('an id token of another client, or an access token in its place, is refused', async () => {
    const signedIn = await SignedIn.open();
    expect((await signedIn.byClient({ client_id: 'shop' })).status).toBe(400);
    await signedIn.pages.world.change(put('client', clientOf('gateway', { capabilities: ['introspection'], scopes: [] })));
    const phantom = await signedIn.pages.world.phantom(signedIn.tokens['access_token'] ?? '').catch(() => 'none.of.it');
    expect((await signedIn.byClient({ id_token_hint: phantom })).status).toBe(400);
    expect(await signedIn.isSignedIn()).toBe(true);
  });

  test('the button of the account page does the same', async () => {
    const signedIn = await SignedIn.open();
    const { browser } = signedIn.pages;
    await browser.submit(await browser.get('/people/logout'), '/logout', {});
    expect([await signedIn.isSignedIn(), await signedIn.isActive()]).toEqual([false, false]);
  });

  test('a session that is ended from another browser takes along what was given in it', async () => {
    const signedIn = await SignedIn.open();
    const elsewhere = new BrowserOfASpec(signedIn.pages.world);
    await signedIn.pages.signIn('alice', PASSWORD, elsewhere);
    await elsewhere.submit(await elsewhere.get('/people/account'), '/account/sessions', {});
    expect([await signedIn.isSignedIn(), await signedIn.isActive()]).toEqual([false, false]);
  });

  test('what was given in another session stays', async () => {
    const signedIn = await SignedIn.open();
    const { world } = signedIn.pages;
    expect(await world.stores.tokens.revokeDelegations(PROFILE, { session: 'another' }, world.now)).toBe(0);
    expect(await signedIn.isActive()).toBe(true);
  });
});
