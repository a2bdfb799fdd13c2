import { beforeEach, describe, expect, test } from '@jest/globals';
import { BrowserOfASpec, formOf, setCookies } from '../testing/browser-of-a-spec.ts';
import { FORM_COOKIE, locationOf, PagesWorld, PASSWORD, SESSION_COOKIE, textOf } from '../testing/pages-world.ts';
import { headerOf, PROFILE } from '../testing/service-builder.ts';
import type { OAuthResponse } from '../transport/exchange.ts';

let at: PagesWorld;
beforeEach(async () => {
  at = await PagesWorld.open();
});

describe('signing in', () => {
  test('begins a session that the authorize endpoint finds, and goes back to it by a page of its own', async () => {
    const interaction = at.sealed();
    const answer = await at.signIn(' ALICE ', PASSWORD, at.browser, interaction);
    expect(answer.status).toBe(303);
    expect(locationOf(answer).pathname).toBe('/people/continue');
    const on = await at.browser.get(locationOf(answer).href);
    const back = `/authorize?interaction=${encodeURIComponent(interaction)}`;
    expect(on.status).toBe(200);
    expect(on.body).toContain(`content="0;url=${back}"`);
    expect(on.body).toContain(`href="${back}"`);
    expect(await at.whoIs()).toEqual({
      ...{ id: expect.any(String), subject: 'id-of-alice', authenticatedAt: at.world.now, acr: 'urn:tokenwright:password', amr: ['pwd'] },
      attributes: { preferred_username: 'alice', name: 'A' },
    });
  });

  test('goes to the account of the person where nobody asks for them', async () => {
    expect(locationOf(await at.signIn()).pathname).toBe('/people/account');
  });

  test('gives a cookie that only this host gets, over TLS, and no script reads (RFC 6265bis 4.1.3.2)', async () => {
    const answer = await at.signIn();
    const [session] = setCookies(answer).filter((cookie) => cookie.startsWith(SESSION_COOKIE));
    expect(session).toMatch(/^__Host-tokenwright-session\.main=[A-Za-z0-9_-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
    const [listed] = await at.world.stores.sessions.list(PROFILE, 'id-of-alice', at.world.now);
    expect(Buffer.from(listed?.hash ?? new Uint8Array()).toString('base64url')).not.toBe(at.browser.cookies.get(SESSION_COOKIE));
  });

  test('gives a new cookie each time, and ends what the browser had before (session fixation, OWASP ASVS 3.2.1)', async () => {
    const attacker = new BrowserOfASpec(at.world);
    await at.account('mallory');
    await at.signIn('mallory', PASSWORD, attacker);
    const planted = attacker.cookies.get(SESSION_COOKIE) ?? '';
    at.browser.cookies.set(SESSION_COOKIE, planted);
    await at.signIn();
    expect(at.browser.cookies.get(SESSION_COOKIE)).not.toBe(planted);
    expect(await at.whoIs(attacker)).toBeNull();
    const before = await at.whoIs();
    await at.signIn();
    // The same person in the same at.browser: the session that id tokens name goes on.
    expect((await at.whoIs())?.id).toBe(before?.id);
  });

  test('needs a form that this browser was given (login CSRF)', async () => {
    const other = new BrowserOfASpec(at.world);
    const theirs = formOf(await other.get('/people/login'), '/login');
    const fields = { username: 'alice', password: PASSWORD };
    for (const answer of [
      await new BrowserOfASpec(at.world).post('/people/login', { ...theirs.hidden, ...fields }),
      await at.browser.get('/people/login').then(() => at.browser.post('/people/login', { ...theirs.hidden, ...fields })),
      await at.browser.post('/people/login', fields),
    ]) {
      expect(answer.status).toBe(403);
      expect(textOf(answer)).toContain('open for too long');
      expect(setCookies(answer).filter((cookie) => cookie.startsWith(SESSION_COOKIE))).toEqual([]);
    }
    const { hidden } = formOf(await at.browser.get('/people/login'), '/login');
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': undefined, origin: 'https://evil.example' },
    ])
      expect((await at.browser.post('/people/login', { ...hidden, ...fields }, headers)).status).toBe(403);
    const plain = { 'sec-fetch-site': undefined, origin: 'null' };
    expect((await at.browser.post('/people/login', { ...hidden, ...fields }, plain)).status).toBe(303);
  });

  test('has one form token in many tabs', async () => {
    const [first, second] = [await at.browser.get('/people/login'), await at.browser.get('/people/login')];
    expect(setCookies(first)[0]).toMatch(new RegExp(`^${FORM_COOKIE.replace('.', '\\.')}=`));
    expect(setCookies(second)).toEqual([]);
    expect((await at.browser.submit(first, '/login', { username: 'alice', password: PASSWORD })).status).toBe(303);
  });

  test('tells nobody why it failed: unknown, wrong, locked, disabled and without password look the same (OWASP ASVS 2.2.1)', async () => {
    await at.account('nopassword', null);
    await at.account('disabled');
    await at.account('locked');
    await at.world.stores.accounts.update(PROFILE, 'id-of-disabled', { enabled: false }, 0);
    for (let i = 0; i < 5; i++) await at.world.stores.accounts.attempt(PROFILE, 'id-of-locked', at.world.now);
    const answers = [];
    for (const [username, password] of [
      ['nobody', PASSWORD],
      ['alice', 'wrong password'],
      ['alice', PASSWORD + 'x'.repeat(1024)],
      ['a\u0000b', PASSWORD],
      ['x'.repeat(5000), PASSWORD],
      ...['nopassword', 'disabled', 'locked'].map((name) => [name, PASSWORD]),
    ] as [string, string][]) {
      const answer = await at.signIn(username, password);
      answers.push({ status: answer.status, body: textOf(answer).replaceAll(/value="[^"]*"/g, ''), headers: answer.headers });
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.status).toBe(403);
    expect(await at.whoIs()).toBeNull();
  });

  test('is locked for a while after five failures, and no password is right meanwhile', async () => {
    for (let i = 0; i < 5; i++) await at.signIn('alice', 'wrong password');
    expect((await at.signIn()).status).toBe(403);
    at.world.now += 30;
    expect((await at.signIn()).status).toBe(303);
    expect(await at.world.stores.accounts.find(PROFILE, 'id-of-alice')).toMatchObject({ failures: 0, lockedUntil: 0 });
  });

  test('that fails is in the log, with the account and without what was typed', async () => {
    await at.signIn('my password by mistake', 'wrong password');
    for (let i = 0; i < 5; i++) await at.signIn('alice', 'wrong password');
    expect(at.world.log.map(({ message, fields }) => [message, fields['account']])).toEqual([
      ['a sign-in failed', null],
      ['a sign-in failed', 'id-of-alice'],
      ['an account is locked', 'id-of-alice'],
    ]);
    expect(JSON.stringify(at.world.log)).not.toMatch(/mistake|wrong password/);
  });

  test('asks for what was left out', async () => {
    const answer = await at.browser.submit(await at.browser.get('/people/login'), '/login', { username: 'alice', password: '' });
    expect(answer.status).toBe(400);
    expect(textOf(answer)).toContain('Enter your username and your password');
  });

  test('turns a hash from elsewhere into one of our own', async () => {
    const foreign = '$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21l$';
    const { hash } = await import('@node-rs/argon2');
    const imported = await hash(PASSWORD, { memoryCost: 64, timeCost: 1, parallelism: 1 });
    expect(imported.slice(0, 28)).toBe(foreign.slice(0, 28));
    await at.account('imported', imported);
    expect((await at.signIn('imported')).status).toBe(303);
    expect((await at.world.stores.accounts.find(PROFILE, 'id-of-imported'))?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,/);
    expect((await at.signIn('imported')).status).toBe(303);
  });

  test('turns a hash of bcrypt into one of our own as soon as its password is right, and not before', async () => {
    const { hash } = await import('@node-rs/bcrypt');
    await at.account('imported', await hash(PASSWORD, 4));
    const { accounts } = at.world.stores;
    const stored = async () => (await accounts.find(PROFILE, 'id-of-imported'))?.passwordHash;
    expect((await at.signIn('imported', 'wrong password')).status).toBe(403);
    expect(await stored()).toMatch(/^\$2b\$/);
    expect((await at.signIn('imported')).status).toBe(303);
    expect(await stored()).toMatch(/^\$argon2id\$v=19\$m=19456,/);
    expect((await at.signIn('imported')).status).toBe(303);
  });

  test('fills in the name that the client hints at (OpenID Connect Core 3.1.2.1)', async () => {
    const page = await at.browser.get(at.address('login', at.sealed({ parameters: { login_hint: 'bo"b' } })));
    expect(textOf(page)).toMatch(/value="bo&quot;b"/);
    expect(textOf(page)).toContain('to continue to The &lt;Shop&gt;');
  });

  test('that has to make room for others is asked to wait a little (RFC 9110 section 15.6.4)', async () => {
    const page = await at.browser.get('/people/login');
    const attempts = Array.from({ length: 14 }, () =>
      at.browser.submit(page, '/login', { username: 'nobody', password: 'wrong password' }),
    );
    const answers = await Promise.all(attempts);
    const busy = answers.filter(({ status }) => status === 503);
    // One runs and eight wait; the others had to go.
    expect(busy).toHaveLength(5);
    expect(headerOf(busy[0] as OAuthResponse, 'retry-after')).toBe('2');
    expect(textOf(busy[0] as OAuthResponse)).toContain('Too many people are signing in');
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(9);
  });
});
