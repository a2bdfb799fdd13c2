import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { describeInBrowser, openBrowser, OVERFLOW, picture, UNREADABLE } from '../support/browser.ts';
import { admin, freePort, startService, type RunningService } from '../support/running-service.ts';

const PASSWORD = 'correct horse battery staple';
const SECRET = 's'.repeat(32);
const folder = mkdtempSync(join(tmpdir(), 'tokenwright-upstream-'));

/** A second instance of this service, at which the people of a company have their accounts. */
let company: RunningService;
let service: RunningService;
let browser: Browser;
let context: BrowserContext;
/** The client on the web, which says no more than that it was called back, and where it is. */
const web = createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<h1>called back</h1>'));
let client: string;

const companyConfiguration = (callback: string) => `
profiles:
  company:
    issuer: /~
    capabilities: [authorization-code]
    scopes: { openid: {}, profile: {}, email: {} }
    endpoints:
      oauth-authorize: { path: /authorize }
      oauth-token: { path: /token }
      oauth-userinfo: { path: /userinfo }
      user-pages: { path: /people, userPages: { title: Company, accentColor: '#7c2d12' } }
    clients:
      shop:
        name: Example Shop
        secret: ${SECRET}
        capabilities: [authorization-code]
        scopes: [openid, profile, email]
        authorizationCode: { redirectUris: ['${callback}'], consent: false }
`;

const configuration = (upstream: string, absent: string) => `
profiles:
  shop:
    issuer: /~
    capabilities: [authorization-code]
    scopes: { read: {}, openid: {} }
    secrets: { company: ${SECRET} }
    httpClients: { company: { allowedHosts: ['${new URL(upstream).host}', '${new URL(absent).host}'], allowHttp: true, allowedNetworks: [127.0.0.0/8, '::1/128'] } }
    upstreamProviders:
      company:
        issuer: ${upstream}/~
        clientId: shop
        authentication: { method: client_secret_basic, secret: company }
        displayName: the Company
        accounts: create
        requiredClaims: { email_verified: ['true'] }
      absent: { issuer: '${absent}', clientId: shop, authentication: { method: none }, displayName: Nobody & Sons }
    endpoints:
      oauth-authorize: { path: /authorize }
      oauth-token: { path: /token }
      user-pages: { path: /people, userPages: { title: Example Shop } }
    clients:
      app:
        name: Order Tracker
        secret: ${SECRET}
        capabilities: [authorization-code]
        scopes: [read, openid]
        authorizationCode: { redirectUris: ['${client}'], consent: false }
`;

function authorizeUrl(members: Readonly<Record<string, string>> = {}): string {
  const challenge = createHash('sha256').update(randomBytes(32).toString('base64url')).digest('base64url');
  const parameters = new URLSearchParams({
    ...{ client_id: 'app', response_type: 'code', redirect_uri: client, scope: 'read openid', state: 'st4te' },
    ...{ code_challenge: challenge, code_challenge_method: 'S256', ...members },
  });
  return `${service.url}/authorize?${parameters.toString()}`;
}

/** Where the browser ends up at the client. */
async function open(): Promise<{ readonly page: Page; readonly calledBack: () => Promise<URL> }> {
  context = await browser.newContext({ locale: 'en-GB' });
  const page = await context.newPage();
  return {
    page,
    calledBack: async () => {
      await page.waitForURL(`${client}?**`);
      return new URL(page.url());
    },
  };
}

async function signIn(page: Page, username: string): Promise<void> {
  await page.fill('#username', username);
  await page.fill('#password', PASSWORD);
  await page.click('button.main');
}

let people = 0;
/** Somebody with an account at the company; answers the username. */
async function anEmployee(isVerified = true): Promise<string> {
  const username = `una-${++people}`;
  const attributes = { name: 'Una <Up>', email: `${username}@company.example`, email_verified: isVerified };
  const made = await admin(company, 'POST', '/profiles/company/accounts', { username, password: PASSWORD, attributes });
  expect(made.status).toBe(201);
  return username;
}

interface Listed {
  readonly items: readonly { readonly id: string; readonly username: string; readonly [member: string]: unknown }[];
}
const listed = async (path: string) => ((await (await admin(service, 'GET', path)).json()) as Listed).items;

