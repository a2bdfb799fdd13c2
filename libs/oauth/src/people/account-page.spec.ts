import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Effect } from '../stores.ts';
import { BrowserOfASpec, formOf } from '../testing/browser-of-a-spec.ts';
import { locationOf, PagesWorld, pagesOf, PASSWORD, SESSION_COOKIE, textOf } from '../testing/pages-world.ts';
import { headerOf, PROFILE } from '../testing/service-builder.ts';
import { aDelegation, aToken } from '../testing/store-builders.ts';
import { verifyPassword } from './password.ts';

const NEW_PASSWORD = 'another horse entirely';
const CHANGE = { current: PASSWORD, fresh: NEW_PASSWORD, repeated: NEW_PASSWORD };

let at: PagesWorld;
beforeEach(async () => {
  at = await PagesWorld.open();
});

const page = (by = at.browser) => by.get('/people/account');
const events = async () => at.world.stores.audit.list({ kind: 'account', limit: 100 });

/** A delegation of somebody at a client, with a token. */
async function delegated(owner: string, clientId: string) {
  const { now, stores } = at.world;
  const delegation = aDelegation(PROFILE, { owner, clientId, scope: 'read write', createdAt: now - 50, expiresAt: now + 500 });
  const token = aToken(delegation, { issuedAt: now - 5, expiresAt: now + 300 });
  const effects: Effect[] = [
    { effect: 'delegation', delegation },
    { effect: 'token', token },
  ];
  expect(await stores.tokens.commit([{ at: now, effects, requires: [], claim: null }])).toEqual(['committed']);
  return { status: async () => (await stores.tokens.find([token.key]))[0]?.delegation?.status };
}

