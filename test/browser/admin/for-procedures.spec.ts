import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { AdminInBrowser, LOOKS, type Look } from '../../support/admin-in-browser.ts';
import { describeInBrowser } from '../../support/browser.ts';
import { admin as call, introspect } from '../../support/running-service.ts';

const CONFIGURATION = `
profiles:
  shop:
    issuer: /~
    capabilities: [introspection]
    endpoints: { introspection: { kind: oauth-introspect, path: /introspection } }
    clients: { gateway_client: { secret: Secr3t!, capabilities: [introspection] } }
    httpClients: { stock: { allowedHosts: [stock.example.com], credentials: { kind: basic, username: shop, value: never-shown-0 } } }
    secrets: { from-file: never-shown-1 }
    buckets: { visits: { description: How often somebody came } }
`;
const COUNTING = `function result(context) {
  var bucket = context.getBucket('visits');
  var attributes = bucket.getAttributes('alice', 'count') || {};
  bucket.storeAttributes('alice', 'count', { times: (attributes.times || 0) + 1 });
  return { active: false };
}`;

const admin = new AdminInBrowser(CONFIGURATION);
const read = async <T>(path: string) => (await (await call(admin.service, 'GET', `/profiles/shop${path}`)).json()) as T;

describeInBrowser('what a profile has for its procedures, on the page', () => {
  beforeAll(async () => {
    await admin.start();
    for (const id of ['api-key', 'unused'])
      expect((await call(admin.service, 'PUT', `/profiles/shop/secrets/${id}`, { value: 'never-shown-2' })).status).toBe(201);
    const uploaded = await call(admin.service, 'POST', '/procedures/counting/versions?flow=oauth-introspect&activate=true', {
      source: COUNTING,
      secrets: ['api-key'],
    });
    expect(uploaded.status).toBe(201);
    const bound = await call(admin.service, 'PUT', '/profiles/shop/endpoints/introspection/bindings/oauth-introspect', {
      procedure: 'counting',
    });
    expect(bound.status).toBe(201);
    expect((await introspect(admin.service, 'unknown')).status).toBe(200);
  }, 120_000);
  afterEach(() => admin.leave());
  afterAll(() => admin.stop());

  test.each(Object.keys(LOOKS) as Look[])('looks right, on %s', async (look) => {
    const page = await admin.openSignedIn('/profiles/shop/http-clients', look);
    await page.getByRole('link', { name: 'stock', exact: true }).waitFor();
    await admin.looksRight(page, `http-clients-${look}`);
    await page.getByRole('link', { name: 'stock', exact: true }).click();
    await page.getByText('basic, as').waitFor();
    await admin.looksRight(page, `http-client-${look}`);
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByLabel('Password').waitFor();
    await admin.looksRight(page, `http-client-edit-${look}`);
    await page.goto('/profiles/shop/secrets');
    await page.getByRole('link', { name: 'from-file' }).waitFor();
    await admin.looksRight(page, `secrets-${look}`);
    await page.getByRole('link', { name: 'api-key' }).click();
    await page.getByRole('link', { name: 'counting' }).waitFor();
    await admin.looksRight(page, `secret-${look}`);
    await page.getByRole('link', { name: 'Set another value' }).click();
    await page.getByLabel('New value').waitFor();
    await admin.looksRight(page, `secret-edit-${look}`);
    await page.goto('/profiles/shop/buckets');
    await page.getByText('How often somebody came').waitFor();
    await admin.looksRight(page, `buckets-${look}`);
    await page.getByRole('link', { name: 'visits' }).click();
    await page.getByLabel('Subject').fill('alice');
    await page.getByRole('button', { name: 'Look it up' }).click();
    await page.getByText('"times": 1').waitFor();
    await admin.looksRight(page, `bucket-${look}`);
  });

  test('HTTP clients are made with errors at their fields, keep credentials that nobody types again, and are deleted', async () => {
    const page = await admin.openSignedIn('/profiles/shop/http-clients');
    await page.getByRole('link', { name: 'New HTTP client' }).click();
    await page.getByLabel('HTTP client id').fill('stock');
    await page.getByLabel('Allowed hosts').fill('https://api.example.com/path');
    await page.getByLabel('Sent with each request').selectOption('header');
    await page.getByLabel('Name of the header').fill('X-Api-Key');
    await page.getByRole('button', { name: 'Create the HTTP client' }).click();
    await page.locator('[aria-invalid="true"]:focus').waitFor();
    expect(await page.getByLabel('Allowed hosts').getAttribute('aria-invalid')).toBe('true');
    await admin.looksRight(page, 'http-client-refused');
    await page.getByLabel('Allowed hosts').fill('api.example.com *.example.org:8443');
    await page.getByRole('button', { name: 'Create the HTTP client' }).click();
    await page.getByText('is taken already').waitFor();
    await page.getByLabel('HTTP client id').fill('prices');
    await page.getByRole('button', { name: 'Create the HTTP client' }).click();
    await page.getByText('is missing, and no value of kind "header" is stored').waitFor();
    expect(await page.getByLabel('Value of the header').getAttribute('aria-invalid')).toBe('true');
    await page.getByLabel('Value of the header').fill('never-shown-3');
    await page.getByRole('button', { name: 'Create the HTTP client' }).click();
    await page.getByRole('heading', { level: 1, name: 'prices' }).waitFor();
    await page.getByText('X-Api-Key').waitFor();
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByText('One is stored, which is never shown. Empty: it stays.').waitFor();
    expect(await page.getByLabel('Value of the header').inputValue()).toBe('');
    await page.getByLabel('Time for a call').fill('1234');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('1,234 ms').waitFor();
    expect(await read('/http-clients/prices')).toMatchObject({
      allowedHosts: ['api.example.com', '*.example.org:8443'],
      credentials: { kind: 'header', name: 'X-Api-Key' },
      timeoutMilliseconds: 1234,
    });
    expect(await page.content()).not.toContain('never-shown');
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Delete the HTTP client' }).click();
    await page.getByText('prices is deleted.').waitFor();
    expect((await call(admin.service, 'GET', '/profiles/shop/http-clients/prices')).status).toBe(404);
  });

  test('secrets are set, never shown again, say who reads them, and are kept while something does', async () => {
    const page = await admin.openSignedIn('/profiles/shop/secrets');
    await page.getByRole('link', { name: 'New secret' }).click();
    await page.getByLabel('Secret id').fill('pem');
    await page.getByRole('button', { name: 'Create the secret' }).click();
    await page.locator('[aria-invalid="true"]:focus').waitFor();
    const value = page.getByLabel('Value', { exact: true });
    expect(await value.getAttribute('aria-invalid')).toBe('true');
    const covered = () => page.evaluate<string>(`getComputedStyle(document.querySelector('textarea')).webkitTextSecurity`);
    expect(await covered()).toBe('disc');
    await page.getByLabel('Show what is typed').check();
    expect(await covered()).toBe('none');
    await value.fill('never-shown-4\nof two lines');
    await page.getByRole('button', { name: 'Create the secret' }).click();
    await page.getByRole('heading', { level: 1, name: 'pem' }).waitFor();
    await page.getByText('Nothing that answers requests now.').waitFor();
    expect(await page.content()).not.toContain('never-shown');
    const before = await read<{ readonly updatedAt: number }>('/secrets/pem');
    // Times are whole seconds.
    while (Date.now() / 1000 < before.updatedAt + 1) await setTimeout(50);
    await page.getByRole('link', { name: 'Set another value' }).click();
    expect(await page.getByLabel('New value').inputValue()).toBe('');
    await page.getByLabel('New value').fill('never-shown-5');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('pem is saved.').waitFor();
    expect((await read<{ readonly updatedAt: number }>('/secrets/pem')).updatedAt).toBeGreaterThan(before.updatedAt);

    await page.goto('/profiles/shop/secrets/api-key');
    await page.getByText(/version 1, which answers oauth-introspect at introspection/).waitFor();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Delete the secret' }).click();
    await page.locator('.toast-failed').waitFor();
    expect((await call(admin.service, 'GET', '/profiles/shop/secrets/api-key')).status).toBe(200);
    await page.goto('/profiles/shop/secrets/unused');
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Delete the secret' }).click();
    await page.getByText('unused is deleted.').waitFor();
  });

  test('buckets are made, changed and deleted, and what they hold for somebody is found and deleted', async () => {
    const page = await admin.openSignedIn('/profiles/shop/buckets/visits');
    await page.getByLabel('Subject').fill('nobody');
    await page.getByLabel('Subject').press('Enter');
    await page.getByText('The bucket holds nothing for this subject.').waitFor();
    await page.getByLabel('Subject').fill('alice');
    await page.getByLabel('Subject').press('Enter');
    await page.getByText('"times": 1').waitFor();
    expect(page.url()).not.toContain('alice');
    await page.getByRole('button', { name: 'Delete all of them' }).click();
    await page.getByRole('button', { name: 'Delete it all' }).click();
    await page.getByText('One entry is deleted.').waitFor();
    await page.getByText('The bucket holds nothing for this subject.').waitFor();
    expect((await introspect(admin.service, 'unknown')).status).toBe(200);

    await page.goto('/profiles/shop/buckets');
    await page.getByRole('link', { name: 'New bucket' }).click();
    await page.getByLabel('Bucket id').fill('no bucket');
    await page.getByRole('button', { name: 'Create the bucket' }).click();
    await page.getByText('must start with a letter or digit').waitFor();
    await page.getByLabel('Bucket id').fill('devices');
    await page.getByRole('button', { name: 'Create the bucket' }).click();
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByLabel('Description').fill('Known devices.');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Known devices.').waitFor();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Delete the bucket' }).click();
    await page.getByText('devices is deleted.').waitFor();
    expect((await call(admin.service, 'GET', '/profiles/shop/buckets/devices')).status).toBe(404);
  });

  test('is shown to who may only read, without what would change it', async () => {
    const made = await call(admin.service, 'POST', '/administrators', { id: 'reader', role: 'read' });
    const { token } = (await made.json()) as { readonly token: string };
    const page = await admin.open('/profiles/shop/buckets/visits');
    await admin.signIn(page, token);
    await page.getByLabel('Subject').fill('alice');
    await page.getByRole('button', { name: 'Look it up' }).click();
    await page.getByText('"times": 1').waitFor();
    for (const [address, seen] of [
      ['/profiles/shop/buckets/visits', 'How often somebody came'],
      ['/profiles/shop/http-clients/stock', 'basic, as'],
      ['/profiles/shop/secrets/from-file', 'is never shown'],
    ] as const) {
      await page.goto(address);
      await page.getByText(seen).waitFor();
      expect(await page.getByRole('link', { name: /^Edit$|^Set another value$/ }).count()).toBe(0);
      expect(await page.getByRole('button', { name: /^Delete/ }).count()).toBe(0);
    }
  });
});
