import { beforeEach, describe, expect, test } from '@jest/globals';
import { put } from '../configuration/configuration.ts';
import { BrowserOfASpec, formOf } from '../testing/browser-of-a-spec.ts';
import { locationOf, PagesWorld, pagesOf, PASSWORD, textOf } from '../testing/pages-world.ts';
import { clientOf, headerOf, PROFILE } from '../testing/service-builder.ts';
import type { OAuthResponse } from '../transport/exchange.ts';
import type { Consent } from './interaction.ts';

let at: PagesWorld;
beforeEach(async () => {
  at = await PagesWorld.open();
});

describe('consent', () => {
  const answered = (response: OAuthResponse): Consent | null => {
    const interaction = locationOf(response).searchParams.get('interaction') ?? '';
    return at.world.interactions.open(interaction, PROFILE)?.consent ?? null;
  };

  test('is asked of who is signed in alone', async () => {
    const answer = await at.browser.get(at.address('consent'));
    expect([answer.status, locationOf(answer).pathname]).toEqual([303, '/people/login']);
    expect(locationOf(answer).searchParams.get('interaction')).not.toBeNull();
  });

  test('is remembered, and goes back sealed for this session', async () => {
    await at.signIn();
    const page = await at.browser.get(at.address('consent'));
    expect(textOf(page)).toContain('Allow The &lt;Shop&gt;?');
    expect(textOf(page)).toContain('Know who you are');
    const answer = await at.browser.submit(page, '/consent', { decision: 'allow' });
    expect(locationOf(answer).pathname).toBe('/people/continue');
    const session = (await at.whoIs())?.id;
    expect(answered(answer)).toEqual({ session, allowed: true, scopes: ['read', 'openid'] });
    expect(await at.people.hasConsented(PROFILE, 'id-of-alice', 'shop', ['read', 'openid'])).toBe(true);
    expect(await at.people.hasConsented(PROFILE, 'id-of-alice', 'shop', ['read', 'write'])).toBe(false);
  });

  test('is asked for single claims in words, and remembered for each (OpenID Connect Core section 5.5)', async () => {
    await at.signIn();
    const page = await at.browser.get(at.address('consent', at.sealed({ claims: ['birthdate', 'shoe_size'] })));
    expect(textOf(page)).toContain('See this detail of you: your date of birth');
    expect(textOf(page)).toContain('See this detail of you: shoe size');
    const answer = await at.browser.submit(page, '/consent', { decision: 'allow' });
    const scopes = ['read', 'openid', 'claim birthdate', 'claim shoe_size'];
    expect(answered(answer)).toMatchObject({ allowed: true, scopes });
    expect(await at.people.hasConsented(PROFILE, 'id-of-alice', 'shop', scopes)).toBe(true);
    expect(await at.people.hasConsented(PROFILE, 'id-of-alice', 'shop', ['read', 'claim name'])).toBe(false);
    expect(textOf(await at.browser.get('/people/account'))).toContain('See this detail of you: your date of birth');
  });

  test('says where the person goes back to, also where the request leaves it to the service', async () => {
    const codes = { redirectUris: ['https://shop.example/callback'], postLogoutRedirectUris: [], webOrigins: [], consent: true };
    const authorizationCode = { ...codes, pushedRequestsOnly: false, signedRequestsOnly: false };
    await at.world.change(put('client', clientOf('shop', { capabilities: ['authorization-code'], authorizationCode })));
    await at.signIn();
    const page = async (parameters: Readonly<Record<string, string>>) =>
      textOf(await at.browser.get(at.address('consent', at.sealed({ parameters }))));
    expect(await page({})).toContain('shop.example');
    expect(await page({ redirect_uri: 'https://app.shop.example/callback' })).toContain('app.shop.example');
  });

  test('that is denied is not remembered', async () => {
    await at.signIn();
    const answer = await at.browser.submit(await at.browser.get(at.address('consent')), '/consent', { decision: 'deny' });
    expect(answered(answer)).toEqual({ session: (await at.whoIs())?.id, allowed: false });
    expect(await at.people.hasConsented(PROFILE, 'id-of-alice', 'shop', [])).toBe(false);
  });

  test('may be given scope by scope where that is set, but for openid', async () => {
    await at.world.change(pagesOf({ scopeChoice: true }));
    await at.signIn();
    const page = await at.browser.get(at.address('consent', at.sealed({ scopes: ['read', 'openid', 'write'] })));
    const answer = await at.browser.submit(page, '/consent', { decision: 'allow', 'scope-2': 'on' });
    expect(answered(answer)).toMatchObject({ scopes: ['openid', 'write'] });
    expect(await at.people.hasConsented(PROFILE, 'id-of-alice', 'shop', ['read'])).toBe(false);
  });

  test('lasts as long as is set', async () => {
    await at.world.change(pagesOf({ consentLifetime: 100 }));
    await at.signIn();
    await at.browser.submit(await at.browser.get(at.address('consent')), '/consent', { decision: 'allow' });
    expect(await at.people.hasConsented(PROFILE, 'id-of-alice', 'shop', ['read'])).toBe(true);
    at.world.now += 100;
    expect(await at.people.hasConsented(PROFILE, 'id-of-alice', 'shop', ['read'])).toBe(false);
  });

  test('needs a form of this session and this interaction (CSRF)', async () => {
    await at.signIn();
    const mine = formOf(await at.browser.get(at.address('consent')), '/consent').hidden;
    const wider = at.sealed({ scopes: ['read', 'write'] });
    const other = new BrowserOfASpec(at.world);
    await at.signIn('alice', PASSWORD, other);
    const theirs = formOf(await other.get(at.address('consent')), '/consent').hidden;
    for (const form of [{ ...mine, interaction: wider }, theirs, { ...mine, token: '' }, { ...mine, token: `${mine['token'] ?? ''}x` }]) {
      const answer = await at.browser.post('/people/consent', { ...form, decision: 'allow' });
      expect([answer.status, headerOf(answer, 'location')]).toEqual([403, undefined]);
    }
    expect((await at.browser.post('/people/consent', { ...mine, decision: 'allow' }, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await at.browser.post('/people/consent', { ...mine, decision: 'perhaps' })).status).toBe(400);
    expect(await at.people.hasConsented(PROFILE, 'id-of-alice', 'shop', [])).toBe(false);
  });

  test('says where the person goes on, if that is on the web', async () => {
    await at.signIn();
    expect(textOf(await at.browser.get(at.address('consent')))).toContain('go on at client.example');
    const native = at.sealed({ parameters: { redirect_uri: 'com.example.app:/callback' } });
    expect(textOf(await at.browser.get(at.address('consent', native)))).not.toContain('go on at');
  });
});