describe('the account page', () => {
  test('is for who is signed in alone', async () => {
    expect(locationOf(await page()).pathname).toBe('/people/login');
    for (const path of ['applications', 'sessions', 'password'])
      expect(locationOf(await at.browser.post(`/people/account/${path}`, {})).pathname).toBe('/people/login');
  });

  test('lists clients with what they were allowed and what they have, and when it was used', async () => {
    await at.signIn();
    expect(textOf(await page())).toContain('No application has access');
    await at.browser.submit(await at.browser.get(at.address('consent')), '/consent', { decision: 'allow' });
    await delegated('id-of-alice', 'app');
    await delegated('id-of-bob', 'gateway');
    const shown = textOf(await page());
    expect(shown).toContain('The &lt;Shop&gt;');
    expect(shown).toContain('Read &lt;b&gt;all&lt;/b&gt;');
    expect(shown).toContain('Know who you are');
    expect(shown).toMatch(/<h3>app<\/h3>.*<li>write<\/li>.*Last used/);
    expect(shown).not.toContain('gateway');
  });

  test('takes back what a client was allowed, and ends at once what it has, and nothing else (RFC 7009 section 2.1)', async () => {
    await at.signIn();
    await at.browser.submit(await at.browser.get(at.address('consent')), '/consent', { decision: 'allow' });
    const [shop, app, others] = [
      await delegated('id-of-alice', 'shop'),
      await delegated('id-of-alice', 'app'),
      await delegated('id-of-bob', 'shop'),
    ];
    const { hidden } = formOf(await page(), '/account/applications');
    const answer = await at.browser.post('/people/account/applications', { ...hidden, client: 'shop' });
    expect(locationOf(answer).href).toMatch(/\/people\/account\?done=application$/);
    expect([await shop.status(), await app.status(), await others.status()]).toEqual(['revoked', 'active', 'active']);
    expect(await at.people.hasConsented(PROFILE, 'id-of-alice', 'shop', [])).toBe(false);
    const after = textOf(await at.browser.get(locationOf(answer).href));
    expect(after).toContain('has no access any more');
    expect(after).not.toContain('The &lt;Shop&gt;');
    expect(await events()).toMatchObject([
      { actor: 'person', action: 'consent.withdraw', key: `${PROFILE}/id-of-alice`, after: { clientId: 'shop' } },
    ]);
  });

  test('shows where the person is signed in, and ends the others, one or all', async () => {
    const others = [1, 2, 3].map(() => new BrowserOfASpec(at.world));
    for (const other of others) await at.signIn('alice', PASSWORD, other);
    await at.signIn();
    const shown = await page();
    expect(textOf(shown)).toContain('This browser');
    expect(shown.body?.match(/name="session"/g)).toHaveLength(3);
    const { hidden } = formOf(shown, '/account/sessions');
    await at.browser.post('/people/account/sessions', hidden);
    const left = async () => (await Promise.all(others.map((other) => at.whoIs(other)))).filter((who) => who !== null).length;
    expect(await left()).toBe(2);
    const { session: _named, ...all } = hidden;
    await at.browser.post('/people/account/sessions', all);
    expect(await left()).toBe(0);
    expect(await at.whoIs()).not.toBeNull();
  });

  test("does not end another person's session", async () => {
    await at.account('bob');
    const bob = new BrowserOfASpec(at.world);
    await at.signIn('bob', PASSWORD, bob);
    await at.signIn();
    await at.signIn('alice', PASSWORD, new BrowserOfASpec(at.world));
    const { hidden } = formOf(await page(), '/account/sessions');
    await at.browser.post('/people/account/sessions', { ...hidden, session: (await at.whoIs(bob))?.id ?? '' });
    expect(await at.whoIs(bob)).not.toBeNull();
  });

  test('changes the password, and signs out everywhere else (OWASP ASVS 3.3.3)', async () => {
    const other = new BrowserOfASpec(at.world);
    await at.signIn('alice', PASSWORD, other);
    await at.signIn();
    const answer = await at.browser.submit(await page(), '/account/password', CHANGE);
    expect(textOf(await at.browser.get(locationOf(answer).href))).toContain('Your password is changed');
    expect([(await at.whoIs()) !== null, await at.whoIs(other)]).toEqual([true, null]);
    const { passwordHash } = (await at.world.stores.accounts.find(PROFILE, 'id-of-alice')) ?? {};
    expect(await verifyPassword(NEW_PASSWORD, passwordHash ?? '')).toBe(true);
    expect((await at.signIn('alice', PASSWORD, other)).status).toBe(403);
    expect((await events())[0]).toMatchObject({ actor: 'person', action: 'account.set-password', after: {} });
  });

  test.each([
    ['the present one is wrong', { current: 'not this one' }, 'current-error', 'not your current password'],
    ['the new one is short', { fresh: 'short', repeated: 'short' }, 'fresh-error', 'at least 8 characters'],
    ['the new one is too long', { fresh: 'x'.repeat(1025), repeated: 'x'.repeat(1025) }, 'fresh-error', 'too long'],
    ['the two are not the same', { repeated: 'another horse entirelx' }, 'repeated-error', 'not the same'],
    ['nothing was sent', { current: '', fresh: '', repeated: '' }, 'fresh-error', 'at least 8 characters'],
  ])('does not change the password when %s, and says so at the field (WCAG 3.3.1)', async (_what, fields, id, said) => {
    await at.signIn();
    const answer = await at.browser.submit(await page(), '/account/password', { ...CHANGE, ...fields });
    expect(answer.status).toBe(400);
    expect(textOf(answer)).toMatch(new RegExp(`aria-describedby="[^"]*${id}" aria-invalid="true"`));
    expect(textOf(answer)).toMatch(new RegExp(`id="${id}"[^>]*>[^<]*${said}`));
    expect((await at.signIn('alice', PASSWORD, new BrowserOfASpec(at.world))).status).toBe(303);
  });

  test('locks the account when the present password is guessed there, too', async () => {
    await at.signIn();
    for (let i = 0; i < 5; i++) await at.browser.submit(await page(), '/account/password', { ...CHANGE, current: `guess ${i}` });
    expect((await at.browser.submit(await page(), '/account/password', CHANGE)).status).toBe(400);
    expect(await at.world.stores.accounts.find(PROFILE, 'id-of-alice')).toMatchObject({ failures: 5 });
  });

  test('needs forms of this session (CSRF)', async () => {
    const other = new BrowserOfASpec(at.world);
    await at.signIn('alice', PASSWORD, other);
    await at.signIn();
    const theirs = formOf(await page(other), '/account/password').hidden;
    const logout = formOf(await page(), '/logout').hidden;
    for (const [path, form] of [
      ['account/applications', { client: 'shop' }],
      ['account/sessions', {}],
      ['account/password', CHANGE],
    ] as const) {
      for (const token of [undefined, theirs['token'], logout['token']])
        expect((await at.browser.post(`/people/${path}`, { ...form, ...(token === undefined ? {} : { token }) })).status).toBe(403);
      const mine = formOf(await page(), '/account/password').hidden;
      expect((await at.browser.post(`/people/${path}`, { ...mine, ...form }, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    }
    expect(await at.whoIs(other)).not.toBeNull();
    expect(await events()).toEqual([]);
  });

  test('says no more than who is signed in where self-service is off', async () => {
    await at.world.change(pagesOf({ selfService: false }));
    await at.signIn();
    const shown = await page();
    expect(textOf(shown)).toContain('You are signed in as alice');
    expect(textOf(shown)).not.toMatch(/Applications with access|Change your password/);
    const { token = '' } = formOf(shown, '/logout').hidden;
    expect((await at.browser.post('/people/account/password', { ...CHANGE, token })).status).toBe(404);
  });
});

describe('sessions', () => {
  test('end when they were not used for so long, and at their bound however much they are used (OWASP ASVS 3.3.2)', async () => {
    await at.signIn();
    at.world.now += 299;
    expect(await at.whoIs()).not.toBeNull();
    at.world.now += 299;
    expect(await at.whoIs()).not.toBeNull();
    at.world.now += 300;
    expect(await at.whoIs()).toBeNull();

    await at.signIn();
    for (let i = 0; i < 9; i++) {
      at.world.now += 100;
      expect(await at.whoIs()).not.toBeNull();
    }
    at.world.now += 100;
    expect(await at.whoIs()).toBeNull();
  });

  test('are noted as used at most once a minute', async () => {
    await at.signIn();
    const seen = async () => (await at.world.stores.sessions.list(PROFILE, 'id-of-alice', at.world.now))[0]?.lastSeen;
    const begun = at.world.now;
    at.world.now += 60;
    await at.whoIs();
    expect(await seen()).toBe(begun);
    at.world.now += 1;
    await at.whoIs();
    expect(await seen()).toBe(begun + 61);
  });

  test('end with the account that is disabled or deleted', async () => {
    await at.signIn();
    await at.world.stores.accounts.update(PROFILE, 'id-of-alice', { enabled: false }, 0);
    expect(await at.whoIs()).toBeNull();
    expect(await at.people.attributes(PROFILE, 'id-of-alice')).toBeNull();
  });

  test('are of one profile, and no other cookie is one', async () => {
    await at.signIn();
    const value = at.browser.cookies.get(SESSION_COOKIE) ?? '';
    const attacker = new BrowserOfASpec(at.world);
    for (const [name, text] of [
      [SESSION_COOKIE.replace('__Host-', ''), value],
      [`${SESSION_COOKIE}2`, value],
      [SESSION_COOKIE, value.slice(1)],
      [SESSION_COOKIE, `${value}; x`.slice(0, 42)],
    ] as const) {
      attacker.cookies.clear();
      attacker.cookies.set(name, text);
      expect(await at.whoIs(attacker)).toBeNull();
    }
  });
});

describe('signing out', () => {
  test('ends the session by a form, and has the browser forget it', async () => {
    await at.signIn();
    const stolen = at.browser.cookies.get(SESSION_COOKIE) ?? '';
    const answer = await at.browser.submit(await at.browser.get('/people/logout'), '/logout', {});
    expect(locationOf(answer).pathname).toBe('/people/login');
    expect(textOf(await at.browser.get(locationOf(answer).href))).toContain('You are signed out');
    expect(at.browser.cookies.has(SESSION_COOKIE)).toBe(false);
    at.browser.cookies.set(SESSION_COOKIE, stolen);
    expect(await at.whoIs()).toBeNull();
  });

  test('needs a form of this session, and is never done by a link (CSRF)', async () => {
    await at.signIn();
    expect((await at.browser.get('/people/logout')).status).toBe(200);
    for (const token of ['', formOf(await page(), '/account/password').hidden['token'] ?? ''])
      expect((await at.browser.post('/people/logout', { token })).status).toBe(403);
    expect(await at.whoIs()).not.toBeNull();
  });

  test('for somebody else goes on with what was asked', async () => {
    await at.signIn();
    const interaction = at.sealed();
    const answer = await at.browser.submit(await at.browser.get(at.address('consent', interaction)), '/logout', {});
    expect(locationOf(answer).pathname).toBe('/people/login');
    expect(locationOf(answer).searchParams.get('interaction')).toBe(interaction);
    expect(await at.whoIs()).toBeNull();
  });

  test('where nobody is signed in leads to signing in', async () => {
    expect(headerOf(await at.browser.get('/people/logout'), 'location')).toBe('/people/login?signed_out=1');
    expect(headerOf(await at.browser.post('/people/logout', {}), 'location')).toBe('/people/login?signed_out=1');
  });
});
