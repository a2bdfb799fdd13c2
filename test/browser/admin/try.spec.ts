import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { AdminInBrowser, LOOKS, type Look } from '../../support/admin-in-browser.ts';
import { describeInBrowser } from '../../support/browser.ts';
import { admin as call } from '../../support/running-service.ts';

const SECRET = 'a-secret-of-orders-alone';
const CONFIGURATION = `
profiles:
  shop:
    issuer: /~
    capabilities: [introspection, client-credentials, authorization-code, refresh-token]
    scopes: { read: {}, write: {}, openid: {} }
    endpoints: { oauth-token: { path: /token }, oauth-introspect: { path: /introspect } }
    tokenIssuers: { opaque: { kind: opaque }, jwt: { kind: jwt } }
    secrets: { pepper: { value: not-to-be-shown } }
    httpClients: { crm: { allowedHosts: [crm.example.com] } }
    clients:
      gateway: { name: Gateway, capabilities: [introspection], secret: a-secret-of-gateway-alone, properties: { plan: gold } }
      orders: { capabilities: [client-credentials], scopes: [read, write], secret: ${SECRET} }
      ${Array.from(
        { length: 30 },
        (_, i) => `      many-${i}: { capabilities: [client-credentials], scopes: [read], secret: a-secret-of-many-${i}-alone }`,
      )
        .join('\n')
        .trim()}
`;
/** The editor comes with a worker that reads a compiler first, on machines that have other things to do. */
const SLOW = { timeout: 90_000 };

const INTROSPECT = `function result(context) {
  const { presentedToken, client } = context;
  logger.info('asked by {}', client.id);
  logger.warn('<b>not</b> bold');
  if (!presentedToken.active) return { active: false };
  const issuer = context.getDefaultAccessTokenJwtIssuer();
  const jwt = issuer === null ? null : issuer.issue({ sub: presentedToken.data.sub, tier: 'gold', exp: presentedToken.data.exp });
  return { active: true, sub: presentedToken.data.sub, plan: client.properties.plan, jwt };
}
`;
const LOOKS_UP = `function result(context) {
  const answer = context.getWebServiceClient('crm').get({ path: '/members' });
  return { active: true, tier: JSON.parse(answer.body).tier, alias: sha256(secrets.get('pepper')) };
}
`;
const FAILS = `function result(context) {
  const nobody = null;
  return { name: nobody.name };
}
`;

const admin = new AdminInBrowser(CONFIGURATION);
const panel = (page: Page) => page.getByRole('region', { name: 'Try it' });
const outcome = (page: Page) => panel(page).locator('.try-outcome');
const part = (page: Page, label: string) => panel(page).getByRole('region', { name: label });

async function made(id: string, source: string, flow = 'oauth-introspect', more: object = {}): Promise<void> {
  const answer = await call(admin.service, 'POST', `/procedures/${id}/versions?flow=${flow}`, { source, ...more });
  expect([200, 201]).toContain(answer.status);
}

async function opened(id: string, look: Look = 'desktop'): Promise<Page> {
  const page = await admin.openSignedIn(`/procedures/${id}`, look);
  await page.locator('.cm-content').waitFor({ ...SLOW, state: 'attached' });
  if (look.startsWith('phone')) await page.getByRole('button', { name: 'Try it', exact: true }).click();
  await panel(page).waitFor();
  return page;
}

async function write(page: Page, text: string): Promise<void> {
  await page.locator('.cm-content').focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(text);
}

/** Runs it by the button, once it can be run. */
async function run(page: Page): Promise<void> {
  await panel(page).getByRole('button', { name: /^Run/ }).click();
}

async function choose(page: Page, label: string, typed: string, option: string | RegExp): Promise<void> {
  const box = page.getByRole('combobox', { name: label, exact: true });
  await box.click();
  await box.fill(typed);
  await page.getByRole('option', { name: option }).click();
}

async function issued(): Promise<string> {
  const answer = await fetch(`${admin.service.url}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`orders:${SECRET}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'read' }),
  });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { readonly access_token: string }).access_token;
}

