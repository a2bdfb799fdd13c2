import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { remove } from '../configuration/configuration.ts';
import { entityKey } from '../configuration/entities.ts';
import { StoreError } from '../store-error.ts';
import { formOf } from '../testing/browser-of-a-spec.ts';
import { locationOf, PagesWorld, pagesOf, textOf } from '../testing/pages-world.ts';
import { headerOf, PROFILE } from '../testing/service-builder.ts';

let at: PagesWorld;
beforeEach(async () => {
  at = await PagesWorld.open();
});

describe('every page', () => {
  test('is sent so that no script runs, nobody frames it, nothing keeps it and no address leaks (CSP 3, OWASP)', async () => {
    for (const page of [await at.browser.get('/people/login'), await at.browser.get('/people/nowhere'), await at.browser.get('/people')]) {
      expect(headerOf(page, 'content-security-policy')).toBe(
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      );
      expect(headerOf(page, 'x-frame-options')).toBe('DENY');
      expect(headerOf(page, 'x-content-type-options')).toBe('nosniff');
      expect(headerOf(page, 'referrer-policy')).toBe('no-referrer');
      expect(headerOf(page, 'cross-origin-opener-policy')).toBe('same-origin');
      expect(headerOf(page, 'cache-control')).toBe('no-store');
      expect(page.body ?? '').not.toMatch(/<script|\son[a-z]+=|style=/i);
    }
  });

  test('escapes what the configuration and the request say', async () => {
    await at.signIn();
    const page = await at.browser.get(at.address('consent'));
    expect(page.body).toContain('Example &lt;Inc.&gt;');
    expect(page.body).toContain('The &lt;Shop&gt;');
    expect(page.body).toContain('Read &lt;b&gt;all&lt;/b&gt;');
    const login = await at.browser.submit(await at.browser.get('/people/login'), '/login', { username: '"><script>', password: 'x' });
    expect(login.body).toContain('value="&quot;&gt;&lt;script&gt;"');
  });

  test('is in the language that the client or the browser asks for', async () => {
    expect((await at.browser.get('/people/login', { 'accept-language': 'de-CH, en;q=0.5' })).body).toMatch(
      /<html lang="de" dir="ltr">.*Anmelden/s,
    );
    const interaction = at.sealed({ parameters: { ui_locales: 'sv' } });
    const page = await at.browser.get(at.address('login', interaction), { 'accept-language': 'de' });
    expect(page.body).toMatch(/<html lang="sv" dir="ltr">.*Logga in/s);
    expect(headerOf(page, 'content-language')).toBe('sv');
    expect(headerOf(page, 'vary')).toBe('Accept-Language');
  });

  test('answers what it has no method for, and nothing below the pages that is none of them', async () => {
    const refused = await at.world.handle({ ...emptyRequest('/people/login'), method: 'DELETE' });
    expect([refused.status, headerOf(refused, 'allow')]).toEqual([405, 'GET, HEAD, POST']);
    expect((await at.browser.post('/people/account', {})).status).toBe(405);
    for (const path of [
      '/people/',
      '/people/login/',
      '/people/__proto__',
      '/people/constructor',
      '/people/account/../login',
      '/people/Login',
    ])
      expect([path, (await at.world.handle(emptyRequest(path))).status]).toEqual([path, 404]);
    expect((await at.world.handle({ ...emptyRequest('/people/login'), method: 'HEAD' })).status).toBe(200);
    expect(locationOf(await at.browser.get('/people')).pathname).toBe('/people/account');
  });

  test('reads forms strictly, and says so in words', async () => {
    const page = await at.browser.get('/people/login');
    const { hidden } = formOf(page, '/login');
    const send = (body: string, type = 'application/x-www-form-urlencoded') =>
      at.world.handle({ ...emptyRequest('/people/login'), method: 'POST', body, headers: { 'content-type': type } });
    for (const answer of [
      await send('username=a&username=b'),
      await send('username=%'),
      await send(`token=${hidden['token'] ?? ''}`, 'text/plain'),
      await at.world.handle({ ...emptyRequest('/people/login'), query: 'interaction=a&interaction=b' }),
    ]) {
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(textOf(answer)).toContain('could not be read');
    }
  });

  test('says in words that it cannot be had now, and leaves the reason to the log', async () => {
    await at.signIn();
    jest.spyOn(at.world.stores.sessions, 'find').mockImplementation(() => {
      throw new StoreError('unavailable', 'The database db.internal does not answer.');
    });
    const answer = await at.browser.get('/people/account');
    expect([answer.status, headerOf(answer, 'retry-after')]).toEqual([503, '2']);
    expect(textOf(answer)).toContain('try again in a few seconds');
    expect(textOf(answer)).not.toContain('db.internal');
    expect(at.world.log.at(-1)).toMatchObject({ message: 'the database does not answer', fields: { path: '/people/account' } });
  });

  test('has its style in a sheet that may be kept, with the colour that was set and a text on it that can be read', async () => {
    const address = /href="([^"]*style\.css[^"]*)"/.exec((await at.browser.get('/people/login')).body ?? '')?.[1] ?? '';
    const sheet = await at.browser.get(address);
    expect(headerOf(sheet, 'content-type')).toBe('text/css; charset=utf-8');
    expect(headerOf(sheet, 'cache-control')).toBe('public, max-age=31536000, immutable');
    expect(sheet.body).toMatch(/--accent: #1d4ed8;.*--on-accent: #ffffff;/);
    await at.world.change(pagesOf({ accentColor: '#FFE066' }));
    const other = await at.browser.get(address);
    expect(other.body).toMatch(/--accent: #FFE066;.*--on-accent: #000000;/);
    // The address is of the one before.
    expect(headerOf(other, 'cache-control')).toBe('no-cache');
    expect((await at.browser.get('/people/login')).body).not.toContain(address);
  });
});

function emptyRequest(path: string) {
  return { method: 'GET', path, query: '', headers: {}, body: '', scheme: 'https', host: 'as.example', clientIpAddress: null } as const;
}

describe('interactions', () => {
  test.each([
    ['made up', () => 'AAAA'],
    ['changed', () => `${at.sealed().slice(0, -4)}AAAA`],
    ['too old', () => at.sealed({ at: at.world.now - 1800 })],
    ['of another profile', () => at.sealed({ profile: 'other' })],
    ['of a client that is gone', () => at.sealed({ clientId: 'nobody' })],
    ['going back to what is no authorize endpoint', () => at.sealed({ path: '/token' })],
    ['going back to what is not served', () => at.sealed({ path: '//evil.example/authorize' })],
  ])('are refused that are %s, on every page (open redirects, CWE-601)', async (_what, make) => {
    await at.signIn();
    for (const path of ['login', 'consent', 'continue', 'logout']) {
      const answer = await at.browser.get(at.address(path, make()));
      expect([path, answer.status, headerOf(answer, 'location')]).toEqual([path, 400, undefined]);
      expect(textOf(answer)).toContain('start again');
    }
  });

  test('are needed where there is nothing to do without', async () => {
    for (const path of ['/people/consent', '/people/continue']) expect((await at.browser.get(path)).status).toBe(400);
  });

  test('are refused once their authorize endpoint is not served any more', async () => {
    const interaction = at.sealed();
    await at.world.change(remove('endpoint', entityKey(PROFILE, 'oauth-authorize')));
    expect((await at.browser.get(at.address('login', interaction))).status).toBe(400);
  });
});
