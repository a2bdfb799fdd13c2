import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { AdminInBrowser, LOOKS, type Look } from '../../support/admin-in-browser.ts';
import { describeInBrowser } from '../../support/browser.ts';
import { admin as call } from '../../support/running-service.ts';

const CLIENTS = ['orders', 'billing', 'stock'];
const CONFIGURATION = `
profiles:
  shop:
    issuer: /~
    capabilities: [introspection, client-credentials]
    scopes: { read: {}, write: {} }
    endpoints: { oauth-token: { path: /token }, oauth-introspect: { path: /introspect } }
    tokenIssuers: { opaque: { kind: opaque } }
    clients:
${CLIENTS.map((id) => `      ${id}: { capabilities: [client-credentials], scopes: [read], secret: a-secret-of-${id}-alone }`).join('\n')}
`;

const admin = new AdminInBrowser(CONFIGURATION);
const PAGE = '/profiles/shop/delegations';

async function issue(client: string): Promise<string> {
  const answer = await fetch(`${admin.service.url}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${client}:a-secret-of-${client}-alone`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'read' }),
  });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { readonly access_token: string }).access_token;
}

async function active(client: string): Promise<number> {
  const answer = await call(admin.service, 'GET', `/profiles/shop/delegations?clientId=${client}&status=active`);
  return ((await answer.json()) as { readonly items: readonly unknown[] }).items.length;
}

describeInBrowser('delegations and tokens on the page', () => {
  const tokens: Record<string, string> = {};
  beforeAll(async () => {
    await admin.start();
    for (const id of CLIENTS) tokens[id] = await issue(id);
    for (let n = 0; n < 55; n++) await issue('stock');
  }, 120_000);
  afterEach(() => admin.leave());
  afterAll(() => admin.stop());

  test.each(Object.keys(LOOKS) as Look[])('look right in lists and one by one, on %s', async (look) => {
    const page = await admin.openSignedIn(`${PAGE}?client=orders`, look);
    await page.getByRole('link', { name: 'orders', exact: true }).waitFor();
    await admin.looksRight(page, `delegations-${look}`);
    await page.getByRole('link', { name: 'orders', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'orders at orders' }).waitFor();
    await page.getByRole('button', { name: /^Revoke the token/ }).waitFor();
    await admin.looksRight(page, `delegation-${look}`);
    await page.goto(`${PAGE}/+tokens`);
    await page
      .getByRole('button', { name: /^Revoke the token/ })
      .first()
      .waitFor();
    await admin.looksRight(page, `tokens-${look}`);
  });

  test('are read a page at a time and searched by subject, client and state', async () => {
    const page = await admin.openSignedIn(PAGE);
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Page 2').waitFor();
    await page.getByRole('searchbox', { name: 'Exact client id' }).fill('billing');
    await page.locator('tbody:not(:has(tr:nth-child(2)))').waitFor();
    await page.getByRole('combobox', { name: 'State' }).selectOption('revoked');
    await page.getByText('No delegation matches').waitFor();
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ client: 'billing', status: 'revoked' });
  });

  test('tell what a pasted token is, and keep nothing of it', async () => {
    const token = tokens['billing']!;
    const page = await admin.openSignedIn(`${PAGE}/+lookup`);
    const lookUp = async (text: string) => {
      await page.getByLabel('Token', { exact: true }).fill(text);
      await page.getByRole('button', { name: 'Look it up' }).click();
    };
    await page.getByRole('button', { name: 'Look it up' }).click();
    await page.getByText('Paste a token first.').waitFor();
    await lookUp(` ${token}\n`);
    await page.getByRole('heading', { name: 'This token is active' }).waitFor();
    await admin.looksRight(page, 'token-lookup');
    expect(await page.getByLabel('Token', { exact: true }).inputValue()).toBe('');
    expect((await page.content()) + page.url()).not.toContain(token);
    await lookUp('nonsense');
    await page.getByRole('heading', { name: 'This is no token of this profile' }).waitFor();
    await lookUp(token);
    await page.getByRole('heading', { name: 'This token is active' }).waitFor();
    await page.getByRole('definition').getByRole('link').click();
    await page.getByRole('heading', { level: 1, name: 'billing at billing' }).waitFor();
  });

  test('are revoked one by one, each after a question that says what ends', async () => {
    const page = await admin.openSignedIn(`${PAGE}?client=orders`);
    await page.getByRole('link', { name: 'orders', exact: true }).click();
    await page.getByRole('button', { name: /^Revoke the token/ }).click();
    await page.getByText('The delegation and its other tokens stay').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke the token' }).click();
    await page.getByText('The token is revoked.').waitFor();
    await page.getByRole('cell', { name: 'revoked' }).waitFor();
    expect(await active('orders')).toBe(1);
    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    expect(await active('orders')).toBe(1);
    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByRole('button', { name: 'Revoke the delegation' }).click();
    await page.getByText('The delegation is revoked.').waitFor();
    expect(await active('orders')).toBe(0);
  });

  test('end together for a subject, a client or both, after a question that counts them', async () => {
    const page = await admin.openSignedIn(`${PAGE}?client=stock&owner=stock`);
    await page.getByRole('button', { name: 'Revoke everything of stock at stock' }).click();
    await page.getByText('56 delegations').waitFor();
    await admin.looksRight(page, 'delegations-revoke-all');
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke everything', exact: true }).click();
    await page.getByText('56 delegations are revoked.').waitFor();
    expect(await active('stock')).toBe(0);
    await page.getByRole('button', { name: 'Revoke everything of stock at stock' }).click();
    await page.getByText('Nothing of stock at stock is active.').waitFor();
  });

  test('are shown to who may only read, without what would end them', async () => {
    const made = await call(admin.service, 'POST', '/administrators', { id: 'reader', role: 'read' });
    const page = await admin.open(`${PAGE}?client=billing`);
    await admin.signIn(page, ((await made.json()) as { readonly token: string }).token);
    await page.getByRole('link', { name: 'billing', exact: true }).click();
    await page.getByRole('heading', { name: 'Tokens' }).waitFor();
    expect(await page.getByRole('button', { name: /Revoke/ }).count()).toBe(0);
  });
});
