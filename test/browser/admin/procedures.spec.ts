import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { AdminInBrowser, LOOKS, type Look } from '../../support/admin-in-browser.ts';
import { describeInBrowser } from '../../support/browser.ts';
import { admin as call } from '../../support/running-service.ts';

const CONFIGURATION = `
profiles:
  shop:
    issuer: /~
    capabilities: [introspection, client-credentials]
    scopes: { read: {} }
    endpoints: { oauth-token: { path: /token }, oauth-introspect: { path: /introspect } }
    tokenIssuers: { opaque: { kind: opaque } }
    secrets: { api-key: { value: not-to-be-shown } }
procedures:
  from-file: { flow: oauth-introspect, source: 'function result(context) { return {}; }' }
`;
/** Types and documentation come from a worker that reads a compiler first, on machines that have other things to do. */
const SLOW = { timeout: 90_000 };

const admin = new AdminInBrowser(CONFIGURATION);

/** Opens the page of a procedure that is made with its versions by the API. */
async function openWith(id: string, sources: readonly string[], look: Look = 'desktop'): Promise<Page> {
  for (const source of sources) {
    const made = await call(admin.service, 'POST', `/procedures/${id}/versions?flow=oauth-introspect`, {
      source,
      note: `as ${source.length} characters`,
    });
    expect([200, 201]).toContain(made.status);
  }
  const page = await admin.openSignedIn(`/procedures/${id}`, look);
  await ready(page);
  return page;
}

const returning = (body: string) => `function result(context) {\n  return ${body};\n}\n`;

/** Until the text is checked. */
async function ready(page: Page): Promise<void> {
  await page
    .locator('.problems-summary')
    .filter({ hasText: /No problems|F8/ })
    .waitFor(SLOW);
}

async function write(page: Page, text: string): Promise<void> {
  await page.locator('.cm-content').focus();
  await page.keyboard.press('Control+a');
  // In one piece, as a paste: brackets that are typed would be closed by the editor.
  await page.keyboard.insertText(text);
}

