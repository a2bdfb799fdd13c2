import { crc32, deflateSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { userPagesBody } from '#libs/configuration';
import { PREVIEW_PAGES, previewPage, TEXT_KEYS, type PreviewPage, type UserPagesSettings } from '#libs/oauth';
import { axeFindings, describeInBrowser, openBrowser, OVERFLOW, picture, UNREADABLE } from '../support/browser.ts';

/** How people look at a page. */
const LOOKS = {
  desktop: { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  'desktop-dark': { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  // 320 CSS pixels are also a window of 1280 at 400 percent. WCAG 2.2, 1.4.10.
  phone: { viewport: { width: 320, height: 640 }, colorScheme: 'light', hasTouch: true, isMobile: true },
  'phone-dark': { viewport: { width: 320, height: 640 }, colorScheme: 'dark', hasTouch: true, isMobile: true },
} as const satisfies Record<string, BrowserContextOptions>;
type Look = keyof typeof LOOKS;
const ALL_LOOKS = Object.keys(LOOKS) as Look[];

/** A PNG image of one colour, as wide as a company's name. */
function logo(width: number, height: number, [red, green, blue]: readonly [number, number, number]): { readonly base64: string } {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const framed = Buffer.alloc(body.length + 8);
    framed.writeUInt32BE(data.length, 0);
    body.copy(framed, 4);
    framed.writeUInt32BE(crc32(body), body.length + 4);
    return framed;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // 8 bits a channel, red, green and blue. PNG (third edition) section 11.2.1.
  header.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.of(0), Buffer.alloc(width * 3, Buffer.of(red, green, blue))]);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const png = [signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))];
  return { base64: Buffer.concat(png).toString('base64') };
}

/** Every text in a language that is none of ours, each with a number of its own. */
function allTexts(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...TEXT_KEYS].map(([key, { placeholder, isNeeded }], index) => [
      key,
      `${text} ${index}${isNeeded && placeholder !== null ? ` {${placeholder}}` : ''}`,
    ]),
  );
}

const LINKS = { help: 'https://example.com/help', privacy: 'https://example.com/privacy', terms: 'https://example.com/terms' };
const LONG = 'Straßenverkehrszulassungsordnungsbevollmächtigter'.repeat(2);

/** What operators make of the pages. */
const THEMES: Readonly<Record<string, object>> = {
  usual: { title: 'Example Shop' },
  brand: {
    title: 'Example Shop',
    accentColor: '#0f766e',
    theme: {
      ...{ logo: logo(480, 96, [15, 118, 110]), darkLogo: logo(480, 96, [94, 234, 212]), logoAlt: 'Example Shop' },
      palette: { light: { background: '#f0fdfa' }, dark: { surface: '#042f2e', background: '#011b1a' } },
      ...{ font: 'serif', cornerRadius: 0, links: LINKS },
    },
  },
  plain: { title: 'Example Shop', accentColor: '#111827', theme: { layout: 'plain', font: 'monospace', links: LINKS } },
  split: {
    title: 'Example Shop',
    accentColor: '#7c3aed',
    theme: { layout: 'split', font: 'geometric', logo: logo(96, 96, [250, 204, 21]), logoAlt: 'Example Shop', links: LINKS },
  },
  'from-the-right': {
    title: 'متجر',
    locales: ['ar'],
    accentColor: '#b91c1c',
    theme: { texts: { ar: allTexts('تسجيل الدخول إلى حسابك') }, links: LINKS, layout: 'split' },
  },
  'long-words': {
    title: `${LONG} <b>&</b>`.slice(0, 64),
    locales: ['de'],
    theme: { logo: logo(2048, 16, [185, 28, 28]), texts: { de: allTexts(LONG) }, links: LINKS },
  },
  'own-style': {
    title: 'Example Shop',
    theme: { stylesheet: 'main { border-width: 4px; border-color: var(--accent); } h1 { text-transform: uppercase; }' },
  },
};

function settingsOf(name: string): UserPagesSettings {
  return userPagesBody.parse(THEMES[name]);
}

let browser: Browser;

async function inLook(options: BrowserContextOptions, use: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options });
  const complaints: string[] = [];
  const page = await context.newPage();
  page.on('console', (message) => complaints.push(message.text()));
  page.on('request', (request) => {
    if (!/^(?:about|data):/.test(request.url())) complaints.push(`it loads ${request.url()}`);
  });
  await use(page);
  await context.close();
  // The policy was violated by nothing, and nothing was asked of anybody.
  expect(complaints).toEqual([]);
}

async function show(page: Page, settings: UserPagesSettings, name: PreviewPage): Promise<void> {
  await page.goto('about:blank');
  await page.setContent(previewPage(settings, { page: name, language: settings.locales[0] ?? 'en', scheme: null }).html);
}