describeInBrowser('trying procedures on the page', () => {
  beforeAll(async () => {
    await admin.start();
    for (const username of ['alice', 'albert', 'bob']) {
      const account = { username, password: null, attributes: { name: username.toUpperCase() } };
      expect((await call(admin.service, 'POST', '/profiles/shop/accounts', account)).status).toBe(201);
    }
    await made('asked', INTROSPECT);
    await made('fails', FAILS);
    await made('looks-up', LOOKS_UP, 'oauth-introspect', { secrets: ['pepper'] });
    const flow = 'oauth-token-client-credentials';
    const shipped = (await (await call(admin.service, 'GET', `/flows/${flow}`)).json()) as {
      readonly default: { readonly source: string };
    };
    await made('batch', shipped.default.source, flow);
  }, 120_000);
  afterEach(() => admin.leave());
  afterAll(() => admin.stop());

  test.each(Object.keys(LOOKS) as Look[])(
    'one click runs the text in what is there, and tells all of it, on %s',
    async (look) => {
      const page = await opened('asked', look);
      await panel(page).getByText('Effects are muted').waitFor();
      await admin.looksRight(page, `try-before-${look}`);
      await run(page);
      await outcome(page).getByText('Answered 200').waitFor(SLOW);
      // The client that may introspect, of all there are.
      expect(JSON.parse(await part(page, 'Response').innerText())).toMatchObject({ active: true, plan: 'gold' });
      expect(JSON.parse(await part(page, 'Claims of jwt').innerText())).toMatchObject({ tier: 'gold' });
      await panel(page).getByText('nobody takes it').waitFor();
      await panel(page)
        .getByText(/\(in \d+ minutes?\)/)
        .first()
        .waitFor();
      expect(await panel(page).getByRole('list', { name: 'Log' }).innerText()).toMatch(/asked by gateway[^]*<b>not<\/b> bold/);
      expect(
        await panel(page)
          .getByText(/of 50 ms/)
          .count(),
      ).toBe(1);
      await panel(page)
        .getByText(/Signed with a key that nobody trusts/)
        .waitFor();
      await admin.looksRight(page, `try-answered-${look}`);
      await panel(page).getByRole('button', { name: 'Save as a sample …' }).click();
      await page.getByRole('dialog').getByText('What must hold').waitFor();
      await admin.looksRight(page, `try-save-${look}`);
    },
    180_000,
  );

  test('what is in the editor runs, saved or not, by a key; a failure is marked in its line until the text there changes', async () => {
    const page = await opened('fails');
    await write(page, FAILS);
    await page.keyboard.press('Control+Enter');
    await outcome(page).getByText('Failed').waitFor(SLOW);
    await panel(page).getByText('It failed while it ran').waitFor();
    await panel(page)
      .getByText(/line 3, column \d+/)
      .waitFor();
    expect(await part(page, 'Where it failed').innerText()).toContain('nobody.name');
    const marked = page.getByRole('button', { name: /^Error.*Cannot read properties of null/ });
    await marked.waitFor(SLOW);
    await page.locator('.cm-lintRange-error', { hasText: 'name' }).waitFor();
    await admin.looksRight(page, 'try-failed');
    // Ctrl-Enter left the text alone.
    expect(await page.locator('.cm-line').count()).toBe(FAILS.split('\n').length);
    await page.locator('.cm-content').focus();
    await page.keyboard.press('Control+Home');
    await page.keyboard.insertText('// another line\n');
    await marked.waitFor({ state: 'detached' });
    await outcome(page).getByText('The text has changed since').waitFor();
    await write(page, 'function result(context) {\n  return { active: true, mended: true };\n}\n');
    await page.keyboard.press('Control+Enter');
    await outcome(page).getByText('Answered 200').waitFor(SLOW);
    expect(JSON.parse(await part(page, 'Response').innerText())).toMatchObject({ mended: true });
    expect((await call(admin.service, 'GET', '/procedures/fails/versions/2')).status).toBe(404);
  }, 180_000);

  test('a text that the check refuses is not run, and says where', async () => {
    const page = await opened('fails');
    await write(page, 'function result(context) {\n  return { a: ;\n}\n');
    await run(page);
    await outcome(page).getByText('Not run').waitFor(SLOW);
    await panel(page)
      .getByText(/line 2: /)
      .waitFor();
    await page.getByLabel('Language').selectOption('typescript');
    await write(page, 'function result(context: IntrospectionTokenProcedureContext): object {\n  return { a: context.nothing };\n}\n');
    await run(page);
    await panel(page)
      .getByText(/line 2: Property 'nothing' does not exist/)
      .waitFor(SLOW);
    await admin.looksRight(page, 'try-refused');
  }, 180_000);

  test('client and person are found by typing, scopes chosen, and the context is JSON for who wants that', async () => {
    const page = await opened('batch');
    const client = page.getByRole('combobox', { name: 'Client', exact: true });
    await client.click();
    await page.getByText('The first 20 are shown: type more of it.').waitFor();
    await admin.looksRight(page, 'try-client-choice');
    await client.fill('ord');
    await page.getByRole('option', { name: 'orders' }).waitFor();
    await page.getByText('1 found').waitFor();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await client.inputValue()).toBe('orders');
    await page.getByLabel('write', { exact: true }).uncheck();
    await page.getByLabel('read', { exact: true }).uncheck();
    await run(page);
    await panel(page).getByText('must name one at least').waitFor(SLOW);
    await page.getByLabel('read', { exact: true }).check();
    expect(await page.getByRole('combobox', { name: 'Person' }).count()).toBe(0);
    await run(page);
    await outcome(page).getByText('Answered 200').waitFor(SLOW);
    expect(JSON.parse(await part(page, 'Response').innerText())).toMatchObject({ scope: 'read' });
    await panel(page).getByText('Would have issued: opaque access token').waitFor();
    await page.getByRole('radio', { name: 'JSON' }).check();
    expect(JSON.parse(await page.getByLabel('Context as JSON').inputValue())).toEqual({ client: 'orders', scopes: ['read'] });
    await page.getByLabel('Begin with an example').selectOption({ index: 1 });
    expect(JSON.parse(await page.getByLabel('Context as JSON').inputValue())).not.toHaveProperty('client');
    await page.getByLabel('Context as JSON').fill('{ "client": "nobody" }');
    await run(page);
    await panel(page).getByText('no enabled client "nobody"').waitFor(SLOW);
    await page.getByLabel('Context as JSON').fill('{ "client": ');
    await run(page);
    await panel(page)
      .getByText(/is no JSON/)
      .waitFor();
    await admin.looksRight(page, 'try-json-wrong');

    await page.goto('/procedures/asked');
    await panel(page).waitFor(SLOW);
    await choose(page, 'Person', 'al', 'alice');
    await run(page);

    await outcome(page).getByText('Answered 200').waitFor(SLOW);
    const accounts = (await (await call(admin.service, 'GET', '/profiles/shop/accounts?username=alice')).json()) as {
      readonly items: readonly { readonly id: string }[];
    };
    expect(JSON.parse(await part(page, 'Response').innerText())).toMatchObject({ sub: accounts.items[0]?.id });
    await choose(page, 'Person', 'zoe', /^Subject zoe/);
    await page.getByText('More of the request').click();
    await page.getByLabel('Claims of the token, as JSON').fill('{ "acr": 1');
    await run(page);
    await panel(page)
      .getByText(/is no JSON/)
      .waitFor();
    await page.getByLabel('Claims of the token, as JSON').fill('{ "acr": "mfa" }');
    await run(page);
    await part(page, 'Response').getByText('"zoe"').waitFor(SLOW);
    await page.getByLabel('The token is not active').check();
    await run(page);
    await part(page, 'Response').getByText('"active": false').waitFor(SLOW);
  }, 180_000);

  test('a pasted token is looked up, and kept nowhere', async () => {
    const token = await issued();
    const page = await opened('asked');
    await page.getByRole('radio', { name: 'A token' }).check();
    await run(page);
    await panel(page).getByText('paste a token first').waitFor();
    await page.getByLabel('Token', { exact: true }).fill(token);
    await run(page);
    await part(page, 'Response').getByText('"orders"').waitFor(SLOW);
    await page.getByText('What it was tried in', { exact: true }).last().click();
    await admin.looksRight(page, 'try-token');
    expect(
      await page.evaluate<string>('JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, history.state])'),
    ).not.toContain(token);
    expect(await panel(page).innerText()).not.toContain(token);
    await page.reload();
    await panel(page).waitFor(SLOW);
    await page.getByRole('radio', { name: 'A token' }).check();
    expect(await page.getByLabel('Token', { exact: true }).inputValue()).toBe('');
  }, 180_000);

  test('services are given their answers, and a secret is a label', async () => {
    const page = await opened('looks-up');
    await run(page);
    await outcome(page).getByText('Failed').waitFor(SLOW);
    await panel(page)
      .getByRole('button', { name: /^Answer it/ })
      .click();
    await page.getByLabel('Answer 1 as JSON').fill('{ "body": { "tier": "gold" } }');
    await run(page);
    await outcome(page).getByText('Answered 200').waitFor(SLOW);
    expect(JSON.parse(await part(page, 'Response').innerText())).toMatchObject({ tier: 'gold' });
    await panel(page).getByText('A label stood in the place of the secret pepper').waitFor();
    await panel(page).getByText('Was not asked: http GET crm.example.com/members').waitFor();
    await admin.looksRight(page, 'try-answers');
  }, 180_000);

  test('a run that was cancelled or overtaken says nothing any more', async () => {
    const page = await opened('asked');
    let release: () => void = () => undefined;
    let requests = 0;
    await page.route('**/admin/v1/dry-run', async (route) => {
      requests++;
      if (requests === 1)
        await new Promise<void>((resolve) => {
          release = resolve;
        });
      // The page may have given it up meanwhile.
      await route.continue().catch(() => undefined);
    });
    await run(page);
    await outcome(page).getByText('Running').waitFor();
    await write(page, "function result(context) { return { active: true, which: 'second' }; }");
    await panel(page).getByRole('button', { name: 'Run again' }).click();
    await part(page, 'Response').getByText('"second"').waitFor(SLOW);
    release();
    await run(page);
    await outcome(page).getByText('Answered 200').waitFor(SLOW);
    expect(JSON.parse(await part(page, 'Response').innerText())).toMatchObject({ which: 'second' });
    requests = 0;
    await run(page);
    await panel(page).getByRole('button', { name: 'Cancel' }).click();
    await outcome(page).getByText('Answered 200').waitFor();
    release();
    expect(await panel(page).getByRole('button', { name: 'Cancel' }).count()).toBe(0);
  }, 180_000);

  test('what was tried is saved as a sample with what must hold, which is compared, changed, renamed, deleted, and runs at each save', async () => {
    await made('sampled', INTROSPECT);
    const page = await opened('sampled');
    const samples = page.getByRole('list', { name: 'Samples' });
    await panel(page).getByRole('button', { name: 'Samples' }).click();
    await panel(page).getByText('No samples yet').waitFor();
    await panel(page).getByRole('button', { name: 'Try', exact: true }).click();
    await choose(page, 'Person', 'ali', 'alice');
    await run(page);
    await panel(page).getByRole('button', { name: 'Save as a sample …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await dialog.getByText('is missing').waitFor();
    await dialog.getByLabel('Name').fill('alice at the gateway');
    // What is another one in each run is not expected to be the same.
    expect(await dialog.getByLabel(/^Response jwt/).inputValue()).toBe('kind');
    expect(await dialog.getByLabel(/^Response plan/).inputValue()).toBe('value');
    await dialog.getByLabel(/^Log has asked by gateway/).selectOption('value');
    await admin.looksRight(page, 'try-sample-save');
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('The sample alice at the gateway is saved, and holds').waitFor(SLOW);
    const kept = await (await call(admin.service, 'GET', '/procedures/sampled/samples')).json();
    expect(kept).toMatchObject({
      items: [
        {
          name: 'alice at the gateway',
          sample: { client: { id: 'gateway', properties: { plan: 'gold' } }, user: { name: 'ALICE' } },
          expect: { status: 200, response: { active: true, plan: 'gold', jwt: { $any: 'string' } }, log: ['asked by gateway'] },
        },
      ],
    });

    // The text of the editor in it, all that differs, and the very run.
    await write(page, INTROSPECT.replace('plan: client.properties.plan', "plan: 'silver'"));
    await panel(page)
      .getByRole('button', { name: /^Samples/ })
      .click();
    await panel(page).getByRole('button', { name: 'Run all' }).click();
    await panel(page).getByText('0 of 1 passed').waitFor(SLOW);
    await samples.locator('.cm-deletedChunk', { hasText: 'gold' }).waitFor(SLOW);
    await admin.looksRight(page, 'try-samples');
    await page.getByRole('button', { name: 'Save version 2' }).click();
    await page.getByText('It does not pass 1 of its 1 samples').waitFor(SLOW);
    await panel(page).getByRole('button', { name: 'Run alice at the gateway' }).click();
    await outcome(page).getByText('failed', { exact: true }).waitFor(SLOW);
    await part(page, 'Response').getByText('"silver"').waitFor();
    await admin.looksRight(page, 'try-sample-failed');

    // It is to be so from now on, and is called otherwise.
    await panel(page).getByRole('button', { name: 'Change what it expects …' }).click();
    await dialog.getByLabel('Name').fill('alice has silver');
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('The sample alice has silver is saved, and holds').waitFor(SLOW);
    await panel(page)
      .getByRole('button', { name: /^Samples \(1\)/ })
      .click();
    await panel(page).getByRole('button', { name: 'Run all' }).click();
    await panel(page).getByText('1 of 1 passed').waitFor(SLOW);

    // As JSON: what makes no sense is said, and nothing is saved.
    await panel(page).getByRole('button', { name: 'Edit alice has silver' }).click();
    await dialog.getByLabel('What must hold, as JSON').fill('{ "stats": 200 }');
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await dialog.getByText(/stats/).last().waitFor();
    await admin.looksRight(page, 'try-sample-wrong');
    await call(admin.service, 'PUT', '/procedures/sampled/samples/alice%20has%20silver', { sample: { user: 'zoe' } });
    await dialog.getByLabel('What must hold, as JSON').fill('{ "status": 200 }');
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await dialog.getByText('Somebody else has changed this sample meanwhile').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await panel(page).getByRole('button', { name: 'Delete alice has silver' }).click();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await panel(page).getByText('No samples yet', { exact: true }).waitFor();
    expect(await (await call(admin.service, 'GET', '/procedures/sampled/samples')).json()).toMatchObject({ items: [] });
  }, 180_000);

  test('samples are downloaded as the file that tests run, and taken from one', async () => {
    await made('filed', INTROSPECT);
    const page = await opened('filed');
    await panel(page).getByRole('button', { name: 'Samples' }).click();
    const choosing = async (text: string) => {
      const chooser = page.waitForEvent('filechooser');
      await panel(page).getByRole('button', { name: 'Upload …' }).click();
      await (await chooser).setFiles({ name: 'x.samples.json', mimeType: 'application/json', buffer: Buffer.from(text) });
    };
    await choosing('{ "sample": {} }');
    await page.getByText('x.samples.json has no samples').waitFor();
    const samples = { one: { sample: { user: 'alice' }, expect: { status: 200 } }, two: { sample: {}, expect: {} } };
    await choosing(JSON.stringify({ samples, secrets: { key: 'made up' } }));
    await page.getByRole('dialog').getByText('All of them are new').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Save them' }).click();
    await page.getByText('2 samples saved.').waitFor();
    await panel(page).getByRole('button', { name: 'Run all' }).click();
    await panel(page).getByText('2 of 2 passed').waitFor(SLOW);
    await admin.looksRight(page, 'try-sample-files');
    const download = page.waitForEvent('download');
    await panel(page).getByRole('button', { name: 'Download' }).click();
    expect((await download).suggestedFilename()).toBe('filed.samples.json');
    expect(JSON.parse(readFileSync(await (await download).path(), 'utf8'))).toEqual({ samples });
    await choosing(JSON.stringify({ samples: { one: { sample: { usr: 1 } } } }));
    await page.getByRole('dialog').getByText('take the place of samples of the same name: one').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Save them' }).click();
    await page.getByText('The sample one was not saved, nor were those after it').waitFor();
  }, 180_000);

  test('on a narrow screen the key shows what comes of it', async () => {
    const page = await admin.openSignedIn('/procedures/asked', 'phone');
    await page.locator('.cm-content').waitFor(SLOW);
    await page.locator('.try input[value="Gateway (gateway)"]').waitFor({ state: 'attached' });
    await page.locator('.cm-content').focus();
    await page.keyboard.press('Control+Enter');
    await outcome(page).getByText('Answered 200').waitFor(SLOW);
  }, 180_000);

  test('a reader reads, and is told what it takes to run it', async () => {
    const { token } = (await (await call(admin.service, 'POST', '/administrators', { id: 'a-reader', role: 'read' })).json()) as {
      token: string;
    };
    const page = await admin.open('/procedures/asked');
    await admin.signIn(page, token);
    await panel(page).getByText('to run it you need the role author').waitFor(SLOW);
    expect((await call(admin.service, 'PUT', '/procedures/batch/samples/kept', { sample: {}, expect: {} })).status).toBe(200);
    await page.goto('/procedures/batch');
    await panel(page).getByRole('button', { name: 'Samples (1)' }).click();
    await page.getByRole('list', { name: 'Samples' }).getByText('kept').first().waitFor();
    expect(
      await panel(page)
        .getByRole('button', { name: /Run all|Edit|Delete/ })
        .count(),
    ).toBe(0);
    expect(await panel(page).getByRole('button', { name: 'Run' }).isDisabled()).toBe(true);
  }, 180_000);
});
