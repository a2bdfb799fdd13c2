import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { AdminInBrowser, LOOKS, type Look } from '../../support/admin-in-browser.ts';
import { describeInBrowser } from '../../support/browser.ts';
import { admin as call } from '../../support/running-service.ts';

const shop = (clients: string) => `profiles:
  shop:
    issuer: /~
    endpoints: { oauth-token: { path: /token } }
    clients:
${clients}`;
const BEFORE = shop('      orders: { name: Orders }\n      gone: { name: Gone }\n');
const AFTER = shop('      orders: { name: Orders of today }\n      fresh: { name: Fresh }\n');
const WRONG = shop('      orders: { nmae: Orders }\n');

const admin = new AdminInBrowser(BEFORE);

async function nameOfOrders(): Promise<string> {
  return ((await (await call(admin.service, 'GET', '/profiles/shop/clients/orders')).json()) as { readonly name: string }).name;
}

describeInBrowser('the configuration on the page', () => {
  beforeAll(() => admin.start(), 120_000);
  afterEach(() => admin.leave());
  afterAll(() => admin.stop());

  test.each(Object.keys(LOOKS) as Look[])('is compared before it is applied, on %s', async (look) => {
    const page = await admin.openSignedIn('/configuration', look);
    await page.getByLabel('Its text').fill(AFTER);
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByText('Orders of today').last().waitFor();
    await page.getByRole('heading', { name: /^3 changes/ }).waitFor();
    await admin.looksRight(page, `configuration-diff-${look}`);
    expect(await nameOfOrders()).toBe('Orders');
  });

  test('is exported as a file, which changes nothing when it is applied', async () => {
    const page = await admin.openSignedIn('/configuration');
    const coming = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download tokenwright.yaml' }).click();
    const download = await coming;
    expect(download.suggestedFilename()).toBe('tokenwright.yaml');
    const file = join(admin.service.dataDir, 'exported.yaml');
    await download.saveAs(file);
    expect(readFileSync(file, 'utf8')).toContain('Orders');
    await page.getByLabel('File', { exact: true }).setInputFiles(file);
    await page.getByText('nothing would change').waitFor();
    expect(await page.getByRole('button', { name: 'Apply' }).count()).toBe(0);
  });

  test('is not applied with anything wrong, which is shown in its line', async () => {
    const page = await admin.openSignedIn('/configuration');
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByText('Choose a file or paste its text first.').waitFor();
    const file = join(admin.service.dataDir, 'wrong.yaml');
    writeFileSync(file, WRONG);
    await page.getByLabel('File', { exact: true }).setInputFiles(file);
    await page.getByText('it cannot be applied').waitFor();
    await admin.looksRight(page, 'configuration-problems');
    expect(await page.getByRole('button', { name: 'Apply' }).count()).toBe(0);
    await page
      .getByRole('button', { name: /^Line 6, column/ })
      .first()
      .click();
    expect(
      await page.evaluate<string>(
        '(({ value, selectionStart, selectionEnd }) => value.slice(selectionStart, selectionEnd))(document.activeElement)',
      ),
    ).toBe('      orders: { nmae: Orders }');
  });

  test('leaves what was made in the service, and says what a file may not take over', async () => {
    const made = await call(admin.service, 'PUT', '/profiles/shop/clients/made-here', { name: 'Made here' });
    expect(made.status).toBe(201);
    const page = await admin.openSignedIn('/configuration');
    await page.getByLabel('Its text').fill(`${AFTER}      made-here: { name: Made there }\n`);
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByText('Made in the service, and different from the file').waitFor();
    await admin.looksRight(page, 'configuration-refused');
    expect(await page.getByRole('button', { name: 'Apply' }).count()).toBe(0);
  });

  test('is applied as it was compared, after a question, and says what it did', async () => {
    const page = await admin.openSignedIn('/configuration');
    await page.getByLabel('Its text').fill(AFTER);
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('button', { name: 'Apply' }).waitFor();
    await page.getByLabel('Its text').fill(`${AFTER}# more\n`);
    await page.getByText('The text was changed since').waitFor();
    expect(await page.getByRole('button', { name: 'Apply' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('1 created, 1 changed, 1 deleted').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    expect(await nameOfOrders()).toBe('Orders');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click();
    await page.getByText('The configuration is applied').waitFor();
    await admin.looksRight(page, 'configuration-applied');
    expect(await nameOfOrders()).toBe('Orders of today');
    expect(await page.getByLabel('Its text').inputValue()).toBe('');
  });
});
