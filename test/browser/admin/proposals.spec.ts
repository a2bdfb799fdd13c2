import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { AdminInBrowser, LOOKS, type Look } from '../../support/admin-in-browser.ts';
import { describeInBrowser } from '../../support/browser.ts';
import { admin as call, type Administered } from '../../support/running-service.ts';

const CONFIGURATION = `profiles:
  shop:
    issuer: /~
    endpoints: { oauth-token: { path: /token } }
    clients: { orders: { name: Orders } }
    tokenIssuers: { opaque: { kind: opaque } }
`;

const admin = new AdminInBrowser(CONFIGURATION, { fourEyes: true });

/** Another administrator, whose token nobody else has seen. */
async function another(id: string): Promise<Administered> {
  const made = await call(admin.service, 'POST', '/administrators', { id, role: 'admin' });
  expect(made.status).toBe(201);
  const { token: first } = (await made.json()) as { readonly token: string };
  const renewed = await call({ ...admin.service, adminToken: first }, 'POST', `/administrators/${id}/token`);
  expect(renewed.status).toBe(200);
  return { adminUrl: admin.service.adminUrl, adminToken: ((await renewed.json()) as { readonly token: string }).token };
}

describeInBrowser('proposals on the page', () => {
  let bob: Administered;
  const propose = async (name: string, note = '') => {
    const made = await call(bob, 'PUT', `/profiles/shop/clients/${name}?proposalNote=${encodeURIComponent(note)}`, {
      name: `Named ${name}`,
    });
    expect(made.status).toBe(202);
    return ((await made.json()) as { readonly id: string }).id;
  };
  beforeAll(async () => {
    await admin.start();
    bob = await another('bob');
  }, 120_000);
  afterEach(() => admin.leave());
  afterAll(() => admin.stop());

  test.each(Object.keys(LOOKS) as Look[])('show what they change, why and by whom, on %s', async (look) => {
    const id = await propose(`seen-${look}`, 'For the season.');
    const page = await admin.openSignedIn('/proposals', look);
    await page.getByRole('link', { name: `Create client shop / seen-${look}`, exact: true }).waitFor();
    await admin.looksRight(page, `proposals-${look}`);
    await page.goto(`/proposals/${id}`);
    await page.getByText(`Named seen-${look}`).waitFor();
    await page.getByText('For the season.').waitFor();
    await admin.looksRight(page, `proposal-${look}`);
    const withdrawn = await call(bob, 'POST', `/proposals/${id}/withdraw`);
    expect(withdrawn.status).toBe(200);
  });

  test('are counted in the navigation while they wait for one, and are in force when they are approved', async () => {
    await propose('approved-one');
    const page = await admin.openSignedIn('/proposals');
    await page.getByRole('link', { name: 'Proposals 1 waiting for you' }).waitFor();
    await page.getByRole('link', { name: 'Create client shop / approved-one' }).click();
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await page.getByText('It is approved, and in force now.').waitFor();
    await page.getByRole('link', { name: 'Proposals', exact: true }).first().waitFor();
    expect((await call(admin.service, 'GET', '/profiles/shop/clients/approved-one')).status).toBe(200);
  });

  test('are rejected with a reason', async () => {
    const id = await propose('rejected-one');
    const page = await admin.openSignedIn(`/proposals/${id}`);
    await page.getByRole('button', { name: 'Reject' }).click();
    await page.getByLabel('Reason').fill('Not before the holidays.');
    await page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click();
    await page.getByText('Not before the holidays.').waitFor();
    await page.getByText('rejected', { exact: true }).waitFor();
    expect((await call(admin.service, 'GET', '/profiles/shop/clients/rejected-one')).status).toBe(404);
  });

  test('of oneself cannot be approved, are said to be so, and are withdrawn', async () => {
    const page = await admin.openSignedIn('/configuration');
    await page.getByLabel('Its text').fill(CONFIGURATION.replace('name: Orders', 'name: Orders of today'));
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByLabel('Note for who approves').fill('New name.');
    await page.getByRole('button', { name: 'Propose' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Propose' }).click();
    await page.getByRole('link', { name: 'Look at the proposal' }).waitFor();
    await admin.looksRight(page, 'proposal-made');
    await page.getByRole('link', { name: 'Look at the proposal' }).click();
    await page.getByText('You have proposed this: another administrator has to approve it.').waitFor();
    await page.getByText('New name.').waitFor();
    await admin.looksRight(page, 'proposal-own');
    expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Withdraw' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click();
    await page.getByText('withdrawn', { exact: true }).waitFor();
  });

  test('that are stale are said to be, and cannot be approved', async () => {
    const [first, second] = [await propose('stale-one', 'first'), await propose('stale-one', 'second')];
    expect((await call(admin.service, 'POST', `/proposals/${second}/approve`)).status).toBe(200);
    const page = await admin.openSignedIn(`/proposals/${first}`);
    await page.getByText('It cannot be approved any more').waitFor();
    expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    await page.goto('/proposals/+all');
    await page.getByText('second', { exact: true }).waitFor();
  });

  test('come of what one changes on other pages, with the secret that was generated shown once', async () => {
    const page = await admin.openSignedIn('/administrators/+new');
    await page.getByLabel('Id').fill('carla');
    await page.getByRole('button', { name: 'Create the administrator' }).click();
    const dialog = page.getByRole('dialog', { name: 'This waits for another administrator' });
    const token = await dialog.getByTestId('secret').innerText();
    expect(token).toMatch(/^twadm_/);
    await admin.looksRight(page, 'proposal-secret');
    await dialog.getByLabel('I have kept it').check();
    await dialog.getByRole('button', { name: 'Done' }).click();
    expect(await page.content()).not.toContain(token);
    await page.getByRole('heading', { level: 1, name: 'Administrators' }).waitFor();
  });

  test('are told of by the same dialog, whatever is changed, and no form stays that would send it twice', async () => {
    const uploaded = await call(bob, 'POST', '/procedures/spare/versions?flow=oauth-token-client-credentials', {
      source: 'function result() { return {}; }',
    });
    expect(uploaded.status).toBe(201);
    const page = await admin.openSignedIn('/profiles/shop/clients/orders/edit');
    const dialog = page.getByRole('dialog', { name: 'This waits for another administrator' });
    const told = async () => {
      await dialog.getByRole('link', { name: 'Look at the proposal' }).waitFor();
      await dialog.getByRole('button', { name: 'Done' }).click();
      await dialog.waitFor({ state: 'hidden' });
    };
    await page.getByLabel('Description').fill('Sells things.');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Take over and change' }).click();
    await told();
    await page.getByRole('heading', { level: 1, name: 'Orders' }).waitFor();
    expect(await page.getByText('Sells things.').count()).toBe(0);

    await page.goto('/profiles/shop/issuers');
    await page.getByRole('link', { name: 'opaque' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Delete the token issuer' }).click();
    await page.getByRole('button', { name: 'Take over and change' }).click();
    await told();
    await page.getByRole('heading', { level: 1, name: 'opaque' }).waitFor();

    await page.goto('/profiles/shop/secrets/+new');
    await page.getByLabel('Secret id').fill('api-key');
    await page.getByLabel('Value', { exact: true }).fill('of-nobody-s-business');
    await page.getByRole('button', { name: 'Create the secret' }).click();
    await told();
    await page.getByText('This profile has no secrets yet').waitFor();

    await page.goto('/procedures/spare/versions');
    await page.getByRole('button', { name: 'Activate version 1 …' }).first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Activate', exact: true }).click();
    await told();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.goto('/proposals');
    for (const name of [
      'Create secret shop / api-key',
      'Change client shop / orders',
      'Delete token issuer shop / opaque',
      'Activate a version of procedure spare',
    ])
      await page.getByRole('link', { name }).waitFor();
    await page.getByRole('link', { name: 'Create secret shop / api-key' }).click();
    await page.getByRole('heading', { level: 1, name: 'Create secret shop / api-key' }).waitFor();
    expect(await page.content()).not.toContain('of-nobody-s-business');
  });
});
