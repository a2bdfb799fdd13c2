import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { AdminInBrowser, LOOKS, type Look } from '../../support/admin-in-browser.ts';
import { describeInBrowser } from '../../support/browser.ts';
import { admin as call } from '../../support/running-service.ts';

const admin = new AdminInBrowser('profiles: { shop: { issuer: /~, endpoints: { oauth-token: { path: /token } } } }');

describeInBrowser('the audit trail on the page', () => {
  beforeAll(async () => {
    await admin.start();
    for (let n = 0; n < 60; n++) await call(admin.service, 'PUT', '/profiles/shop/clients/orders', { name: `Orders ${n}` });
  }, 120_000);
  afterEach(() => admin.leave());
  afterAll(() => admin.stop());

  test.each(Object.keys(LOOKS) as Look[])('reads as sentences, with what differs, on %s', async (look) => {
    const page = await admin.openSignedIn('/audit?kind=client', look);
    await page.getByText('changed client').first().waitFor();
    await page
      .getByRole('button', { name: /^Details of event/ })
      .first()
      .click();
    await page.getByText('Orders 58').waitFor();
    await page.getByText('Orders 59').waitFor();
    await admin.looksRight(page, `audit-${look}`);
  });

  test('is read a page at a time and filtered by who, what, key and time', async () => {
    const page = await admin.openSignedIn('/audit');
    await page.getByRole('cell', { name: 'admin signed in' }).first().waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Page 2').waitFor();
    await page.getByText('created client').waitFor();
    await page.getByRole('searchbox', { name: 'Exact action' }).fill('client.create');
    await page.locator('tbody:not(:has(tr:nth-child(2)))').waitFor();
    await page.getByRole('combobox', { name: 'Kind of thing' }).selectOption('profile');
    await page.getByText('No event matches').waitFor();
    await page.goto('/audit?key=shop/orders&actor=admin&since=2020-01-01T00:00');
    await page.getByText('changed client').first().waitFor();
    await page.getByLabel('Before').fill('2021-01-01T00:00');
    await page.getByText('No event matches').waitFor();
    expect(new URL(page.url()).searchParams.get('until')).toBe('2021-01-01T00:00');
  });
});
