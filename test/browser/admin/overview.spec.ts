import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { AdminInBrowser, LOOKS, type Look } from '../../support/admin-in-browser.ts';
import { describeInBrowser } from '../../support/browser.ts';
import { admin as call, postForm } from '../../support/running-service.ts';

const CLIENT = { id: 'orders', secret: 'a-secret-of-orders-alone' };
const CONFIGURATION = `
profiles:
  shop:
    issuer: /~
    capabilities: [client-credentials]
    scopes: { read: {} }
    endpoints: { oauth-token: { path: /token } }
    tokenIssuers: { opaque: { kind: opaque } }
    clients:
      ${CLIENT.id}: { capabilities: [client-credentials], scopes: [read], secret: ${CLIENT.secret} }
`;

const admin = new AdminInBrowser(CONFIGURATION);

const issue = () => postForm(`${admin.service.url}/token`, { grant_type: 'client_credentials' }, { as: CLIENT });

async function done(method: string, path: string, body: unknown): Promise<void> {
  const answer = await call(admin.service, method, path, body);
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
}

describeInBrowser('the overview on the page', () => {
  beforeAll(async () => {
    await admin.start();
    expect((await issue()).status).toBe(200);
  }, 120_000);
  afterEach(() => admin.leave());
  afterAll(() => admin.stop());

  test('is where one arrives, and says that nothing fails', async () => {
    const page = await admin.openSignedIn();
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await page.getByText('ready', { exact: true }).waitFor();
    await page.getByText('No procedure has failed within the last hour.').waitFor();
  });

  test.each(Object.keys(LOOKS) as Look[])('names what fails, where and why, and leads to it, on %s', async (look) => {
    await done('POST', '/procedures/failing/versions?flow=oauth-token-client-credentials&activate=true', {
      source: 'function result(context) { context.nothing.there(); }',
    });
    await done('PUT', '/profiles/shop/endpoints/oauth-token/bindings/oauth-token-client-credentials', { procedure: 'failing' });
    expect((await issue()).status).toBe(500);
    const page = await admin.openSignedIn('/', look);
    await page.getByText(/failed in \d+ of \d+ runs as/).waitFor();
    await page.getByText(/Cannot read prop/).waitFor();
    await admin.looksRight(page, `overview-${look}`);
    await page.getByRole('link', { name: 'failing, version 1' }).click();
    await page.getByRole('heading', { level: 1, name: 'failing' }).waitFor();
  });

  test('shows requests and latency as they are, and leads to what runs', async () => {
    expect((await issue()).status).toBe(500);
    const page = await admin.openSignedIn();
    const figures = page.locator('.figure').filter({ has: page.locator('.sparkline') });
    await figures.filter({ hasText: 'Requests a second' }).getByRole('img', { name: 'Over the last 15 minutes, at most' }).waitFor();
    // A step counts when it is over.
    await figures.filter({ hasText: /Latency, mean\s*[\d.]+ ms/ }).waitFor();
    await page.getByRole('link', { name: 'See what runs' }).click();
    await page.getByRole('heading', { level: 1, name: 'Live' }).waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'See its failures' }).click();
    await page.waitForURL('**/live?profile=shop&endpoint=oauth-token&flow=oauth-token-client-credentials&procedure=failing*');
    await page
      .getByRole('button', { name: /runtime error failing version 1/ })
      .first()
      .waitFor();
  }, 60_000);
});
