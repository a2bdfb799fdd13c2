import { describe, expect, test } from '@jest/globals';
import { PLAIN_THEME, type PagesTheme } from '../../../configuration/theme-settings.ts';
import { pngOf } from '../../../testing/image-of-a-spec.ts';
import { PagesWorld, pagesOf, textOf } from '../../../testing/pages-world.ts';
import { headerOf } from '../../../testing/service-builder.ts';
import { TEXT_KEYS } from './text-overrides.ts';

const LOGO = pngOf(480, 120);

async function themed(theme: Partial<PagesTheme>, settings: object = {}): Promise<PagesWorld> {
  const at = await PagesWorld.open();
  await at.world.change(pagesOf({ theme: { ...PLAIN_THEME, ...theme }, ...settings }));
  return at;
}

describe('pages with a theme', () => {
  test('have a logo from the service itself, at an address that changes with it, where it can do nothing but be seen', async () => {
    const at = await themed({ logo: { base64: LOGO.toString('base64') }, logoAlt: 'Example "&" Co' });
    const page = await at.browser.get('/people/login');
    expect(headerOf(page, 'content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    const [, address = ''] =
      /<img src="([^"]*)" alt="Example &quot;&amp;&quot; Co" width="240" height="60" \/>/.exec(page.body ?? '') ?? [];
    const logo = await at.browser.get(address);
    expect(Buffer.from(logo.bytes ?? [])).toEqual(LOGO);
    expect([
      headerOf(logo, 'content-type'),
      headerOf(logo, 'x-content-type-options'),
      headerOf(logo, 'content-security-policy'),
      headerOf(logo, 'cache-control'),
    ]).toEqual(['image/png', 'nosniff', "default-src 'none'; sandbox", 'public, max-age=31536000, immutable']);
    expect(headerOf(await at.browser.get('/people/logo?v=another'), 'cache-control')).toBe('no-cache');
    expect((await at.browser.get('/people/logo-dark')).status).toBe(404);
  });

  test('have another logo in the dark', async () => {
    const at = await themed({ logo: { base64: LOGO.toString('base64') }, darkLogo: { base64: pngOf(20, 20).toString('base64') } });
    const { body } = await at.browser.get('/people/login');
    expect(body).toMatch(/srcset="\/people\/logo-dark\?v=[\w-]+"\s+media="\(prefers-color-scheme: dark\)"/);
    expect((await at.browser.get('/people/logo-dark')).status).toBe(200);
  });

  test('have no image and no leave for one without a logo', async () => {
    const page = await (await themed({})).browser.get('/people/login');
    expect(page.body).not.toContain('<img');
    expect(headerOf(page, 'content-security-policy')).not.toContain('img-src');
    expect((await (await themed({})).browser.get('/people/theme.css')).status).toBe(404);
  });

  test('escape the texts of the theme, whatever is in them', async () => {
    const at = await themed({
      texts: { en: { 'signIn.title': '</h1><script>alert(1)</script>', 'consent.title': '<img src=x onerror=alert(1)> {client}' } },
    });
    const login = await at.browser.get('/people/login');
    expect(login.body).toContain('&lt;/h1&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(login.body).not.toMatch(/<script|<img/);
    await at.signIn();
    const consent = await at.browser.get(at.address('consent'));
    expect(consent.body).toContain('&lt;img src=x onerror=alert(1)&gt; The &lt;Shop&gt;');
    expect(consent.body).not.toMatch(/<script|<img/);
  });

  test('link to help and what people agree to, each language to its own, and leave what is being asked open', async () => {
    const links = { help: 'https://example.com/help', privacy: { en: 'https://example.com/p', de: 'https://example.com/d' }, terms: null };
    const at = await themed({ links });
    const page = textOf(await at.browser.get('/people/login', { 'accept-language': 'de' }));
    expect(page).toContain('<a href="https://example.com/d" target="_blank" rel="noopener noreferrer">Datenschutz');
    expect(page).toContain('<a href="https://example.com/help" target="_blank" rel="noopener noreferrer">Hilfe');
    expect(page).not.toContain('Nutzungsbedingungen');
    expect(textOf(await at.browser.get('/people/login', { 'accept-language': 'sv' }))).toContain('href="https://example.com/p"');
  });

  test('speak a language of which the theme has all texts, from the right where it is written so', async () => {
    const all = Object.fromEntries(
      [...TEXT_KEYS].map(([key, { placeholder }]) => [key, placeholder === null ? 'נוסח' : `נוסח {${placeholder}}`]),
    );
    const at = await themed({ texts: { he: all } }, { locales: ['en', 'he'] });
    const page = await at.browser.get('/people/login', { 'accept-language': 'he-IL' });
    expect(page.body).toContain('<html lang="he" dir="rtl">');
    expect(textOf(page)).not.toMatch(/Sign in|Username|Password/);
  });

  test('have the style sheet of the theme after our own, as a file of ours', async () => {
    const at = await themed({ stylesheet: '.brand { text-transform: uppercase; }' });
    const { body } = await at.browser.get('/people/login');
    expect(body).toMatch(/style\.css\?v=[\w-]+" \/><link rel="stylesheet" href="\/people\/theme\.css\?v=[\w-]+"/);
    const sheet = await at.browser.get('/people/theme.css');
    expect([sheet.body, headerOf(sheet, 'content-type')]).toEqual(['.brand { text-transform: uppercase; }', 'text/css; charset=utf-8']);
  });
});