describeInBrowser('the pages for people in a theme', () => {
  beforeAll(async () => {
    browser = await openBrowser();
  }, 60_000);
  afterAll(() => browser.close());

  test.each(Object.keys(THEMES).flatMap((theme) => ALL_LOOKS.map((look) => [theme, look] as const)))(
    'can be read and used by everybody, each of them: %s, %s (WCAG 2.2 level AA)',
    async (theme, look) => {
      const settings = settingsOf(theme);
      await inLook(LOOKS[look], async (page) => {
        for (const name of PREVIEW_PAGES) {
          await show(page, settings, name);
          await picture(page, `theme-${theme}-${name}-${look}`);
          expect([name, await axeFindings(page)]).toEqual([name, []]);
          expect([name, await page.evaluate(OVERFLOW)]).toEqual([name, 0]);
          expect([name, await page.evaluate(UNREADABLE)]).toEqual([name, []]);
        }
      });
    },
    60_000,
  );

  test('shows its logo, in the dark its other one, as wide as it should be, and says whose it is', async () => {
    for (const [look, color] of [
      ['desktop', 'rgb(15, 118, 110)'],
      ['desktop-dark', 'rgb(94, 234, 212)'],
    ] as const)
      await inLook(LOOKS[look], async (page) => {
        await show(page, settingsOf('brand'), 'login');
        const image = page.getByRole('img', { name: 'Example Shop' });
        expect(await image.boundingBox()).toMatchObject({ width: 240, height: 48 });
        const shown = await page.evaluate<string>(`(async () => {
          const image = document.querySelector('header img');
          await image.decode();
          const canvas = document.createElement('canvas').getContext('2d');
          canvas.drawImage(image, 0, 0);
          const [red, green, blue] = canvas.getImageData(8, 8, 1, 1).data;
          return \`rgb(\${red}, \${green}, \${blue})\`;
        })()`);
        expect(shown).toBe(color);
      });
  });

  test('is written from the right where the language is, with the panel at the side where one begins to read', async () => {
    await inLook(LOOKS.desktop, async (page) => {
      await show(page, settingsOf('from-the-right'), 'login');
      const [panel, form] = [await page.locator('.brand').boundingBox(), await page.locator('main').boundingBox()];
      expect(panel?.x).toBeGreaterThan(form?.x ?? Number.NaN);
      await show(page, settingsOf('split'), 'login');
      const [left, right] = [await page.locator('.brand').boundingBox(), await page.locator('main').boundingBox()];
      expect(left?.x).toBeLessThan(right?.x ?? Number.NaN);
    });
  });

  test.each(['usual', 'split', 'plain'])('keeps its borders where the system chooses the colours: %s (forced colours)', async (theme) => {
    await inLook({ ...LOOKS.desktop, forcedColors: 'active' }, async (page) => {
      for (const name of PREVIEW_PAGES) {
        await show(page, settingsOf(theme), name);
        await picture(page, `theme-${theme}-${name}-forced-colors`);
        // Axe does not know system colours, so what is a control is looked at: each has an edge that one sees.
        const edgeless = await page.evaluate<
          string[]
        >(`[...document.querySelectorAll('button:not(.link), .button, input:not([type=hidden])')]
          .filter((control) => control.type !== 'checkbox' && control.offsetWidth > 1)
          .filter((control) => { const style = getComputedStyle(control); return style.borderTopStyle === 'none' || style.borderTopWidth === '0px' || style.borderTopColor === style.backgroundColor; })
          .map((control) => control.outerHTML)`);
        expect([name, edgeless]).toEqual([name, []]);
      }
    });
  });

  test.each(Object.keys(THEMES))(
    'loses nothing when letters are twice as large and lines further apart: %s (WCAG 2.2, 1.4.4, 1.4.12)',
    async (theme) => {
      await inLook(LOOKS.desktop, async (page) => {
        for (const name of PREVIEW_PAGES) {
          await show(page, settingsOf(theme), name);
          await page.evaluate(`(() => {
          const style = new CSSStyleSheet();
          style.replaceSync('html { font-size: 200% } * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }');
          document.adoptedStyleSheets = [style];
        })()`);
          await picture(page, `theme-${theme}-${name}-large`);
          expect([name, await page.evaluate(OVERFLOW)]).toEqual([name, 0]);
          const cut = await page.evaluate<string[]>(`[...document.querySelectorAll('main *, footer *, header')]
          .filter((element) => element.closest('.unseen, .hidden, svg') === null && element.tagName !== 'INPUT' && element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX !== 'visible')
          .map((element) => element.outerHTML.slice(0, 120))`);
          expect([name, cut]).toEqual([name, []]);
        }
      });
    },
  );

  test('shows what is configured as text, whatever it is', async () => {
    await inLook(LOOKS.desktop, async (page) => {
      await show(page, settingsOf('long-words'), 'login');
      expect(await page.locator('b').count()).toBe(0);
      const settings = userPagesBody.parse({
        title: '<img src=x onerror=alert(1)>',
        theme: { texts: { en: { 'signIn.title': '</style><script>alert(1)</script>{{7*7}}' } } },
      }) as UserPagesSettings;
      await show(page, settings, 'login');
      expect(await page.locator('h1').textContent()).toBe('</style><script>alert(1)</script>{{7*7}}');
      expect(await page.locator('.brand').textContent()).toBe('<img src=x onerror=alert(1)>');
      expect(await page.locator('script, img').count()).toBe(0);
    });
  });
});
