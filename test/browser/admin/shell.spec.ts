import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { AdminInBrowser, LOOKS, type Look } from '../../support/admin-in-browser.ts';
import { describeInBrowser } from '../../support/browser.ts';

const CONFIGURATION = `
profiles:
  shop:
    issuer: /~
    capabilities: [introspection, client-credentials]
    endpoints: { oauth-token: { path: /token } }
    tokenIssuers: { opaque: { kind: opaque } }
    clients: { orders: { name: Orders, capabilities: [client-credentials], secret: a-secret-for-orders-only } }
  office: { issuer: /office, endpoints: { oauth-token: { path: /office/token } } }
`;

const admin = new AdminInBrowser(CONFIGURATION);

describeInBrowser("the administrator's page", () => {
  beforeAll(() => admin.start(), 120_000);
  afterEach(() => admin.leave());
  afterAll(() => admin.stop());

  test.each(Object.keys(LOOKS) as Look[])('asks who comes to sign in, on %s', async (look) => {
    const page = await admin.open('/', look);
    await page.getByRole('heading', { name: 'Sign in to Tokenwright' }).waitFor();
    expect(await page.title()).toBe('Sign in · Tokenwright');
    await admin.looksRight(page, `sign-in-${look}`);
  });

  test('takes no other token, says so at the field, and is then signed in to by the keyboard alone', async () => {
    const page = await admin.open('/');
    const field = page.getByLabel('Administrator token');
    await field.waitFor();
    expect(await field.getAttribute('type')).toBe('password');
    expect(await field.getAttribute('autocomplete')).toBe('current-password');
    await page.keyboard.type('twadm_not-one-of-them');
    await page.keyboard.press('Enter');
    await page.getByText('This is not the token of an administrator').waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    await admin.looksRight(page, 'sign-in-refused');
    await page.keyboard.type(admin.service.adminToken);
    await page.keyboard.press('Enter');
    await page.getByRole('navigation', { name: 'Pages', exact: true }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
  });

  test('comes back to where one wanted to be, and to no other site', async () => {
    const page = await admin.openSignedIn('/profiles/shop/clients?q=ord');
    expect(page.url()).toBe(`${admin.service.adminUrl}/profiles/shop/clients?q=ord`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Tokenwright' }).waitFor();
    await page.goto('/sign-in?back=//elsewhere.example.com/');
    await admin.signIn(page);
    expect(page.url()).toBe(`${admin.service.adminUrl}/`);
  });

  test('keeps nothing that a script could sign in by', async () => {
    const page = await admin.openSignedIn('/profiles/shop/clients');
    const seen = await page.evaluate<string>('document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage })');
    expect(seen).not.toMatch(/tokenwright-admin|twadm_/);
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ name: '__Host-tokenwright-admin', httpOnly: true, secure: true, sameSite: 'Strict', path: '/' });
  });

  test('when the session has ended elsewhere asks to sign in again and goes on where one was', async () => {
    const page = await admin.openSignedIn('/profiles/shop/clients');
    await page.getByRole('link', { name: 'orders' }).waitFor();
    await page.context().clearCookies();
    await page.getByRole('link', { name: 'orders' }).click();
    await page.getByText('Your session has ended').waitFor();
    await admin.looksRight(page, 'session-ended');
    await admin.signIn(page);
    expect(new URL(page.url()).pathname).toBe('/profiles/shop/clients/orders');
  });

  test('takes the focus and the title along to each page, and lets keyboards skip the navigation', async () => {
    const page = await admin.openSignedIn('/profiles/shop/clients');
    expect(await page.title()).toBe('Clients · Tokenwright');
    await page.getByRole('link', { name: 'orders' }).click();
    await page.getByRole('heading', { level: 1, name: 'Orders' }).waitFor();
    expect(await page.locator(':focus').innerText()).toBe('Orders');
    expect(await page.title()).toBe('Orders · Tokenwright');
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Orders' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').innerText()).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.locator(':focus').getAttribute('id')).toBe('main');
  });

  test('shows the pages of another profile when it is chosen', async () => {
    const page = await admin.openSignedIn('/profiles/shop/clients');
    await page.getByRole('combobox', { name: 'Profile' }).selectOption('office');
    await page.getByText('This profile has no clients yet').waitFor();
    expect(new URL(page.url()).pathname).toBe('/profiles/office/clients');
  });

  test('is as light or dark as the machine or as one has chosen, also after it was loaded again', async () => {
    const ground = 'getComputedStyle(document.documentElement).backgroundColor';
    const page = await admin.open('/sign-in', 'desktop-dark');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    const dark = await page.evaluate<string>(ground);
    await page.getByTitle('Light theme').click();
    const light = await page.evaluate<string>(ground);
    expect(light).not.toBe(dark);
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await page.evaluate<string>(ground)).toBe(light);
    await page.getByTitle('System theme').click();
    expect(await page.evaluate<string>(ground)).toBe(dark);
  });

  test.each(['phone', 'phone-dark'] as const)('has its navigation in a menu on a %s', async (look) => {
    const page = await admin.openSignedIn('/profiles/shop/clients/orders', look);
    await page.getByRole('button', { name: 'Menu' }).click();
    const menu = page.getByRole('dialog', { name: 'Menu' });
    await menu.getByRole('link', { name: 'Clients', exact: true }).waitFor();
    await admin.looksRight(page, `menu-${look}`);
    await menu.getByRole('link', { name: 'Clients', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Clients' }).waitFor();
    expect(await menu.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.keyboard.press('Escape');
    expect(await menu.isVisible()).toBe(false);
    expect(await page.locator(':focus').innerText()).toBe('Menu');
  });

  test('says that there is no such page', async () => {
    const page = await admin.openSignedIn('/no/such/page');
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    await admin.looksRight(page, 'not-found');
  });

  test('says what the service cannot do now, and goes on when it can again', async () => {
    const page = await admin.openSignedIn('/profiles/shop/clients');
    await page.getByRole('link', { name: 'orders' }).waitFor();
    await page.route('**/admin/v1/**', (route) =>
      route.fulfill({
        status: 503,
        contentType: 'application/problem+json',
        body: '{"title":"It cannot now","detail":"The database does not answer now."}',
      }),
    );
    await page.getByRole('searchbox').fill('ord');
    await page.getByText('The database does not answer now.').waitFor();
    await page.unroute('**/admin/v1/**');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('link', { name: 'orders' }).waitFor();
  });
});
