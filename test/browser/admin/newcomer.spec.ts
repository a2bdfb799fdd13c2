import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { AdminInBrowser } from '../../support/admin-in-browser.ts';
import { describeInBrowser } from '../../support/browser.ts';
import { postForm } from '../../support/running-service.ts';

/** A profile for each way to use the page: what one journey binds is in nobody else's. */
const profile = (name: string) => `
  ${name}:
    issuer: /${name}
    capabilities: [introspection, client-credentials]
    scopes: { read: {} }
    endpoints: { oauth-token: { path: /${name}/token }, oauth-introspect: { path: /${name}/introspect } }
    tokenIssuers: { opaque: { kind: opaque } }
    clients: { app: { capabilities: [client-credentials, introspection], scopes: [read], secret: a-secret-for-the-app } }`;
const admin = new AdminInBrowser(`profiles:${profile('mouse')}${profile('keyboard')}\n`);

/** Types and the check of what is saved come from a compiler, on machines that have other things to do. */
const SLOW = { timeout: 90_000 };

/** How somebody uses a page. */
interface Hand {
  press(control: Locator): Promise<void>;
  choose(list: Locator, label: string): Promise<void>;
  write(field: Locator, text: string): Promise<void>;
}

class Mouse implements Hand {
  constructor(private readonly page: Page) {}

  press(control: Locator): Promise<void> {
    return control.click();
  }

  async choose(list: Locator, label: string): Promise<void> {
    await list.selectOption({ label });
  }

  async write(field: Locator, text: string): Promise<void> {
    await field.click();
    await replace(this.page, text);
  }
}

/** More controls no page has between two that one wants. */
const MOST_TABS = 200;

/** Nothing but keys, and only to what they lead to. */
class Keyboard implements Hand {
  constructor(private readonly page: Page) {}

  async press(control: Locator): Promise<void> {
    await this.#reach(control);
    await this.page.keyboard.press('Enter');
  }

  async choose(list: Locator, label: string): Promise<void> {
    await this.#reach(list);
    await this.page.keyboard.type(label);
    expect(await list.locator('option:checked').textContent()).toBe(label);
  }

  async write(field: Locator, text: string): Promise<void> {
    await this.#reach(field);
    await replace(this.page, text);
  }

  async #reach(control: Locator): Promise<void> {
    await control.waitFor();
    for (let tabs = 0; tabs < MOST_TABS; tabs++) {
      if (await control.evaluate((element) => element === element.ownerDocument.activeElement)) return;
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`${control.toString()} is not reached by Tab`);
  }
}

/** In one piece, as a paste: brackets that are typed would be closed by the editor. */
async function replace(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(text);
}

/** What a gateway gets for a token of the profile: status, and the member that the procedure adds. */
async function answered(name: string): Promise<readonly [number, unknown]> {
  const app = { client_id: 'app', client_secret: 'a-secret-for-the-app' };
  const issued = await postForm(`${admin.service.url}/${name}/token`, { ...app, grant_type: 'client_credentials' });
  const { access_token: token } = (await issued.json()) as { readonly access_token: string };
  const response = await postForm(`${admin.service.url}/${name}/introspect`, { ...app, token });
  const { newcomer } = (await response.json()) as { readonly newcomer?: unknown };
  return [response.status, newcomer];
}

const procedure = (body: string) => `function result(context) {\n  ${body}\n}\n`;

describeInBrowser("a newcomer to the administrator's page", () => {
  beforeAll(() => admin.start(), 120_000);
  afterEach(() => admin.leave());
  afterAll(() => admin.stop());

  test.each([
    ['mouse', (page: Page): Hand => new Mouse(page)],
    ['keyboard', (page: Page): Hand => new Keyboard(page)],
  ] as const)(
    'makes a procedure, binds it, breaks it, sees so, and rolls it back, with the %s',
    async (name, handOf) => {
      const page = await admin.open('/');
      const hand = handOf(page);
      const button = (label: string) => page.getByRole('button', { name: label, exact: true });
      const link = (label: string) => page.getByRole('link', { name: label, exact: true });
      const save = async (text: string, version: number) => {
        await page.locator('.cm-content').waitFor(SLOW);
        await hand.write(page.locator('.cm-content'), text);
        await hand.press(button(`Save version ${version}`));
        await page.getByText(`Version ${version} is saved`).waitFor(SLOW);
      };
      const activate = async (version: number) => {
        await hand.press(link('Versions'));
        await hand.press(page.getByRole('button', { name: `Activate version ${version}` }).first());
        const dialog = page.getByRole('dialog', { name: `Activate version ${version} of for-${name}` });
        await dialog.locator('.cm-changedLine, .cm-insertedLine').first().waitFor(SLOW);
        await hand.press(dialog.getByRole('button', { name: 'Activate', exact: true }));
        await page.getByText(`Version ${version} of for-${name} is active.`).waitFor();
      };

      await hand.write(page.getByLabel('Administrator token'), admin.service.adminToken);
      await hand.press(button('Sign in'));
      await hand.press(page.getByRole('navigation', { name: 'Pages', exact: true }).getByRole('link', { name: 'Procedures' }));
      await hand.press(link('New procedure'));
      await hand.write(page.getByLabel('Name'), `for-${name}`);
      await hand.press(button('Create'));

      await save(procedure('return { active: context.presentedToken.active, newcomer: 1 };'), 1);
      await activate(1);
      await hand.press(link('Bindings'));
      await hand.choose(page.locator('form').getByLabel('Endpoint'), `oauth-introspect of ${name} (/${name}/introspect)`);
      await hand.press(button('Bind'));
      await page.getByRole('button', { name: /^Unbind/ }).waitFor();
      expect(await answered(name)).toEqual([200, 1]);

      await hand.press(link('Edit'));
      await save(procedure("throw new Error('not thought of');"), 2);
      await activate(2);
      expect((await answered(name))[0]).toBe(500);
      await hand.press(page.getByRole('navigation', { name: 'Pages', exact: true }).getByRole('link', { name: 'Overview' }));
      await page.getByText('not thought of').first().waitFor();
      await admin.looksRight(page, `newcomer-${name}-broken`);

      await hand.press(page.getByRole('link', { name: `for-${name}` }).first());
      await hand.press(button('Roll back'));
      const rolled = page.getByRole('dialog', { name: 'Rolled back' });
      await rolled.getByText(`Version 1 of for-${name} is active again`).waitFor();
      expect(await answered(name)).toEqual([200, 1]);
    },
    300_000,
  );
});
