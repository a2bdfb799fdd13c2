import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { AdminInBrowser, LOOKS, type Look } from '../../support/admin-in-browser.ts';
import { describeInBrowser } from '../../support/browser.ts';
import { Line } from '../../support/event-feed.ts';
import { bind, upload } from '../../support/procedures.ts';
import { admin as call, GATEWAY, introspect as ask, issueToken, postForm } from '../../support/running-service.ts';
import { PROFILE } from '../../support/signatures.ts';

const LONG = 'x'.repeat(10_240);
const FAILING = `function result(context) {
  console.info('long ${LONG}');
  console.warn('token ' + context.presentedToken.value);
  context.getBucket('visits').getAttributes('alice', 'count');
  missing.call();
}
`;
const WORKING = `function result(context) {
  console.info('all is well');
  return { active: true };
}
`;

const admin = new AdminInBrowser();
let token: string;

const introspect = (id = '') => ask(admin.service, token, id === '' ? {} : { 'x-request-id': id });
const entries = (page: Page) => page.getByRole('list', { name: 'Executions, newest first' }).locator('> li');
const connected = (page: Page) => page.getByRole('status').getByText('connected', { exact: true }).waitFor();

/** What answers introspections from now on: a version of the procedure, which becomes active, or the shipped default. */
async function answers(version: 1 | 2 | 'default'): Promise<void> {
  await bind(admin.service, 'watched');
  if (version === 'default') return bind(admin.service, null);
  expect((await call(admin.service, 'POST', '/procedures/watched/activate', { version })).status).toBe(200);
}

async function reader(): Promise<string> {
  const answer = await call(admin.service, 'POST', '/administrators', { id: 'reader', role: 'read' });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { readonly token: string }).token;
}

