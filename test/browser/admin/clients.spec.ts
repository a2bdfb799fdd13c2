import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { AdminInBrowser, LOOKS, type Look } from '../../support/admin-in-browser.ts';
import { describeInBrowser } from '../../support/browser.ts';
import { admin as call } from '../../support/running-service.ts';

const CONFIGURATION = `
profiles:
  shop:
    issuer: /~
    capabilities: [introspection, client-credentials]
    scopes: { read: {}, write: {} }
    endpoints: { oauth-token: { path: /token } }
    tokenIssuers: { opaque: { kind: opaque } }
    clients:
      from-file: { name: From a file, description: Kept in tokenwright.yaml., capabilities: [client-credentials], secret: a-secret-of-the-file }
`;
const MANY = 120;

const admin = new AdminInBrowser(CONFIGURATION);

describeInBrowser('clients on the page', () => {
  beforeAll(async () => {
    await admin.start();
    for (let n = 1; n <= MANY; n++) {
      const id = `client-${String(n).padStart(3, '0')}`;
      const made = await call(admin.service, 'PUT', `/profiles/shop/clients/${id}`, { name: `Shop ${n}` });
      expect(made.status).toBe(201);
    }
  }, 120_000);
  afterEach(() => admin.leave());
  afterAll(() => admin.stop());

  test.each(Object.keys(LOOKS) as Look[])('look right in their list and one by one, on %s', async (look) => {
    const page = await admin.openSignedIn('/profiles/shop/clients', look);
    await page.getByRole('link', { name: 'Shop 1', exact: true }).waitFor();
    await admin.looksRight(page, `clients-${look}`);
    await page.goto('/profiles/shop/clients/from-file');
    await page.getByRole('heading', { name: 'Secrets' }).waitFor();
    await admin.looksRight(page, `client-${look}`);
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByLabel('Further members as JSON').waitFor();
    await admin.looksRight(page, `client-edit-${look}`);
  });

  test('are read a page at a time, and searched by the service', async () => {
    const page = await admin.openSignedIn('/profiles/shop/clients');
    await page.getByRole('link', { name: 'Shop 50' }).waitFor();
    expect(await page.locator('tbody tr').count()).toBe(50);
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Page 2').waitFor();
    await page.getByRole('link', { name: 'Shop 51' }).waitFor();
    await page.getByRole('searchbox', { name: 'Search by id or name' }).fill('sHOP 119');
    await page.getByRole('link', { name: 'Shop 119' }).waitFor();
    await page.locator('tbody tr').nth(1).waitFor({ state: 'detached' });
    expect(await page.locator('tbody tr').count()).toBe(1);
    expect(new URL(page.url()).searchParams.get('q')).toBe('sHOP 119');
    await page.getByRole('searchbox').fill('nobody is called so');
    await page.getByText('No client matches').waitFor();
  });

  test('are made with a secret that is shown once', async () => {
    const page = await admin.openSignedIn('/profiles/shop/clients');
    await page.getByRole('link', { name: 'New client' }).click();
    await page.getByLabel('Client id').fill('orders');
    await page.getByLabel('Name').fill('Orders');
    await page.getByLabel('client-credentials').check();
    await page.getByLabel('Scopes').fill('read nothing-of-the-profile');
    await page.getByRole('button', { name: 'Create the client' }).click();
    await page.getByRole('alert').waitFor();
    await admin.looksRight(page, 'client-new-refused');
    await page.getByLabel('Scopes').fill('read');
    await page.getByRole('button', { name: 'Create the client' }).click();
    const dialog = page.getByRole('dialog', { name: 'The secret of Orders' });
    const secret = await dialog.getByTestId('secret').innerText();
    expect(secret.length).toBeGreaterThan(30);
    await page.keyboard.press('Escape');
    expect(await dialog.isVisible()).toBe(true);
    await admin.looksRight(page, 'client-secret');
    await dialog.getByLabel('I have kept the secret').check();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('heading', { level: 1, name: 'Orders' }).waitFor();
    expect(await page.content()).not.toContain(secret);
    const token = await fetch(`${admin.service.url}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`orders:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    expect(token.status).toBe(200);
  });

  test('are changed with errors at their fields, and not over the change of somebody else', async () => {
    const page = await admin.openSignedIn('/profiles/shop/clients/client-001/edit');
    const lifetime = page.getByLabel('Lifetime');
    await lifetime.fill('0');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('[aria-invalid="true"]:focus').waitFor();
    expect(await lifetime.getAttribute('aria-invalid')).toBe('true');
    await lifetime.fill('');
    const others = page.getByLabel('Further members as JSON');
    await others.fill('{ "properties": ');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('is no JSON').waitFor();
    await others.fill('{ "openId": { "subjectType": "unheard-of" } }');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('/openId/subjectType:').waitFor();
    await others.fill('{ "properties": { "team": "blue" } }');
    const meanwhile = await call(admin.service, 'PUT', '/profiles/shop/clients/client-001', { name: 'Of somebody else' });
    expect(meanwhile.status).toBe(200);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Begin again with what is there now' }).click();
    expect(await page.getByLabel('Name').inputValue()).toBe('Of somebody else');
    await page.getByLabel('Name').fill('Of us both');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { level: 1, name: 'Of us both' }).waitFor();
  });

  test('have their secrets changed and are deleted, each after a question', async () => {
    const page = await admin.openSignedIn('/profiles/shop/clients/client-002');
    await page.getByRole('button', { name: 'New secret' }).click();
    await page.getByRole('button', { name: 'Make the secret' }).click();
    await page.getByLabel('I have kept the secret').check();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: /^Delete the secret/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete the secret' }).click();
    await page.getByText('It has none.').waitFor();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Delete the client' }).click();
    await page.getByText('Shop 2 is deleted.').waitFor();
    expect((await call(admin.service, 'GET', '/profiles/shop/clients/client-002')).status).toBe(404);
  });

  test('that a file owns are left to it, or taken over when one says so', async () => {
    const page = await admin.openSignedIn('/profiles/shop/clients/from-file/edit');
    await page.getByLabel('Description').fill('Kept here now.');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog', { name: 'A configuration file owns this' }).waitFor();
    await admin.looksRight(page, 'client-take-over');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    const kept = (await (await call(admin.service, 'GET', '/profiles/shop/clients/from-file')).json()) as { readonly origin: string };
    expect(kept.origin).toBe('file');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Take over and change' }).click();
    await page.getByText('Kept here now.').first().waitFor();
    const taken = (await (await call(admin.service, 'GET', '/profiles/shop/clients/from-file')).json()) as { readonly origin: string };
    expect(taken.origin).toBe('api');
  });

  test('are shown to who may only read, without what would change them', async () => {
    const made = await call(admin.service, 'POST', '/administrators', { id: 'reader', role: 'read' });
    const { token } = (await made.json()) as { readonly token: string };
    const page = await admin.open('/profiles/shop/clients/client-003');
    await admin.signIn(page, token);
    await page.getByRole('heading', { name: 'Secrets' }).waitFor();
    for (const name of ['Delete', 'New secret']) expect(await page.getByRole('button', { name }).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Edit' }).count()).toBe(0);
  });
});
