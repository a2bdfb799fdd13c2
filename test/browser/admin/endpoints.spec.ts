import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { AdminInBrowser, LOOKS, type Look } from '../../support/admin-in-browser.ts';
import { describeInBrowser } from '../../support/browser.ts';
import { admin as call } from '../../support/running-service.ts';

const CONFIGURATION = `
profiles:
  shop:
    issuer: /~
    capabilities: [introspection, client-credentials]
    endpoints:
      oauth-token: { path: /token }
      introspection: { kind: oauth-introspect, path: /introspect }
      people: { kind: user-pages, path: /people, userPages: { title: Shop of all shops, locales: [en, de] } }
    tokenIssuers: { opaque: { kind: opaque } }
`;
const answerWith = (member: string) => `function result(context) { return { active: false, ${member}: true }; }`;

const admin = new AdminInBrowser(CONFIGURATION);
const upload = (procedure: string, flow: string, source: string) =>
  call(admin.service, 'POST', `/procedures/${procedure}/versions?flow=${flow}&activate=true`, { source });
const binding = async (flow: string) =>
  (await (await call(admin.service, 'GET', `/profiles/shop/endpoints/introspection/bindings/${flow}`)).json()) as {
    readonly procedure?: string;
    readonly version?: number | null;
  };

describeInBrowser('endpoints on the page', () => {
  beforeAll(async () => {
    await admin.start();
    for (const member of ['first', 'second']) expect((await upload('phantom', 'oauth-introspect', answerWith(member))).status).toBe(201);
    expect((await upload('other', 'oauth-token-client-credentials', 'function result() { return {}; }')).status).toBe(201);
    const token = '/profiles/shop/endpoints/oauth-token/bindings/oauth-token-client-credentials';
    expect((await call(admin.service, 'PUT', token, { procedure: 'other', version: 1 })).status).toBe(201);
  }, 120_000);
  afterEach(() => admin.leave());
  afterAll(() => admin.stop());

  test.each(Object.keys(LOOKS) as Look[])('look right in their list and one by one, on %s', async (look) => {
    const page = await admin.openSignedIn('/profiles/shop/endpoints', look);
    await page.getByRole('link', { name: 'introspection' }).waitFor();
    await page.getByText(/^and \d+ shipped defaults$/).waitFor();
    await page.getByText(`${admin.service.url}/introspect`).waitFor();
    await admin.looksRight(page, `endpoints-${look}`);
    await page.goto('/profiles/shop/endpoints/oauth-token');
    await page.getByText('pinned to version 1').waitFor();
    await admin.looksRight(page, `endpoint-${look}`);
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByLabel('Settings as JSON').waitFor();
    await admin.looksRight(page, `endpoint-edit-${look}`);
  });

  test('have procedures bound, pinned and unbound by a dialog that offers those of the flow alone', async () => {
    const page = await admin.openSignedIn('/profiles/shop/endpoints/introspection');
    await page.getByRole('button', { name: 'Bind oauth-introspect', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'What answers oauth-introspect' });
    expect(await dialog.getByLabel('Procedure').locator('option').allInnerTexts()).toEqual(['Choose one', 'phantom']);
    await dialog.getByLabel('Procedure').selectOption('phantom');
    await dialog.getByLabel('Version').selectOption({ label: 'the active one, now version 2' });
    await admin.looksRight(page, 'endpoint-bind');
    await dialog.getByRole('button', { name: 'Bind' }).click();
    await page.getByText('active version, now 2').waitFor();
    expect(await binding('oauth-introspect')).toMatchObject({ procedure: 'phantom', version: null });
    await page.getByRole('button', { name: 'Change oauth-introspect', exact: true }).click();
    await dialog.getByLabel('Version').locator('option', { hasText: 'version 1' }).waitFor({ state: 'attached' });
    await dialog.getByLabel('Version').selectOption('1');
    await dialog.getByRole('button', { name: 'Bind' }).click();
    await page.getByText('pinned to version 1').waitFor();
    await page.getByText('version 2 is active').waitFor();
    expect(await binding('oauth-introspect')).toMatchObject({ procedure: 'phantom', version: 1 });
    await page.getByRole('button', { name: 'Unbind oauth-introspect', exact: true }).click();
    await page.getByRole('button', { name: 'Give it back to the default' }).click();
    await page.getByRole('button', { name: 'Bind oauth-introspect', exact: true }).waitFor();
    expect((await call(admin.service, 'GET', '/profiles/shop/endpoints/introspection/bindings/oauth-introspect')).status).toBe(404);
  });

  test('tell what is wrong with the procedure that answers', async () => {
    expect((await upload('broken', 'oauth-introspect', 'function result() { throw new Error("the heart stopped"); }')).status).toBe(201);
    const flow = '/profiles/shop/endpoints/introspection/bindings/oauth-introspect';
    expect((await call(admin.service, 'PUT', flow, { procedure: 'broken' })).status).toBe(201);
    const made = await call(admin.service, 'POST', '/profiles/shop/clients', { id: 'api', capabilities: ['introspection'] });
    const { secret } = (await made.json()) as { readonly secret: string };
    const answer = await fetch(`${admin.service.url}/introspect`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`api:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ token: 'unknown' }),
    });
    expect(answer.status).toBe(500);
    const page = await admin.openSignedIn('/profiles/shop/endpoints/introspection');
    await page.getByText(/It failed .*the heart stopped/).waitFor();
    await admin.looksRight(page, 'endpoint-trouble');
    await call(admin.service, 'DELETE', flow);
  });

  test('are made with errors at their fields, changed and deleted', async () => {
    const page = await admin.openSignedIn('/profiles/shop/endpoints');
    await page.getByRole('link', { name: 'New endpoint' }).click();
    await page.getByRole('button', { name: 'Create the endpoint' }).click();
    await page.getByText('is missing', { exact: true }).waitFor();
    await page.getByLabel('Endpoint id').fill('introspection');
    await page.getByLabel('Path').fill('/introspect');
    await page.getByRole('button', { name: 'Create the endpoint' }).click();
    await page.getByText('is taken already').waitFor();
    await page.getByLabel('Endpoint id').fill('for-gateways');
    await page.getByRole('button', { name: 'Create the endpoint' }).click();
    await page.locator('[aria-invalid="true"][value="/introspect"]:focus').waitFor();
    await admin.looksRight(page, 'endpoint-new-refused');
    await page.getByLabel('Path').fill('/gateways');
    await page.getByLabel('Settings as JSON').fill('{ "revocationLag": 5 }');
    await page.getByRole('button', { name: 'Create the endpoint' }).click();
    await page.getByRole('heading', { level: 1, name: 'for-gateways' }).waitFor();
    await page.getByText('5 s', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByLabel('Enabled').uncheck();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('disabled', { exact: true }).waitFor();
    expect((await fetch(`${admin.service.url}/gateways`, { method: 'POST' })).status).toBe(404);
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Delete the endpoint' }).click();
    await page.getByText('for-gateways is deleted.').waitFor();
    await page.getByRole('link', { name: 'introspection' }).waitFor();
    expect(await page.getByRole('link', { name: 'for-gateways' }).count()).toBe(0);
  });

  test('show the pages for people as they are stored, in a frame that can do nothing', async () => {
    const page = await admin.openSignedIn('/profiles/shop/endpoints/people');
    const frame = page.locator('iframe');
    const shown = frame.contentFrame();
    await shown.getByText('Shop of all shops').first().waitFor();
    expect(await frame.getAttribute('sandbox')).toBe('');
    await shown.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    await admin.looksRight(page, 'endpoint-preview');
    await page.getByLabel('Page', { exact: true }).selectOption('Consent');
    await page.getByLabel('Language').selectOption('de');
    await shown.getByText('Order Tracker Zugriff erlauben?').first().waitFor();
    await page.getByLabel('Colours').selectOption('dark');
    await page.getByLabel('Window').selectOption('of a telephone');
    await shown.getByText('Order Tracker Zugriff erlauben?').first().waitFor();
    await admin.looksRight(page, 'endpoint-preview-narrow');
    expect((await frame.boundingBox())?.width).toBe(390);
    // That the frame may not even take the focus is what it is for.
    admin.forgive(/^Blocked autofocusing/);
  });

  test('are shown to who may only read, without what would change them', async () => {
    const made = await call(admin.service, 'POST', '/administrators', { id: 'reader', role: 'read' });
    const { token } = (await made.json()) as { readonly token: string };
    const page = await admin.open('/profiles/shop/endpoints/oauth-token');
    await admin.signIn(page, token);
    await page.getByText('pinned to version 1').waitFor();
    for (const name of [/Delete/, /^Bind/, /^Change/, /^Unbind/]) expect(await page.getByRole('button', { name }).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Edit' }).count()).toBe(0);
  });
});
