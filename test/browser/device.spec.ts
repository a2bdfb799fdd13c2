import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { describeInBrowser, OVERFLOW, picture, UNREADABLE } from '../support/browser.ts';
import { PeopleInBrowser } from '../support/people-in-browser.ts';
import { postForm } from '../support/running-service.ts';

const CONFIGURATION = `
profiles:
  home:
    issuer: /~
    capabilities: [introspection, device-authorization]
    scopes: { openid: {}, films: { description: Play the films that you have paid for } }
    endpoints:
      oauth-token: { path: /token }
      oauth-device-authorization: { path: /device-authorization }
      user-pages: { path: /people, userPages: { title: Example Films, accentColor: '#0f766e' } }
    tokenIssuers:
      opaque: { kind: opaque }
    clients:
      tv: { name: Käsehaus TV, capabilities: [device-authorization], scopes: [openid, films], authentication: { methods: [none] } }
`;

interface Asked {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
}

const people = new PeopleInBrowser('home', CONFIGURATION);

async function ask(): Promise<Asked> {
  return (await (await postForm(`${people.service.url}/device-authorization`, { client_id: 'tv' })).json()) as Asked;
}

async function poll({ device_code }: Asked): Promise<unknown> {
  const form = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', client_id: 'tv', device_code };
  return (await postForm(`${people.service.url}/token`, form)).json();
}

describeInBrowser('people in Chromium with a device that has no browser (RFC 8628 section 3.3)', () => {
  beforeAll(() => people.start(), 120_000);
  afterEach(() => people.leave());
  afterAll(() => people.stop());

  test('type its code as they like, by keyboard and without script, and allow it', async () => {
    const asked = await ask();
    const page = await people.open({ javaScriptEnabled: false });
    await page.goto(asked.verification_uri);
    await people.signIn(page, await people.account());
    await page.getByRole('heading', { name: 'Connect a device' }).waitFor();
    expect(await page.locator(':focus').getAttribute('name')).toBe('user_code');
    await page.keyboard.type(asked.user_code.replace('-', ' ').toLowerCase());
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Connect Käsehaus TV with your account?' }).waitFor();
    const main = await page.textContent('main');
    for (const text of [asked.user_code, 'Play the films that you have paid for', 'If somebody has sent you the code'])
      expect(main).toContain(text);
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').innerText()).toBe('Deny');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Your device is connected' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Your device is connected' }).waitFor();
    expect(await poll(asked)).toMatchObject({ access_token: expect.any(String) });
  });

  test('come with the code in the address, and are asked all the same whether it is theirs; another account may be used (section 5.4)', async () => {
    const asked = await ask();
    const [username, other] = [await people.account(), await people.account()];
    const page = await people.open();
    await page.goto(asked.verification_uri_complete);
    await people.signIn(page, username);
    await page.getByRole('heading', { name: 'Connect a device' }).waitFor();
    expect(await page.inputValue('#user_code')).toBe(asked.user_code);
    await page.getByRole('button', { name: 'Use another account' }).click();
    await page.waitForURL(/\/login\?/);
    await people.signIn(page, other);
    await page.getByRole('heading', { name: 'Connect a device' }).waitFor();
    expect(await page.inputValue('#user_code')).toBe(asked.user_code);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.getByRole('heading', { name: 'Access denied' }).waitFor();
    expect(await poll(asked)).toMatchObject({ error: 'access_denied' });
  });

  test.each(['light', 'dark'] as const)(
    'can read it, on a phone as on a desktop, in the %s, in their language (WCAG 2.2)',
    async (colorScheme) => {
      const username = await people.account();
      for (const [device, viewport] of [
        ['phone', { width: 320, height: 640 }],
        ['desktop', { width: 1280, height: 800 }],
      ] as const) {
        const asked = await ask();
        const page = await people.open({ colorScheme, viewport, locale: 'de-DE' });
        const check = async (name: string) => {
          expect(await page.getAttribute('html', 'lang')).toBe('de');
          expect([name, await page.evaluate(OVERFLOW)]).toEqual([name, 0]);
          expect([name, await page.evaluate(UNREADABLE)]).toEqual([name, []]);
          await picture(page, `device-${name}-${device}-${colorScheme}`);
        };
        await page.goto(asked.verification_uri_complete);
        await people.signIn(page, username);
        await page.getByRole('heading', { name: 'Gerät verbinden' }).waitFor();
        await check('code');
        await page.fill('#user_code', 'BCDF-0000');
        await page.getByRole('button', { name: 'Weiter' }).click();
        await page.getByRole('alert').waitFor();
        await check('wrong');
        await page.fill('#user_code', asked.user_code);
        await page.getByRole('button', { name: 'Weiter' }).click();
        await page.getByRole('heading', { name: 'Käsehaus TV mit Ihrem Konto verbinden?' }).waitFor();
        await check('asked');
        await page.getByRole('button', { name: 'Ablehnen' }).click();
        await page.getByRole('heading', { name: 'Zugriff abgelehnt' }).waitFor();
        await check('denied');
        await people.leave();
      }
    },
  );
});
