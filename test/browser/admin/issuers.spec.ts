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
    tokenIssuers:
      opaque: { kind: opaque }
      jwt: { kind: jwt }
`;

interface Key {
  readonly kid: string;
  readonly state: string;
}

const admin = new AdminInBrowser(CONFIGURATION);
const keys = async () => {
  const { items } = (await (await call(admin.service, 'GET', '/profiles/shop/keys')).json()) as { readonly items: readonly Key[] };
  return Object.fromEntries(items.map(({ state, kid }) => [state, kid]));
};
const published = async () => {
  const { keys: all } = (await (await fetch(`${admin.service.url}/~/jwks`)).json()) as {
    readonly keys: readonly { readonly kid: string }[];
  };
  return all.map(({ kid }) => kid);
};

describeInBrowser('token issuers and keys on the page', () => {
  beforeAll(() => admin.start(), 120_000);
  afterEach(() => admin.leave());
  afterAll(() => admin.stop());

  test.each(Object.keys(LOOKS) as Look[])('look right, on %s', async (look) => {
    const page = await admin.openSignedIn('/profiles/shop/issuers', look);
    await page.getByText('active: signs').waitFor();
    await page.getByRole('link', { name: `${admin.service.url}/~/jwks` }).waitFor();
    await admin.looksRight(page, `issuers-${look}`);
    await page.getByRole('button', { name: 'Rotate ES256' }).click();
    await page.getByText('too short a time for all verifiers to know it').waitFor();
    await admin.looksRight(page, `keys-rotate-${look}`);
    await page.goto('/profiles/shop/issuers/jwt');
    await page.getByText('ES256', { exact: true }).waitFor();
    await admin.looksRight(page, `issuer-${look}`);
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByLabel('Signs with').waitFor();
    await admin.looksRight(page, `issuer-edit-${look}`);
  });

  test('of a key that verifiers may not know yet the rotation is refused, and made all the same in an emergency', async () => {
    const before = await keys();
    const page = await admin.openSignedIn('/profiles/shop/issuers');
    await page.getByRole('button', { name: 'Rotate ES256' }).click();
    const dialog = page.getByRole('dialog', { name: 'Rotate the signing keys of ES256' });
    await dialog.getByText(`${before['next']}`).waitFor();
    await dialog.getByRole('button', { name: 'Rotate', exact: true }).click();
    await dialog.getByRole('alert').waitFor();
    await admin.looksRight(page, 'keys-too-early');
    expect(await keys()).toEqual(before);
    await dialog.getByLabel('The active key is compromised').check();
    await dialog.getByText('is published no more').waitFor();
    await dialog.getByRole('button', { name: 'Rotate in emergency' }).click();
    await page.getByText('The signing keys of ES256 are rotated.').waitFor();
    await page.getByRole('row', { name: new RegExp(`${before['next']} .*active: signs`) }).waitFor();
    const after = await keys();
    expect(after['active']).toBe(before['next']);
    expect(await published()).toEqual(expect.arrayContaining([after['active'], after['next']]));
    expect(await published()).not.toContain(before['active']);
  });

  test('are made with keys of their algorithm, changed and deleted', async () => {
    const page = await admin.openSignedIn('/profiles/shop/issuers');
    await page.getByRole('link', { name: 'New token issuer' }).click();
    await page.getByLabel('Token issuer id').fill('jwt');
    await page.getByRole('button', { name: 'Create the token issuer' }).click();
    await page.getByText('is taken already').waitFor();
    await page.getByLabel('Token issuer id').fill('for-partners');
    await page.getByLabel('Kind', { exact: true }).selectOption('jwt');
    await page.getByLabel('Signs with').selectOption('EdDSA');
    await page.getByLabel('Lifetime of its tokens').fill('-1');
    await page.getByRole('button', { name: 'Create the token issuer' }).click();
    await page.getByText('must be a whole number of seconds').waitFor();
    await page.getByLabel('Lifetime of its tokens').fill('120');
    await page.getByRole('button', { name: 'Create the token issuer' }).click();
    await page.getByRole('heading', { level: 1, name: 'for-partners' }).waitFor();
    await page.getByText('2 min', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Token issuers of shop' }).click();
    await page.getByRole('button', { name: 'Rotate EdDSA' }).waitFor();
    await page.getByRole('link', { name: 'for-partners' }).click();
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByLabel('Enabled').uncheck();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('disabled', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Delete the token issuer' }).click();
    await page.getByText('for-partners is deleted.').waitFor();
    expect((await call(admin.service, 'GET', '/profiles/shop/token-issuers/for-partners')).status).toBe(404);
  });
});
