import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { describeInBrowser, openBrowser, OVERFLOW, picture, UNREADABLE } from '../support/browser.ts';
import { admin, startService, type RunningService } from '../support/running-service.ts';

const PASSWORD = 'correct horse battery staple';

/** A client on the web, on another origin: it shows what it was called back with, and may send the browser on to a third one. */
class WebClient {
  readonly #servers: Server[] = [];
  origin = '';

  async start(): Promise<void> {
    const last = await this.#listen((_url, respond) => respond(200, '<h1>home</h1>'));
    this.origin = await this.#listen((url, respond) =>
      url.pathname === '/callback/on'
        ? respond(302, '', `${last}/home?${url.searchParams.toString()}`)
        : respond(200, '<h1>called back</h1>'),
    );
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.map((server) => new Promise((done) => server.close(done))));
  }

  async #listen(answer: (url: URL, respond: (status: number, body: string, location?: string) => void) => void): Promise<string> {
    const server = createServer((request, response) => {
      answer(new URL(request.url ?? '/', 'http://localhost'), (status, body, location) => {
        response.writeHead(status, { 'content-type': 'text/html', ...(location === undefined ? {} : { location }) }).end(body);
      });
    });
    this.#servers.push(server);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
}

const client = new WebClient();
const folder = mkdtempSync(join(tmpdir(), 'tokenwright-browser-'));
let service: RunningService;
let browser: Browser;
let context: BrowserContext;

const configuration = () => `
profiles:
  shop:
    issuer: /~
    capabilities: [authorization-code, introspection, client-credentials]
    scopes: { read: { description: Read your <b>orders</b> & invoices }, write: { description: Place orders in your name }, openid: {} }
    endpoints:
      oauth-authorize: { path: /authorize }
      oauth-token: { path: /token }
      user-pages: { path: /people, userPages: { title: Example Shop, scopeChoice: true, accentColor: '#0f766e' } }
    tokenIssuers:
      opaque: { kind: opaque }
      jwt: { kind: jwt }
    clients:
      app:
        name: Order Tracker
        secret: ${'s'.repeat(32)}
        capabilities: [authorization-code]
        scopes: [read, write, openid]
        authorizationCode: { redirectUris: ['${client.origin}/callback', '${client.origin}/callback/on'], consent: true }
`;

async function open(options: BrowserContextOptions = {}): Promise<Page> {
  context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB', ...options });
  return context.newPage();
}

function authorizeUrl(members: Readonly<Record<string, string>> = {}): string {
  const challenge = createHash('sha256').update(randomBytes(32).toString('base64url')).digest('base64url');
  const parameters = new URLSearchParams({
    ...{ client_id: 'app', response_type: 'code', redirect_uri: `${client.origin}/callback`, scope: 'read write openid', state: 'st4te' },
    ...{ code_challenge: challenge, code_challenge_method: 'S256', ...members },
  });
  return `${service.url}/authorize?${parameters.toString()}`;
}

async function signIn(page: Page, username: string, password = PASSWORD): Promise<void> {
  await page.fill('#username', username);
  await page.fill('#password', password);
  await page.click('button.main');
}

let accounts = 0;
/** A new account; answers its username. */
async function anAccount(): Promise<string> {
  const username = `person-${++accounts}`;
  const made = await admin(service, 'POST', '/profiles/shop/accounts', { username, password: PASSWORD });
  expect(made.status).toBe(201);
  return username;
}

