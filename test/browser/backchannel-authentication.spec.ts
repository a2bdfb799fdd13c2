import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { describeInBrowser, OVERFLOW, picture, UNREADABLE } from '../support/browser.ts';
import { PeopleInBrowser } from '../support/people-in-browser.ts';
import { postForm } from '../support/running-service.ts';

const TILL = { id: 'till', secret: 's'.repeat(32) };
const CONFIGURATION = `
profiles:
  shop:
    issuer: /~
    capabilities: [introspection, backchannel-authentication]
    scopes: { openid: {}, pay: { description: Pay up to 100 € in your name } }
    endpoints:
      oauth-token: { path: /token }
      oauth-backchannel-authentication: { path: /backchannel }
      user-pages: { path: /people, userPages: { title: Example Bank, accentColor: '#0f766e' } }
    tokenIssuers:
      opaque: { kind: opaque }
    clients:
      till: { name: Käsehaus till 4, secret: ${TILL.secret}, capabilities: [backchannel-authentication], scopes: [openid, pay] }
`;

const people = new PeopleInBrowser('shop', CONFIGURATION);

/** The `auth_req_id` of a request for somebody. */
async function ask(username: string): Promise<string> {
  const form = { scope: 'openid pay', login_hint: username, binding_message: 'Käsehaus 10,00 € #W4SCT' };
  const answer = (await (await postForm(`${people.service.url}/backchannel`, form, { as: TILL })).json()) as { auth_req_id?: string };
  return answer.auth_req_id ?? '';
}

async function poll(authReqId: string): Promise<{ readonly access_token?: string; readonly error?: string }> {
  const form = { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: authReqId };
  return (await (await postForm(`${people.service.url}/token`, form, { as: TILL })).json()) as { access_token?: string; error?: string };
}

describeInBrowser('people in Chromium who are asked from another device (OpenID Connect CIBA)', () => {
  beforeAll(() => people.start(), 120_000);
  afterEach(() => people.leave());
  afterAll(() => people.stop());

  test('find it on their account, compare what both devices show, and allow it; the next one they deny, by keyboard and without script', async () => {
    const username = await people.account();
    const first = await ask(username);
    const page = await people.open({ javaScriptEnabled: false });
    await page.goto(`${people.service.url}/people`);
    await people.signIn(page, username);
    await page.waitForURL(/\/account$/);
    await page.getByRole('link', { name: 'Answer Käsehaus till 4' }).click();
    expect(await page.textContent('h1')).toBe('Is this you at Käsehaus till 4?');
    const main = await page.textContent('main');
    for (const text of ['Käsehaus 10,00 € #W4SCT', 'Pay up to 100 € in your name', `You are signed in as ${username}.`])
      expect(main).toContain(text);
    await page.getByRole('button', { name: 'Allow' }).click();
    expect(await page.textContent('h1')).toBe('Allowed');
    expect(await poll(first)).toMatchObject({ access_token: expect.any(String) });
    const second = await ask(username);
    await page.goto(`${people.service.url}/people/account`);
    await page.getByRole('link', { name: 'Answer Käsehaus till 4' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/approve\?/);
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').innerText()).toBe('Deny');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Denied' }).waitFor();
    expect(await poll(second)).toMatchObject({ error: 'access_denied' });
  });

  test('come by a link, sign in, and are where they wanted to be; another account may be used', async () => {
    const [username, other] = [await people.account(), await people.account()];
    await ask(username);
    const page = await people.open();
    await page.goto(`${people.service.url}/people`);
    await people.signIn(page, username);
    const link = await page.getByRole('link', { name: 'Answer Käsehaus till 4' }).getAttribute('href');
    await page.context().clearCookies();
    await page.goto(people.service.url + (link ?? ''));
    await people.signIn(page, other);
    await page.getByRole('heading', { name: 'There is nothing to answer' }).waitFor();
    await page.getByRole('button', { name: 'Use another account' }).click();
    await page.waitForURL(/\/login\?/);
    await people.signIn(page, username);
    await page.getByRole('heading', { name: 'Is this you at Käsehaus till 4?' }).waitFor();
  });

  test.each(['light', 'dark'] as const)(
    'can read it, on a phone as on a desktop, in the %s, in their language (WCAG 2.2)',
    async (colorScheme) => {
      const username = await people.account();
      for (const [device, viewport] of [
        ['phone', { width: 320, height: 640 }],
        ['desktop', { width: 1280, height: 800 }],
      ] as const) {
        await ask(username);
        const page = await people.open({ colorScheme, viewport, locale: 'de-DE' });
        const check = async (name: string) => {
          expect(await page.getAttribute('html', 'lang')).toBe('de');
          expect([name, await page.evaluate(OVERFLOW)]).toEqual([name, 0]);
          expect([name, await page.evaluate(UNREADABLE)]).toEqual([name, []]);
          await picture(page, `${name}-${device}-${colorScheme}`);
        };
        await page.goto(`${people.service.url}/people`);
        await people.signIn(page, username);
        await page.waitForURL(/\/account$/);
        await check('waiting');
        await page.getByRole('link', { name: 'Käsehaus till 4 antworten' }).click();
        await check('approve');
        await page.getByRole('button', { name: 'Ablehnen' }).click();
        await page.getByRole('heading', { name: 'Abgelehnt' }).waitFor();
        await check('denied');
        await people.leave();
      }
    },
  );
});
