import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { AdminInBrowser, LOOKS, type Look } from '../../support/admin-in-browser.ts';
import { describeInBrowser } from '../../support/browser.ts';
import { admin as call } from '../../support/running-service.ts';

const CONFIGURATION = `
profiles:
  shop:
    issuer: /~
    scopes: { read: {} }
    capabilities: [authorization-code, refresh-token, client-credentials]
    registrationTemplates:
      apps: { capabilities: [client-credentials], scopes: [read] }
      partners: { capabilities: [client-credentials], scopes: [read] }
    endpoints:
      oauth-token: { path: /token }
      registration: { kind: oauth-dynamic-client-registration, path: /register, registration: { template: apps, templates: [partners] } }
`;

const admin = new AdminInBrowser(CONFIGURATION);
const TOKENS = '/profiles/shop/initial-access-tokens';

async function newToken(body: object): Promise<string> {
  const made = await call(admin.service, 'POST', TOKENS, body);
  expect(made.status).toBe(201);
  return ((await made.json()) as { readonly token: string }).token;
}
const register = (token: string, name: string) =>
  fetch(`${admin.service.url}/register`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ client_name: name, grant_types: ['client_credentials'] }),
  });

describeInBrowser('clients that register themselves, on the page', () => {
  beforeAll(async () => {
    await admin.start();
    const token = await newToken({ note: 'the partner', maximumUses: 5 });
    expect((await register(token, 'Partner app')).status).toBe(201);
    expect((await register(await newToken({ template: 'partners' }), 'Other app')).status).toBe(201);
  }, 120_000);
  afterEach(() => admin.leave());
  afterAll(() => admin.stop());

  test.each(Object.keys(LOOKS) as Look[])('look right, with the tokens by which they may, on %s', async (look) => {
    const page = await admin.openSignedIn('/profiles/shop/registrations', look);
    await page.getByRole('link', { name: 'Partner app' }).waitFor();
    await admin.looksRight(page, `registrations-${look}`);
    await page.getByRole('link', { name: 'Partner app' }).click();
    await page.getByText('initial-access-token ').first().waitFor();
    await admin.looksRight(page, `registration-${look}`);
    await page.goto('/profiles/shop/registrations/+tokens');
    await page.getByText('1 of 5').waitFor();
    await admin.looksRight(page, `initial-access-tokens-${look}`);
    await page.getByRole('link', { name: 'New token' }).click();
    await page.getByText('registration (/register)').waitFor({ state: 'attached' });
    await admin.looksRight(page, `initial-access-token-new-${look}`);
  });

  test('are found by their template, and deleted', async () => {
    expect((await register(await newToken({ template: 'partners' }), 'Short-lived')).status).toBe(201);
    const page = await admin.openSignedIn('/profiles/shop/registrations');
    await page.getByRole('link', { name: 'Partner app' }).waitFor();
    await page.getByLabel('Template').selectOption('partners');
    await page.getByRole('link', { name: 'Partner app' }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Short-lived' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Delete the client' }).click();
    await page.getByText('Short-lived is deleted.').waitFor();
    await page.getByRole('link', { name: 'Other app' }).waitFor();
    expect(await page.getByRole('link', { name: 'Short-lived' }).count()).toBe(0);
  });

  test('do so by tokens that are made here, shown once, and taken back', async () => {
    const page = await admin.openSignedIn('/profiles/shop/registrations/+tokens');
    await page.getByRole('link', { name: 'New token' }).click();
    await page.getByLabel('For whom').fill('the new partner');
    await page.getByLabel('Template of its clients').selectOption('partners');
    await page.getByLabel('Clients that may be registered with it').fill('0');
    await page.getByRole('button', { name: 'Make the token' }).click();
    await page.locator('[aria-invalid="true"]:focus').waitFor();
    expect(await page.getByLabel('Clients that may be registered with it').getAttribute('aria-invalid')).toBe('true');
    await page.getByLabel('Clients that may be registered with it').fill('2');
    await page.getByRole('button', { name: 'Make the token' }).click();
    const dialog = page.getByRole('dialog', { name: 'The token for the new partner' });
    const token = await dialog.getByTestId('secret').innerText();
    await dialog.getByLabel('I have kept the secret').check();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByText('0 of 2').waitFor();
    expect(await page.content()).not.toContain(token);
    const registered = await register(token, 'By the new partner');
    expect(registered.status).toBe(201);
    await page.getByRole('button', { name: 'Take back the token for the new partner' }).click();
    await page.getByRole('button', { name: 'Take it back' }).click();
    await page.getByText('The token is taken back.').waitFor();
    await page.getByRole('button', { name: 'Take back the token for the new partner' }).waitFor({ state: 'detached' });
    expect((await register(token, 'Too late')).status).toBe(401);
    await page.getByRole('link', { name: 'Clients', exact: true }).last().click();
    await page.getByRole('link', { name: 'By the new partner' }).click();
    await page.getByText('partners', { exact: true }).waitFor();
  });

  test('are shown to who may only read, without what would change them', async () => {
    const made = await call(admin.service, 'POST', '/administrators', { id: 'reader', role: 'read' });
    const { token } = (await made.json()) as { readonly token: string };
    const page = await admin.open('/profiles/shop/registrations/+tokens');
    await admin.signIn(page, token);
    await page.getByText('1 of 5').waitFor();
    expect(await page.getByRole('link', { name: 'New token' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: /^Take back/ }).count()).toBe(0);
    await page.goto('/profiles/shop/registrations');
    await page.getByRole('link', { name: 'Partner app' }).click();
    await page.getByText('What it has registered, which nobody has verified').waitFor();
    expect(await page.getByRole('button', { name: /^Delete/ }).count()).toBe(0);
  });
});
