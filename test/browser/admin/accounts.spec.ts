import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { AdminInBrowser, LOOKS, type Look } from '../../support/admin-in-browser.ts';
import { describeInBrowser } from '../../support/browser.ts';
import { admin as call } from '../../support/running-service.ts';

const CONFIGURATION = `
profiles:
  shop:
    issuer: /~
    capabilities: [introspection, client-credentials]
    endpoints: { oauth-token: { path: /token } }
    tokenIssuers: { opaque: { kind: opaque } }
    upstreamProviders:
      company:
        issuer: https://login.example.com
        clientId: shop
        authentication: { method: client_secret_basic, secret: company }
        displayName: Company
        accounts: create
    secrets: { company: { value: a-secret-of-the-file } }
    httpClients:
      company: { allowedHosts: [login.example.com] }
`;
const MANY = 60;

interface Account {
  readonly id: string;
  readonly enabled: boolean;
  readonly attributes: object;
}

const admin = new AdminInBrowser(CONFIGURATION);
const accountOf = async (username: string) => {
  const answer = await call(admin.service, 'GET', `/profiles/shop/accounts?username=${username}`);
  return ((await answer.json()) as { readonly items: readonly Account[] }).items[0];
};
const addressOf = async (username: string) => `/profiles/shop/accounts/${(await accountOf(username))?.id}`;

describeInBrowser('accounts on the page', () => {
  beforeAll(async () => {
    await admin.start();
    for (let n = 1; n <= MANY; n++) {
      const username = `person-${String(n).padStart(2, '0')}`;
      const attributes = { name: `Person ${n}`, email: `${username}@example.com` };
      const made = await call(admin.service, 'POST', '/profiles/shop/accounts', { username, password: null, attributes });
      expect(made.status).toBe(201);
    }
  }, 120_000);
  afterEach(() => admin.leave());
  afterAll(() => admin.stop());

  test.each(Object.keys(LOOKS) as Look[])('look right in their list and one by one, on %s', async (look) => {
    const page = await admin.openSignedIn('/profiles/shop/accounts', look);
    await page.getByRole('link', { name: 'person-01' }).waitFor();
    await admin.looksRight(page, `accounts-${look}`);
    await page.goto(await addressOf('person-01'));
    await page.getByText('Signed in nowhere.').waitFor();
    await page.getByText('No upstream provider signs this person in.').waitFor();
    await admin.looksRight(page, `account-${look}`);
    await page.getByRole('button', { name: 'Disable' }).click();
    await admin.looksRight(page, `account-disable-${look}`);
    await page.goto('/profiles/shop/accounts/+new');
    await page.getByLabel('Username').waitFor();
    await admin.looksRight(page, `account-new-${look}`);
  });

  test('are read a page at a time, and searched by the service', async () => {
    const page = await admin.openSignedIn('/profiles/shop/accounts');
    await page.getByRole('link', { name: 'person-50' }).waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('link', { name: 'person-51' }).waitFor();
    await page.getByRole('searchbox').fill('PERSON-33');
    await page.getByRole('link', { name: 'person-33' }).waitFor();
    await page.locator('tbody tr').nth(1).waitFor({ state: 'detached' });
    expect(await page.locator('tbody tr').count()).toBe(1);
    await page.getByRole('searchbox').fill('nobody');
    await page.getByText('No account matches').waitFor();
  });

  test('are made with a password that is shown once, or one that is typed and long enough', async () => {
    const page = await admin.openSignedIn('/profiles/shop/accounts');
    await page.getByRole('link', { name: 'New account' }).click();
    await page.getByLabel('Username').fill('person-01');
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Username').fill('alice');
    await page.getByLabel('Attributes as JSON').fill('{ "name": ');
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.getByText('is no JSON').waitFor();
    await page.getByLabel('Attributes as JSON').fill('{ "name": "Alice" }');
    await page.getByRole('button', { name: 'Create the account' }).click();
    const dialog = page.getByRole('dialog', { name: 'The password of alice' });
    const password = await dialog.getByTestId('secret').innerText();
    await dialog.getByLabel('I have kept the secret').check();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('heading', { level: 1, name: 'alice' }).waitFor();
    expect(await page.content()).not.toContain(password);
    await page.goto('/profiles/shop/accounts/+new');
    await page.getByLabel('Username').fill('bob');
    await page.getByLabel('The password is').selectOption('typed');
    await page.getByLabel('Password', { exact: true }).fill('short');
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.getByText('must have at least 8 characters').waitFor();
    await admin.looksRight(page, 'account-new-refused');
    await page.getByLabel('Password', { exact: true }).fill('long enough to be one');
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.getByRole('heading', { level: 1, name: 'bob' }).waitFor();
  });

  test('are disabled with what was delegated, enabled, given another password and other attributes', async () => {
    const page = await admin.openSignedIn(await addressOf('person-02'));
    await page.getByRole('button', { name: 'Disable' }).click();
    const dialog = page.getByRole('dialog', { name: 'Disable person-02?' });
    expect(await dialog.getByLabel('Revoke what was delegated, too').isChecked()).toBe(true);
    await dialog.getByRole('button', { name: 'Disable the account' }).click();
    await page.getByText('person-02 is disabled, 0 delegations are revoked.').waitFor();
    await page.getByRole('button', { name: 'Enable' }).waitFor();
    expect(await accountOf('person-02')).toMatchObject({ enabled: false });
    await page.getByRole('button', { name: 'Enable' }).click();
    await page.getByRole('button', { name: 'Enable the account' }).click();
    await page.getByRole('button', { name: 'Disable' }).waitFor();
    await page.getByRole('button', { name: 'Reset the password' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Reset the password' }).click();
    await page.getByLabel('I have kept the secret').check();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('link', { name: 'Edit the attributes' }).click();
    await page.getByLabel('Attributes as JSON').fill('{ "name": "Person the Second" }');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Person the Second').first().waitFor();
    expect(await accountOf('person-02')).toMatchObject({ enabled: true, attributes: { name: 'Person the Second' } });
  });

  test('are linked to upstream providers, and deleted after a question', async () => {
    const page = await admin.openSignedIn(await addressOf('person-03'));
    await page.getByRole('button', { name: 'New link' }).click();
    await page.getByRole('button', { name: 'Make the link' }).click();
    await page.locator('[aria-invalid="true"]:focus').waitFor();
    await page.getByLabel('Subject there').fill('employee-3');
    await page.getByRole('button', { name: 'Make the link' }).click();
    await page.getByText('employee-3').waitFor();
    await admin.looksRight(page, 'account-linked');
    await page.getByRole('button', { name: 'Delete the link to company' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete the link' }).click();
    await page.getByText('No upstream provider signs this person in.').waitFor();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Delete the account' }).click();
    await page.getByText('person-03 is deleted.').waitFor();
    expect(await accountOf('person-03')).toBeUndefined();
  });
});
