import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { AdminInBrowser, LOOKS, type Look } from '../../support/admin-in-browser.ts';
import { describeInBrowser } from '../../support/browser.ts';
import { admin as call } from '../../support/running-service.ts';

const CONFIGURATION = `
profiles:
  shop:
    issuer: /~
    scopes:
      read: { description: Read orders }
      write: { lifetime: 60 }
    resources: { 'https://api.example.com': { scopes: [read] } }
    endpoints: { oauth-token: { path: /token } }
`;

const admin = new AdminInBrowser(CONFIGURATION);

interface Stored {
  readonly origin: string;
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly allowedAudiences: readonly string[] | null;
  readonly scopes: Readonly<Record<string, unknown>>;
  readonly resources: Readonly<Record<string, unknown>>;
  readonly capabilities: readonly string[];
}
const stored = async (profile: string) => (await (await call(admin.service, 'GET', `/profiles/${profile}`)).json()) as Stored;

describeInBrowser('profiles and their settings on the page', () => {
  beforeAll(() => admin.start(), 120_000);
  afterEach(() => admin.leave());
  afterAll(() => admin.stop());

  test.each(Object.keys(LOOKS) as Look[])('look right, on %s', async (look) => {
    const page = await admin.openSignedIn('/profiles', look);
    await page.getByRole('table').getByRole('link', { name: 'shop' }).waitFor();
    await admin.looksRight(page, `profiles-${look}`);
    await page.goto('/profiles/shop/settings');
    await page.getByText('Read orders').waitFor();
    await admin.looksRight(page, `settings-${look}`);
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByLabel('Issuer', { exact: true }).waitFor();
    await admin.looksRight(page, `settings-edit-${look}`);
  });

  test('are made, with the usual where nothing is said, changed with errors at their fields, and deleted', async () => {
    const page = await admin.openSignedIn('/profiles');
    await page.getByRole('link', { name: 'New profile' }).click();
    await page.getByLabel('Profile id').fill('shop');
    await page.getByLabel('Issuer', { exact: true }).fill('no issuer');
    await page.getByRole('button', { name: 'Create the profile' }).click();
    await page.getByText('must be an https URL without query and fragment').waitFor();
    expect(await page.getByLabel('Issuer', { exact: true }).getAttribute('aria-invalid')).toBe('true');
    await page.getByLabel('Issuer', { exact: true }).fill('/~office');
    await page.getByRole('button', { name: 'Create the profile' }).click();
    await page.getByText('is taken already').waitFor();
    await page.getByLabel('Profile id').fill('office');
    await page.getByRole('button', { name: 'Create the profile' }).click();
    await page.getByRole('heading', { level: 1, name: 'Settings of office' }).waitFor();
    const made = await stored('office');
    const shop = await stored('shop');
    expect({ defaults: made.defaults, capabilities: made.capabilities, allowedAudiences: made.allowedAudiences }).toEqual({
      defaults: shop.defaults,
      capabilities: shop.capabilities,
      allowedAudiences: null,
    });

    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByLabel('Lifetime of access tokens, in seconds', { exact: true }).fill('soon');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('must be a whole number of seconds').waitFor();
    await page.getByLabel('Lifetime of access tokens, in seconds', { exact: true }).fill('100000');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('must be at most maximumTokenLifetime (86400)').waitFor();
    await page.getByLabel('Lifetime of access tokens, in seconds', { exact: true }).fill('120');
    await page.getByLabel('Tokens may have any audience').uncheck();
    await page.getByLabel('Allowed audiences').fill('https://api.example.com\nhttps://other.example.com');
    await page.getByLabel('Trusted issuers').fill('{}');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('must be a list').waitFor();
    await page.getByLabel('Trusted issuers').fill('[{ "issuer": "https://partner.example", "jwksUri": "no address", "audiences": [] }]');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('0/audiences:').waitFor();
    await admin.looksRight(page, 'settings-refused');
    await page.getByLabel('Trusted issuers').fill('');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('office is saved.').waitFor();
    await page.getByText('2 min', { exact: true }).waitFor();
    const saved = await stored('office');
    expect(saved.defaults).toEqual({ ...shop.defaults, accessTokenLifetime: 120 });
    expect(saved.allowedAudiences).toEqual(['https://api.example.com', 'https://other.example.com']);

    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Delete the profile' }).click();
    await page.getByText('office is deleted.').waitFor();
    expect((await call(admin.service, 'GET', '/profiles/office')).status).toBe(404);
    expect(await page.getByRole('table').getByRole('link', { name: 'office' }).count()).toBe(0);
  });

  test('have scopes that are added, changed and removed one by one, with what is wrong at its field', async () => {
    const page = await admin.openSignedIn('/profiles/shop/settings/edit');
    const scope = (name: string) => page.getByRole('group', { name: `Scope ${name}`, exact: true });
    await page.getByRole('button', { name: 'Add a scope' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('is missing: give it a name, or remove it').waitFor();
    expect(await scope('the new scope').getByLabel('Name').getAttribute('aria-invalid')).toBe('true');
    await scope('the new scope').getByLabel('Name').fill('read');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('is there twice').first().waitFor();
    await scope('read').last().getByLabel('Name').fill('a/b');
    await scope('a/b').getByLabel('Holds for, in seconds').fill('0');
    await scope('a/b').getByLabel('Claims it releases').fill('employee_number team');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('[aria-invalid="true"]:focus').waitFor();
    expect(await scope('a/b').getByLabel('Holds for, in seconds').getAttribute('aria-invalid')).toBe('true');
    expect(await scope('a/b').getByLabel('Name').getAttribute('aria-invalid')).toBeNull();
    await admin.looksRight(page, 'settings-scope-refused');
    await scope('a/b').getByLabel('Holds for, in seconds').fill('30');
    await page.getByRole('button', { name: 'Remove write' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Take over and change' }).click();
    await page.getByText('holds for 30 s · releases employee_number, team').waitFor();
    const { scopes, resources, origin } = await stored('shop');
    expect(scopes).toEqual({ read: { description: 'Read orders' }, 'a/b': { lifetime: 30, claims: ['employee_number', 'team'] } });
    expect(Object.keys(resources)).toEqual(['https://api.example.com']);
    expect(origin).toBe('api');
  });

  test('are shown to who may only read, without what would change them', async () => {
    const made = await call(admin.service, 'POST', '/administrators', { id: 'reader', role: 'read' });
    const { token } = (await made.json()) as { readonly token: string };
    const page = await admin.open('/profiles/shop/settings');
    await admin.signIn(page, token);
    await page.getByText('Read orders').waitFor();
    expect(await page.getByRole('link', { name: 'Edit' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Delete' }).count()).toBe(0);
    await page.getByRole('link', { name: 'Profiles' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Profiles' }).waitFor();
    expect(await page.getByRole('link', { name: 'New profile' }).count()).toBe(0);
  });
});