describeInBrowser('people in Chromium', () => {
  beforeAll(async () => {
    await client.start();
    const configFile = join(folder, 'shop.yaml');
    writeFileSync(configFile, configuration());
    service = await startService({ configFile });
    browser = await openBrowser();
  }, 120_000);
  afterEach(() => context.close());
  afterAll(async () => {
    await browser.close();
    await service.stop();
    await client.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('sign in, allow, and are back at the client with a code, although it is of another origin (CSP form-action)', async () => {
    const username = await anAccount();
    const page = await open();
    await page.goto(authorizeUrl());
    expect(await page.textContent('h1')).toBe('Sign in');
    expect(await page.textContent('main')).toContain('to continue to Order Tracker');
    await signIn(page, username, 'not the password');
    expect(await page.textContent('[role=alert]')).toContain('do not match');
    expect(await page.inputValue('#username')).toBe(username);
    await picture(page, 'login-refused');
    await signIn(page, username);
    await page.waitForURL(/\/people\/consent/);
    expect(await page.textContent('h1')).toBe('Allow Order Tracker?');
    expect(await page.textContent('main')).toContain('Read your <b>orders</b> & invoices');
    await picture(page, 'consent');
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(/\/callback\?/);
    expect(new URL(page.url()).searchParams.get('code')).toMatch(/./);
    expect(new URL(page.url()).searchParams.get('state')).toBe('st4te');
    // Signed in and asked before: straight through.
    await page.goto(authorizeUrl());
    expect(page.url()).toMatch(/\/callback\?.*code=/);
    // In another browser, where nothing is left to ask but who it is.
    await context.clearCookies();
    await page.goto(authorizeUrl());
    await signIn(page, username);
    await page.waitForURL(/\/callback\?.*code=/);
  });

  test('deny, and are back at the client without one (RFC 6749 section 4.1.2.1)', async () => {
    const page = await open();
    await page.goto(authorizeUrl());
    await signIn(page, await anAccount());
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.waitForURL(/\/callback\?/);
    expect(new URL(page.url()).searchParams.get('error')).toBe('access_denied');
  });

  test('come back to a client that sends them on to a third origin, which a policy with its own origin would not let happen', async () => {
    const page = await open();
    await page.goto(authorizeUrl({ redirect_uri: `${client.origin}/callback/on` }));
    await signIn(page, await anAccount());
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(/\/home\?/);
    expect(await page.textContent('h1')).toBe('home');
  });

  test('need no script and no mouse', async () => {
    const page = await open({ javaScriptEnabled: false });
    await page.goto(authorizeUrl());
    // The first field has the focus.
    await page.waitForSelector('#username:focus');
    await page.keyboard.type(await anAccount());
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/consent/);
    for (let i = 0; i < 4; i++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/callback\?.*code=/);
  });

  test('allow some scopes and not others', async () => {
    const username = await anAccount();
    const page = await open();
    await page.goto(authorizeUrl());
    await signIn(page, username);
    expect(await page.getByLabel('Know who you are').isDisabled()).toBe(true);
    await page.getByLabel('Place orders in your name').uncheck();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(/\/callback\?/);
    await page.goto(`${service.url}/people/account`);
    const shown = await page.textContent('main');
    expect(shown).toContain('Know who you are');
    expect(shown).not.toContain('Place orders in your name');
  });

  test('see what they have allowed, take it back, and are asked again', async () => {
    const page = await open();
    await page.goto(authorizeUrl());
    await signIn(page, await anAccount());
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(/\/callback\?/);
    await page.goto(`${service.url}/people/account`);
    await picture(page, 'account');
    await page.getByRole('button', { name: 'Remove access of Order Tracker' }).click();
    expect(await page.getByRole('status').innerText()).toBe('The application has no access any more.');
    await page.goto(authorizeUrl());
    expect(await page.textContent('h1')).toBe('Allow Order Tracker?');
    await page.getByRole('button', { name: 'Use another account' }).click();
    await page.waitForURL(/\/login\?/);
    expect(await page.textContent('h1')).toBe('Sign in');
    expect(await page.textContent('main')).toContain('to continue to Order Tracker');
  });

  test('change their password, with a mistake at first, and sign out', async () => {
    const username = await anAccount();
    const page = await open();
    await page.goto(`${service.url}/people`);
    await signIn(page, username);
    const fill = async (current: string, fresh: string, repeated: string) => {
      await page.getByLabel('Current password').fill(current);
      await page.getByLabel('New password', { exact: true }).fill(fresh);
      await page.getByLabel('New password again').fill(repeated);
      await page.getByRole('button', { name: 'Change password' }).click();
    };
    await fill(PASSWORD, 'another fine password', 'another fine passwort');
    expect(await page.locator('input[aria-invalid=true]').getAttribute('id')).toBe('repeated');
    await page.waitForSelector('#repeated:focus');
    await picture(page, 'account-refused');
    await fill(PASSWORD, 'another fine password', 'another fine password');
    expect(await page.getByRole('status').textContent()).toContain('Your password is changed');
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.waitForURL(/\/login\?/);
    expect(await page.getByRole('status').innerText()).toBe('You are signed out.');
    await signIn(page, username, 'another fine password');
    await page.waitForURL(/\/account$/);
    expect(await page.textContent('h1')).toBe('Your account');
  });

  test.each(['light', 'dark'] as const)(
    'can read every page, on a phone as on a desktop, in the %s, in their language (WCAG 2.2: 1.4.3, 1.4.10, 3.1.1)',
    async (colorScheme) => {
      const username = await anAccount();
      for (const [device, viewport] of [
        ['phone', { width: 320, height: 640 }],
        ['desktop', { width: 1280, height: 800 }],
      ] as const) {
        const page = await open({ colorScheme, viewport, locale: 'de-DE' });
        const check = async (name: string) => {
          expect(await page.getAttribute('html', 'lang')).toBe('de');
          expect([name, await page.evaluate(OVERFLOW)]).toEqual([name, 0]);
          expect([name, await page.evaluate(UNREADABLE)]).toEqual([name, []]);
          await picture(page, `${name}-${device}-${colorScheme}`);
        };
        await page.goto(authorizeUrl({ prompt: 'consent' }));
        await check('login');
        await signIn(page, username, 'wrong password');
        await page.waitForSelector('[role=alert]');
        await check('login-wrong');
        await signIn(page, username);
        await page.waitForURL(/\/consent\?/);
        await check('consent');
        await page.getByRole('button', { name: 'Erlauben' }).click();
        await page.waitForURL(/\/callback\?/);
        await page.goto(`${service.url}/people/account`);
        await check('account');
        await page.goto(`${service.url}/people/consent`);
        await check('failed');
        await context.close();
      }
    },
  );
});