describeInBrowser('procedures on the page', () => {
  beforeAll(() => admin.start(), 120_000);
  afterEach(() => admin.leave());
  afterAll(() => admin.stop());

  test('a first procedure is made, completed by types, refused for one that is wrong, mended, saved, activated and rolled back', async () => {
    const page = await admin.openSignedIn('/procedures');
    await page.getByRole('link', { name: 'New procedure' }).click();
    await page.getByLabel('Name').fill('phantom');
    await page.getByLabel('Language').selectOption('typescript');
    await page.getByLabel('Begin with').selectOption('empty');
    await admin.looksRight(page, 'procedure-new');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { level: 1, name: 'phantom' }).waitFor();
    await ready(page);

    await write(page, 'function result(context: IntrospectionTokenProcedureContext): object {\n  return { a: ');
    await page.keyboard.type('context.pres');
    const option = page.getByRole('option', { name: 'presentedToken', exact: true });
    await option.waitFor(SLOW);
    await page.getByText('The token that the caller asks about').waitFor(SLOW);
    await admin.looksRight(page, 'procedure-completion');
    await page.keyboard.press('Enter');
    await page.keyboard.insertText('.actve };\n}\n');
    await page.getByRole('button', { name: /Property 'actve' does not exist/ }).waitFor(SLOW);
    await admin.looksRight(page, 'procedure-type-error');

    await page.getByRole('button', { name: 'Save version 1' }).click();
    await page.getByText('The check refuses the text').waitFor(SLOW);
    expect((await call(admin.service, 'GET', '/procedures/phantom/versions/1')).status).toBe(404);

    // F8 goes to the problem, and the type is told where the cursor is.
    await page.locator('.cm-content').focus();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('F8');
    await page.locator('.cm-tooltip', { hasText: 'actve' }).first().waitFor(SLOW);
    await write(
      page,
      'function result(context: IntrospectionTokenProcedureContext): object {\n  return { active: context.presentedToken.active };\n}\n',
    );
    await page.getByText('No problems').waitFor(SLOW);
    await page.getByLabel('What is new in the version').fill('says whether it is active');
    await page.getByRole('button', { name: 'Save version 1' }).click();
    await page.getByText('Version 1 is saved').waitFor(SLOW);

    await write(page, 'function result(context: IntrospectionTokenProcedureContext): object {\n  return { active: false };\n}\n');
    await page.keyboard.press('Control+s');
    await page.getByText('Version 2 is saved').waitFor(SLOW);
    for (const [version, was] of [
      [1, 'the shipped procedure'],
      [2, 'version 1'],
    ] as const) {
      await page.goto('/procedures/phantom/versions');
      await page
        .getByRole('button', { name: `Activate version ${version}`, exact: false })
        .first()
        .click();
      const dialog = page.getByRole('dialog', { name: `Activate version ${version} of phantom` });
      await dialog.getByText(`against ${was}`).waitFor();
      await dialog.locator('.cm-changedLine, .cm-insertedLine').first().waitFor(SLOW);
      await admin.looksRight(page, `procedure-activate-${version}`);
      await dialog.getByRole('button', { name: 'Activate', exact: true }).click();
      await page.getByText(`Version ${version} of phantom is active.`).waitFor();
    }
    await page.getByRole('button', { name: 'Roll back' }).click();
    const rolled = page.getByRole('dialog', { name: 'Rolled back' });
    await rolled.getByText('Version 1 of phantom is active again').waitFor();
    await rolled.getByRole('button', { name: 'Undo: activate version 2' }).click();
    await page.getByText('version 2 active').waitFor();
  }, 300_000);

  test('a text that is not saved is there again after a reload, and discarded when one says so', async () => {
    const page = await openWith('drafted', [returning('{ a: 1 }')]);
    await write(page, returning('{ a: 2 }'));
    await page.getByText('unsaved changes').waitFor();
    page.once('dialog', (dialog) => void dialog.accept());
    await page.reload();
    await page.getByText(/Your unsaved changes of/).waitFor(SLOW);
    await page.locator('.cm-line', { hasText: '{ a: 2 }' }).waitFor(SLOW);
    await page.getByRole('button', { name: 'Discard', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
    await page.locator('.cm-line', { hasText: '{ a: 1 }' }).waitFor();
    expect(await page.evaluate<number>('Object.keys(sessionStorage).filter((key) => key.includes("draft")).length')).toBe(0);
  }, 180_000);

  test('what somebody else saved meanwhile is shown before anything is saved over it', async () => {
    const page = await openWith('shared', [returning('{ a: 1 }')]);
    await write(page, returning('{ mine: true }'));
    await call(admin.service, 'POST', '/procedures/shared/versions', { source: returning('{ theirs: true }') });
    await page.getByRole('button', { name: /^Save version/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Somebody else saved meanwhile' });
    await dialog.locator('.cm-deletedChunk', { hasText: 'theirs' }).waitFor(SLOW);
    await admin.looksRight(page, 'procedure-conflict');
    await dialog.getByRole('button', { name: 'Save mine as version 3' }).click();
    await page.getByText('Version 3 is saved').waitFor(SLOW);
    const saved = await call(admin.service, 'GET', '/procedures/shared/versions/3/source');
    expect(await saved.text()).toContain('mine');
  }, 180_000);

  test('it is bound to an endpoint and unbound again, and the list says where', async () => {
    const page = await openWith('bound', [returning('{ active: false }')]);
    await page.getByRole('link', { name: 'Bindings' }).click();
    await page.getByLabel('Endpoint').selectOption({ label: 'oauth-introspect of shop (/introspect)' });
    await page.getByLabel('Version', { exact: true }).selectOption('1');
    await page.getByRole('button', { name: 'Bind', exact: true }).click();
    await page.getByText('stays at version 1').waitFor();
    await admin.looksRight(page, 'procedure-bindings');
    await page.goto('/procedures?q=bound');
    await page.getByRole('cell', { name: 'oauth-introspect of shop' }).waitFor();
    await admin.looksRight(page, 'procedures');
    await page.goto('/procedures/bound/bindings');
    await page.getByRole('button', { name: /^Unbind/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Unbind' }).click();
    await page.getByText('It is bound nowhere').waitFor();
    await page.getByRole('link', { name: 'Settings', exact: true }).click();
    await page.getByRole('button', { name: 'Delete …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('heading', { level: 1, name: 'Procedures' }).waitFor();
    expect((await call(admin.service, 'GET', '/procedures/bound')).status).toBe(404);
  }, 180_000);

  test('a version that fails in a sample is activated by who says so, and told whom it answers', async () => {
    const page = await openWith('sampled', [returning('{ active: false }')]);
    await call(admin.service, 'PUT', '/profiles/shop/endpoints/oauth-introspect/bindings/oauth-introspect', {
      procedure: 'sampled',
      version: 1,
    });
    await call(admin.service, 'POST', '/procedures/sampled/activate', { version: 1 });
    await call(admin.service, 'PUT', '/profiles/shop/endpoints/oauth-introspect/bindings/oauth-introspect', { procedure: 'sampled' });
    const sample = { sample: {}, expect: { response: { active: false } } };
    expect((await call(admin.service, 'PUT', '/procedures/sampled/samples/closed', sample)).status).toBe(200);
    await write(page, returning('{ active: true }'));
    await page.getByRole('button', { name: /^Save version/ }).click();
    await page.getByText('Version 2 is saved').waitFor(SLOW);
    await page.getByRole('button', { name: 'Activate version 2 …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Activate version 2 of sampled' });
    await dialog.getByText('It fails in 1 of 1 samples').waitFor(SLOW);
    await dialog.getByText('of profile shop').waitFor();
    await admin.looksRight(page, 'procedure-activate-failing');
    await dialog.getByRole('button', { name: 'Activate', exact: true }).click();
    await dialog.getByText('It was not activated').waitFor();
    await dialog.getByLabel('Activate it all the same').check();
    await dialog.getByRole('button', { name: 'Activate', exact: true }).click();
    await page.getByText('Version 2 of sampled is active.').waitFor();
    await call(admin.service, 'DELETE', '/profiles/shop/endpoints/oauth-introspect/bindings/oauth-introspect');
  }, 180_000);

  test('of a file are taken over by who says so', async () => {
    const page = await admin.openSignedIn('/procedures/from-file');
    await ready(page);
    await write(page, returning('{ ours: true }'));
    await page.getByRole('button', { name: 'Save version 2' }).click();
    const dialog = page.getByRole('dialog', { name: 'A configuration file owns this' });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('unsaved changes').waitFor();
    await page.getByRole('button', { name: 'Save version 2' }).click();
    await dialog.getByRole('button', { name: 'Take over and change' }).click();
    await page.getByText('Version 2 is saved').waitFor(SLOW);
    await page.getByText('by the API').waitFor();
  }, 180_000);

  test('an author saves and may propose, a reader reads', async () => {
    const made = await call(admin.service, 'POST', '/procedures/roles/versions?flow=oauth-introspect', { source: returning('{ a: 1 }') });
    expect(made.status).toBe(201);
    for (const role of ['author', 'read']) {
      const { token } = (await (await call(admin.service, 'POST', '/administrators', { id: `a-${role}`, role })).json()) as {
        token: string;
      };
      const page = await admin.open('/procedures/roles');
      await admin.signIn(page, token);
      await ready(page);
      if (role === 'author') {
        await page.getByRole('button', { name: 'Activate version 1 …' }).click();
        await page.getByRole('dialog').getByRole('button', { name: 'Propose it' }).waitFor();
        await page.keyboard.press('Escape');
        await write(page, returning('{ a: 2 }'));
        await page.getByRole('button', { name: 'Save version 2' }).click();
        await page.getByText('Version 2 is saved').waitFor(SLOW);
      } else {
        await page.getByText('Your role reads: to change it').waitFor();
        expect(await page.getByRole('button', { name: /Save version|Activate|Roll back/ }).count()).toBe(0);
        await page.locator('.cm-content').focus();
        await page.keyboard.insertText('not mine');
        expect(await page.locator('.cm-content').innerText()).not.toContain('not mine');
      }
      await admin.leave();
    }
  }, 180_000);

  test('nothing of a text is run in the browser, and the policy would not let it', async () => {
    const page = await openWith('hostile', [returning('{}')]);
    await write(page, 'globalThis.ran = true;\nfunction result(context) {\n  globalThis.ran = true;\n  return {};\n}\n');
    await page.getByRole('button', { name: 'Format' }).click();
    await ready(page);
    expect(await page.evaluate('typeof globalThis.ran')).toBe('undefined');
    const [worker] = page.workers();
    expect(await worker?.evaluate('typeof globalThis.ran')).toBe('undefined');
    const refused = await page.evaluate<boolean>(`new Promise((resolve) => {
      document.addEventListener('securitypolicyviolation', ({ violatedDirective }) => resolve(violatedDirective.startsWith('script-src')), { once: true });
      const script = document.createElement('script');
      script.textContent = 'globalThis.ran = true';
      document.head.append(script);
    })`);
    expect(refused).toBe(true);
    expect(await page.evaluate('typeof globalThis.ran')).toBe('undefined');
    admin.forgive(/Content Security Policy/);
  }, 180_000);

  test('the keyboard is enough: Tab leaves the editor, or indents when one chose so and Escape, then Tab leaves', async () => {
    const page = await openWith('keys', [returning('{}')]);
    const inEditor = () => page.evaluate<boolean>('document.activeElement.closest(".cm-editor") !== null');
    await page.locator('.cm-content').focus();
    await page.keyboard.press('Tab');
    expect(await inEditor()).toBe(false);
    await page.locator('.cm-content').focus();
    await page.keyboard.press('F1');
    await page.getByRole('dialog', { name: 'Keys of the editor' }).getByLabel('The Tab key indents').check();
    await admin.looksRight(page, 'procedure-keys');
    await page.keyboard.press('Escape');
    await page.locator('.cm-content').focus();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Tab');
    expect(await inEditor()).toBe(true);
    await page.locator('.cm-line', { hasText: /^ {2}function/ }).waitFor();
    await page.keyboard.press('Shift+Alt+f');
    await page.locator('.cm-line', { hasText: /^function/ }).waitFor(SLOW);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    expect(await inEditor()).toBe(false);
  }, 180_000);

  test.each(Object.keys(LOOKS) as Look[])(
    'look right on %s',
    async (look) => {
      const page = await openWith('looks', [returning('{ a: 1 }'), returning('{ a: context.presentedToken.actve }')], look);
      await admin.looksRight(page, `procedure-${look}`);
      await page.getByRole('link', { name: 'Versions' }).click();
      await page.getByRole('list', { name: 'Versions' }).waitFor();
      await admin.looksRight(page, `procedure-versions-${look}`);
      await page.getByRole('button', { name: 'Compare version 2' }).click();
      await page.locator('.diff-view .cm-content').waitFor(SLOW);
      await admin.looksRight(page, `procedure-diff-${look}`);
      await page.goto('/procedures');
      await page.getByRole('link', { name: 'looks' }).waitFor();
      await admin.looksRight(page, `procedures-${look}`);
    },
    180_000,
  );

  test('a library is written, saved and activated, and a procedure that takes it sees its types', async () => {
    const page = await admin.openSignedIn('/libraries/new');
    await page.getByLabel('Name').fill('greetings');
    await page.getByLabel('Language').selectOption('typescript');
    await page.getByRole('button', { name: 'Write it' }).click();
    await ready(page);
    await page.getByRole('button', { name: 'Save version 1' }).click();
    await page.getByText('Version 1 is saved').waitFor(SLOW);
    await page.getByRole('button', { name: 'Activate version 1 …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Activate', exact: true }).click();
    await page.getByText('Version 1 of greetings is active.').waitFor();
    await call(admin.service, 'POST', '/procedures', { id: 'greeter', flow: 'oauth-introspect' });
    await page.goto('/procedures/greeter');
    await ready(page);
    await page.getByText('Libraries and secrets').click();
    await page.getByLabel('Add a library').selectOption('greetings@1');
    await page.getByLabel('Language').selectOption('typescript');
    await write(page, 'function result(context: IntrospectionTokenProcedureContext): object {\n  return { hello: greeting(7) };\n}\n');
    await page.getByRole('button', { name: /'number' is not assignable/ }).waitFor(SLOW);
  }, 180_000);
});
