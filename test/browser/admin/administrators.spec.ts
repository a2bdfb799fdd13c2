import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { AdminInBrowser, LOOKS, type Look } from '../../support/admin-in-browser.ts';
import { describeInBrowser } from '../../support/browser.ts';
import { admin as call } from '../../support/running-service.ts';

const admin = new AdminInBrowser('profiles: { shop: { issuer: /~, endpoints: { oauth-token: { path: /token } } } }');

async function made(id: string, role: string): Promise<string> {
  const answer = await call(admin.service, 'POST', '/administrators', { id, role });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { readonly token: string }).token;
}

async function statusOf(token: string): Promise<number> {
  return (await call({ adminUrl: admin.service.adminUrl, adminToken: token }, 'GET', '/status')).status;
}

describeInBrowser('administrators on the page', () => {
  beforeAll(() => admin.start(), 120_000);
  afterEach(() => admin.leave());
  afterAll(() => admin.stop());

  test.each(Object.keys(LOOKS) as Look[])('look right with their roles and sessions, on %s', async (look) => {
    const page = await admin.openSignedIn('/administrators', look);
    await page.getByRole('link', { name: 'admin', exact: true }).last().waitFor();
    await admin.looksRight(page, `administrators-${look}`);
    await page.goto('/administrators/admin');
    await page.getByText('this one').waitFor();
    await admin.looksRight(page, `administrator-${look}`);
    await page.goto('/administrators/+me');
    await page.getByText('Ends anyway').waitFor();
    await page.getByText('this one').waitFor();
    await admin.looksRight(page, `my-session-${look}`);
  });

  test('are made with a token that is shown once', async () => {
    const page = await admin.openSignedIn('/administrators');
    await page.getByRole('link', { name: 'New administrator' }).click();
    await page.getByLabel('Id').fill('not an id');
    await page.getByRole('button', { name: 'Create the administrator' }).click();
    await page.locator('[aria-invalid="true"]:focus').waitFor();
    await page.getByLabel('Id').fill('alice');
    await page.getByLabel('Role').selectOption('author');
    await page.getByRole('button', { name: 'Create the administrator' }).click();
    const dialog = page.getByRole('dialog', { name: 'The token of alice' });
    const token = await dialog.getByTestId('secret').innerText();
    await dialog.getByLabel('I have kept the secret').check();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('heading', { level: 1, name: 'alice' }).waitFor();
    expect(await page.content()).not.toContain(token);
    expect(await statusOf(token)).toBe(200);
  });

  test('get another token, also oneself without losing the session', async () => {
    const first = await made('renewed', 'admin');
    const page = await admin.open('/administrators/renewed');
    await admin.signIn(page, first);
    await page.getByRole('button', { name: 'Renew the token' }).click();
    await page.getByText('Your present token is refused from now on').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Renew the token' }).click();
    const dialog = page.getByRole('dialog', { name: 'The new token of renewed' });
    const second = await dialog.getByTestId('secret').innerText();
    await dialog.getByLabel('I have kept the secret').check();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.reload();
    await page.getByText('this one').waitFor();
    expect([await statusOf(first), await statusOf(second)]).toEqual([401, 200]);
  });

  test('are signed out by others, one session or all, and see no more than their role shows', async () => {
    const token = await made('reader', 'read');
    for (const _ of [1, 2]) {
      const session = await fetch(`${admin.service.adminUrl}/admin/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: admin.service.adminUrl },
        body: JSON.stringify({ token }),
      });
      expect(session.status).toBe(201);
    }
    const page = await admin.openSignedIn('/administrators/reader');
    await page
      .getByRole('button', { name: /^End session/ })
      .first()
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'End the session' }).click();
    await page.getByText('The session has ended.').waitFor();
    await page.locator('tbody:not(:has(tr:nth-child(2)))').waitFor();
    await page.getByRole('button', { name: 'Sign out everywhere' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
    await page.getByText('Nobody is signed in').waitFor();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.goto('/administrators/admin');
    await admin.signIn(page, token);
    for (const name of ['Delete', 'Renew the token', 'Sign out everywhere'])
      expect(await page.getByRole('button', { name }).count()).toBe(0);
    await page.goto('/configuration');
    await page.getByText('This needs the role admin').waitFor();
  });

  test('are deleted after a question, though not the last one', async () => {
    const token = await made('leaving', 'read');
    const page = await admin.openSignedIn('/administrators/leaving');
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Delete the administrator' }).click();
    await page.getByText('leaving is no administrator any more.').waitFor();
    expect(await statusOf(token)).toBe(401);
  });

  test('read why a sign-in at the provider failed', async () => {
    const page = await admin.open('/?sign-in-error=not-allowed');
    await page.getByText('it gives you no role here').waitFor();
    await admin.looksRight(page, 'sign-in-failed');
    for (const [code, text] of [
      ['expired', 'took too long'],
      ['denied', 'nobody has signed in'],
      ['unavailable', 'does not answer now'],
      ['invalid', 'could not be verified'],
      ['not-recent', 'is too old'],
      ['toString', 'did not succeed'],
    ] as const) {
      await page.goto(`/?sign-in-error=${code}`);
      await page.getByText(text).waitFor();
    }
    await admin.signIn(page);
    expect(new URL(page.url()).search).toBe('');
  });
});