describeInBrowser('signing in by another provider in Chromium', () => {
  beforeAll(async () => {
    const port = await freePort();
    await new Promise<void>((listening) => web.listen(0, '127.0.0.1', listening));
    client = `http://127.0.0.1:${(web.address() as AddressInfo).port}/callback`;
    const companyFile = join(folder, 'company.yaml');
    writeFileSync(companyFile, companyConfiguration(`http://localhost:${port}/people/upstream/company/callback`));
    company = await startService({ configFile: companyFile });
    const configFile = join(folder, 'shop.yaml');
    writeFileSync(configFile, configuration(company.url, `http://localhost:${await freePort()}`));
    service = await startService({ configFile, port });
    browser = await openBrowser();
  }, 120_000);
  afterEach(() => context.close());
  afterAll(async () => {
    await browser.close();
    await service.stop();
    await company.stop();
    await new Promise((closed) => web.close(closed));
    rmSync(folder, { recursive: true, force: true });
  });

  test('goes the whole way there and back to the client, and makes an account once', async () => {
    const username = await anEmployee();
    const { page, calledBack } = await open();
    await page.goto(authorizeUrl({ login_hint: username }));
    expect(await page.evaluate(UNREADABLE)).toEqual([]);
    await picture(page, 'login-upstream');
    await page.getByRole('button', { name: 'Sign in with the Company' }).click();
    await page.waitForURL(`${company.url}/people/login**`);
    expect(await page.inputValue('#username')).toBe(username);
    await signIn(page, username);
    const back = await calledBack();
    expect(back.searchParams.get('code')).toMatch(/./);
    expect(back.searchParams.get('state')).toBe('st4te');
    const [account] = await listed(`/profiles/shop/accounts?username=${username}`);
    expect(account).toMatchObject({ hasPassword: false, attributes: { name: 'Una <Up>', email: `${username}@company.example` } });
    expect(await listed(`/profiles/shop/accounts/${account?.id ?? ''}/links`)).toMatchObject([
      { provider: 'company', issuer: `${company.url}/~`, madeAccount: true },
    ]);
    await page.goto(`${service.url}/people/account`);
    expect(await page.textContent('main')).toContain('Other ways to sign in');
    expect(await page.getByRole('heading', { name: 'Change your password' }).count()).toBe(0);
    expect([await page.evaluate(OVERFLOW), await page.evaluate(UNREADABLE)]).toEqual([0, []]);
    await picture(page, 'account-upstream');
    // Signed out here and still signed in there: the same account, without a question.
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.goto(authorizeUrl());
    await page.getByRole('button', { name: 'Sign in with the Company' }).click();
    expect((await calledBack()).searchParams.get('code')).toMatch(/./);
    expect(await listed(`/profiles/shop/accounts?q=${username}`)).toHaveLength(1);
    // A client that wants a new sign-in gets one there.
    await page.goto(authorizeUrl({ prompt: 'login' }));
    await page.getByRole('button', { name: 'Sign in with the Company' }).click();
    await page.waitForURL(`${company.url}/people/login**`);
    await signIn(page, username);
    await calledBack();
  });

  test('says so on the login page where the settings do not let somebody in', async () => {
    const username = await anEmployee(false);
    const { page } = await open();
    await page.goto(authorizeUrl());
    await page.getByRole('button', { name: 'Sign in with the Company' }).click();
    await signIn(page, username);
    await page.waitForURL(`${service.url}/people/upstream/**`);
    expect(await page.textContent('[role=alert]')).toContain('With your account at the Company you may not sign in here.');
    expect(await page.textContent('main')).toContain('to continue to Order Tracker');
    await picture(page, 'login-upstream-refused');
    expect(await listed(`/profiles/shop/accounts?q=${username}`)).toEqual([]);
  });

  test('links an account that is there, from its own page', async () => {
    const [username, own] = [await anEmployee(), 'ida'];
    expect((await admin(service, 'POST', '/profiles/shop/accounts', { username: own, password: PASSWORD })).status).toBe(201);
    const { page } = await open();
    await page.goto(`${service.url}/people/login`);
    await signIn(page, own);
    await page.getByRole('button', { name: 'Link with the Company' }).click();
    await page.waitForURL(`${company.url}/people/login**`);
    await signIn(page, username);
    await page.waitForURL(`${service.url}/people/account**`);
    expect(await page.textContent('[role=status]')).toContain('Your account is linked.');
    await context.clearCookies({ domain: 'localhost', name: /session\.shop$/ });
    await page.goto(`${service.url}/people/login`);
    await page.getByRole('button', { name: 'Sign in with the Company' }).click();
    await page.waitForURL(`${service.url}/people/account`);
    expect(await page.textContent('main')).toContain('You are signed in as ida.');
  });

  test('says that the provider does not answer while it is down, and everything else goes on', async () => {
    const { page, calledBack } = await open();
    expect((await admin(service, 'POST', '/profiles/shop/accounts', { username: 'still-here', password: PASSWORD })).status).toBe(201);
    await page.goto(authorizeUrl());
    await page.getByRole('button', { name: 'Sign in with Nobody & Sons' }).click();
    expect(await page.textContent('[role=alert]')).toContain('Nobody & Sons does not answer at the moment.');
    await signIn(page, 'still-here');
    expect((await calledBack()).searchParams.get('code')).toMatch(/./);
    const events = (await (await admin(service, 'GET', '/audit?kind=profile&limit=5')).json()) as Listed;
    expect(events.items.map((event) => event['action'])).toContain('upstream.unavailable');
  });
});