describeInBrowser('what runs, on the page', () => {
  beforeAll(async () => {
    await admin.start();
    token = await issueToken(admin.service);
    expect((await call(admin.service, 'PUT', `/profiles/${PROFILE}/buckets/visits`, { description: 'Visits' })).status).toBe(201);
    for (const [source, activate] of [
      [FAILING, true],
      [WORKING, false],
    ] as const)
      expect((await upload(admin.service, 'watched', source, 'oauth-introspect', activate)).status).toBe(201);
  }, 120_000);
  afterEach(() => admin.leave());
  afterAll(() => admin.stop());

  test.each(Object.keys(LOOKS) as Look[])(
    'shows an execution that failed: version, reason, whole log, line and calls, on %s',
    async (look) => {
      const page = await admin.openSignedIn('/live?procedure=watched', look);
      await connected(page);
      await answers(1);
      const before = await entries(page).count();
      expect((await introspect(`request-${look}`)).status).toBe(500);
      await entries(page).nth(before).waitFor();
      const newest = entries(page).first();
      await newest.getByRole('button', { name: /runtime error watched version 1/ }).click();
      await newest.getByText(`request-${look}`).waitFor();
      await newest.getByText('Version 1 is the active version of "watched".').waitFor();
      await newest.getByText('What went wrong in line 5, column 3').waitFor();
      await newest.getByText('missing.call();').waitFor();
      await newest.getByText(`long ${LONG}`, { exact: true }).waitFor();
      await newest.getByText('token [token]', { exact: true }).waitFor();
      await newest.getByText('visits', { exact: false }).first().waitFor();
      expect(await page.content()).not.toContain(token);
      await admin.looksRight(page, `live-${look}`);
      await newest.getByRole('link', { name: 'watched', exact: true }).click();
      await page.getByRole('heading', { level: 1, name: 'watched' }).waitFor();
      await page.getByRole('navigation', { name: 'Parts of the procedure' }).getByRole('link', { name: 'Live' }).click();
      await page.waitForURL('**/live?procedure=watched');
    },
  );

  test('is filtered by what is in the address, and one can go on from an execution to others like it', async () => {
    await answers(1);
    expect((await introspect()).status).toBe(500);
    expect((await postForm(`${admin.service.url}/introspection`, { token }, { as: { ...GATEWAY, secret: 'wrong' } })).status).toBe(401);
    const page = await admin.openSignedIn('/live');
    await entries(page).getByText('request refused').first().waitFor();
    await entries(page).getByText('runtime error').first().waitFor();
    await page.getByLabel('Outcome').selectOption('Every failure');
    await page.waitForURL('**/live?outcome=failed');
    await entries(page).getByText('runtime error').first().waitFor();
    expect(await entries(page).getByText('request refused').count()).toBe(0);
    await page.getByRole('button', { name: 'Show everything' }).click();
    await entries(page)
      .getByRole('button', { name: /request refused no procedure/ })
      .first()
      .click();
    await page.getByText('No procedure ran: the request was refused before (invalid_client).').waitFor();
    await page.getByText('The caller was told 401 invalid_client').waitFor();
    await page.getByRole('link', { name: '“request refused”' }).click();
    await page.waitForURL('**/live?outcome=refused');
    await entries(page).getByText('request refused').first().waitFor();
    expect(await entries(page).getByText('runtime error').count()).toBe(0);
    await page.getByLabel('Procedure: exact id').fill('nobody-has-this');
    await page.getByText('Nothing of this has run yet').waitFor();
  });

  test('says which version ran after another one was activated, and that the shipped default answers where nothing is bound', async () => {
    const page = await admin.openSignedIn('/live?flow=oauth-introspect');
    await connected(page);
    await answers('default');
    const count = await entries(page).count();
    expect((await introspect()).status).toBe(200);
    await entries(page).nth(count).waitFor();
    await answers(1);
    await answers(2);
    expect((await introspect()).status).toBe(200);
    await entries(page)
      .nth(count + 1)
      .waitFor();
    const [second, first] = [entries(page).nth(0), entries(page).nth(1)];
    await second.getByRole('button', { name: /returned watched version 2/ }).click();
    await second.getByText('active version', { exact: true }).waitFor();
    await second.getByText(/^admin activated it/).waitFor();
    await second.getByText('all is well', { exact: true }).last().waitFor();
    await first.getByRole('button', { name: /returned/ }).click();
    await first.getByText('shipped default', { exact: true }).waitFor();
    await first.getByText('Nothing is bound to the flow, so the shipped default answers.').waitFor();
  });

  test('waits while it is paused, says how much does, and keeps what is read where it is', async () => {
    await bind(admin.service, 'watched', 'oauth-introspect', 'introspection', 2);
    const page = await admin.openSignedIn('/live?client=gateway_client');
    await connected(page);
    const count = await entries(page).count();
    expect((await introspect()).status).toBe(200);
    await entries(page).nth(count).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Nothing new meanwhile.').waitFor();
    for (let i = 0; i < 3; i++) expect((await introspect()).status).toBe(200);
    await page.getByText('3 executions wait.').waitFor();
    expect(await entries(page).count()).toBe(count + 1);
    await page.getByRole('button', { name: 'Resume' }).click();
    await entries(page)
      .nth(count + 3)
      .waitFor();
    expect(await entries(page).count()).toBe(count + 4);
    const opened = entries(page)
      .first()
      .getByRole('button', { name: /returned watched version 2/ });
    await opened.click();
    await entries(page).first().getByText('pinned by the binding').waitFor();
    expect((await introspect()).status).toBe(200);
    await page.getByText('One execution waits.').waitFor();
    await page.locator('.live-summary[aria-expanded="true"]:focus').waitFor();
    await page.getByRole('button', { name: 'Resume' }).focus();
    await page.keyboard.press('Enter');
    await entries(page)
      .nth(count + 4)
      .waitFor();
    await bind(admin.service, 'watched');
  });

  test('holds the last 500 of hundreds a second, and the page answers meanwhile', async () => {
    await answers(2);
    const page = await admin.openSignedIn('/live');
    await connected(page);
    await page.getByRole('button', { name: 'Pause' }).click();
    const ask = async () => {
      for (let i = 0; i < 50; i++) expect((await introspect()).status).toBe(200);
    };
    await Promise.all(Array.from({ length: 16 }, ask));
    await page.getByText('800 executions wait, of which the last 500 are kept.').waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await entries(page).nth(499).waitFor();
    await Promise.all(Array.from({ length: 16 }, ask));
    await answers(1);
    expect((await introspect()).status).toBe(500);
    await entries(page)
      .first()
      .getByRole('button', { name: /runtime error watched version 1/ })
      .waitFor();
    expect(await entries(page).count()).toBe(500);
  }, 60_000);

  test('goes on where it was after the connection was cut, and shows what ran meanwhile once', async () => {
    await answers(2);
    const line = await Line.to(Number(new URL(admin.service.adminUrl).port), 'localhost');
    try {
      const page = await admin.open('/', 'desktop', { baseURL: `http://localhost:${line.port}` });
      await admin.signIn(page);
      await page.getByRole('link', { name: 'Live', exact: true }).click();
      await connected(page);
      const count = await entries(page).count();
      line.isOpen = false;
      line.cut();
      await page.getByRole('status').getByText('reconnecting', { exact: true }).waitFor();
      expect((await introspect()).status).toBe(200);
      line.isOpen = true;
      await connected(page);
      await entries(page).nth(count).waitFor();
      expect((await introspect()).status).toBe(200);
      await entries(page)
        .nth(count + 1)
        .waitFor();
      expect(await entries(page).count()).toBe(count + 2);
      expect(await page.locator('.live-gap').count()).toBe(0);
      await page.goto('about:blank');
      admin.forgive(/net::ERR_/);
    } finally {
      line.close();
    }
  });

  test('says so where there are too many streams, and goes on when there is room again', async () => {
    const hangUp = new AbortController();
    const headers = { authorization: `Bearer ${admin.service.adminToken}` };
    const address = `${admin.service.adminUrl}/admin/v1/executions/stream`;
    const streams = await Promise.all(Array.from({ length: 5 }, () => fetch(address, { headers, signal: hangUp.signal })));
    expect(streams.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const page = await admin.openSignedIn('/live');
    await page.getByText('Too many streams are open: close one of the others.').waitFor();
    hangUp.abort();
    await connected(page);
  }, 60_000);

  test('says what is wrong with a filter', async () => {
    const page = await admin.openSignedIn('/live?version=latest');
    await page.getByRole('alert').getByText('version', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Charts' }).click();
    await page.getByRole('alert').getByText('version', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Executions' }).click();
    await page.getByLabel('Version: number').fill('2');
    await connected(page);
  });

  test('asks to sign in again when the session has ended meanwhile', async () => {
    const page = await admin.openSignedIn('/live');
    await connected(page);
    expect((await call(admin.service, 'DELETE', '/administrators/admin/sessions')).ok).toBe(true);
    await page.getByLabel('Administrator token').waitFor();
  });

  test.each(Object.keys(LOOKS) as Look[])(
    'draws latency, processor time, heap and failures by version, with activations, on %s',
    async (look) => {
      for (const [version, status] of [
        [1, 500],
        [2, 200],
      ] as const) {
        await answers(version);
        expect((await introspect()).status).toBe(status);
      }
      const page = await admin.openSignedIn('/live?procedure=watched', look);
      await connected(page);
      await page.getByRole('link', { name: 'Charts' }).click();
      await page.waitForURL('**/live/charts?procedure=watched');
      const drawn = page.getByRole('list', { name: 'What is drawn' });
      await drawn.getByText('watched, version 1').waitFor();
      await drawn.getByText('watched, version 2').waitFor();
      await page.getByText(/activations? within this time/).click();
      await page
        .getByText(/version 2, after version 1, by admin/)
        .first()
        .waitFor();
      await page.locator('.chart canvas').nth(4).waitFor();
      expect(await page.locator('.chart canvas').count()).toBe(5);
      const failures = page.getByRole('figure').filter({ has: page.getByRole('heading', { name: 'Failures in 10 seconds' }) });
      await failures.getByText('As a table').click();
      const table = failures.getByRole('table');
      await table.getByRole('columnheader', { name: 'watched, version 1' }).waitFor();
      const failed = async (column: number) => (await table.locator(`tbody td:nth-child(${column})`).allTextContents()).map(Number);
      expect((await failed(2)).reduce((sum, count) => sum + count)).toBeGreaterThan(0);
      expect(new Set(await failed(3))).toEqual(new Set([0]));
      await page.getByLabel('Time', { exact: true }).selectOption('The last hour');
      await page.getByRole('heading', { name: 'Failures in 30 seconds' }).waitFor();
      await admin.looksRight(page, `live-charts-${look}`);
      await page.getByLabel('Version: number').fill('2');
      await drawn.getByText('watched, version 1').waitFor({ state: 'detached' });
      await drawn.getByText('watched, version 2').waitFor();
      await page.getByLabel('Procedure: exact id').fill('nobody-has-this');
      await page.getByText('Nothing of this has run within this time').waitFor();
    },
  );

  test('shows readers the charts alone', async () => {
    await answers(1);
    expect((await introspect()).status).toBe(500);
    const page = await admin.open('/live');
    await admin.signIn(page, await reader());
    await page.getByText('What procedures log may be about people').waitFor();
    await admin.looksRight(page, 'live-reader');
    await page.getByRole('link', { name: 'Charts' }).click();
    await page.getByRole('list', { name: 'What is drawn' }).getByText('watched, version 1').waitFor();
  });
});
