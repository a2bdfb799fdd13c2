import { PAGE_LINKS } from '../../configuration/theme-settings.ts';
import { html, type Html } from './html.ts';
import type { Look, PageFiles } from './page.ts';
import { themeOf, type ThemeLogo } from './theme/theme.ts';

/** CSS pixels that a logo has at most. */
const WIDEST = 240;
const HIGHEST = 64;

/** Whose page it is: the logo, or the title. */
export function brand({ settings }: Look, files: PageFiles): Html {
  const { logo, darkLogo } = themeOf(settings);
  if (logo === null) return html`<header class="brand">${settings.title}</header>`;
  const alt = settings.theme.logoAlt ?? settings.title;
  const image = (name: '/logo' | '/logo-dark', file: ThemeLogo) => {
    const { width, height } = shown(file);
    return html`<img src="${files.logo(name, file)}" alt="${alt}" width="${width}" height="${height}" />`;
  };
  if (darkLogo === null || files.scheme === 'light') return html`<header class="brand">${image('/logo', logo)}</header>`;
  if (files.scheme === 'dark') return html`<header class="brand">${image('/logo-dark', darkLogo)}</header>`;
  const { width, height } = shown(darkLogo);
  return html`<header class="brand">
    <picture
      ><source srcset="${files.logo('/logo-dark', darkLogo)}" media="(prefers-color-scheme: dark)" width="${width}" height="${height}" />
      ${image('/logo', logo)}</picture
    >
  </header>`;
}

/** As large as fits, and never larger than it is. */
function shown({ image: { width, height } }: ThemeLogo) {
  const share = Math.min(1, WIDEST / width, HIGHEST / height);
  return { width: Math.max(1, Math.round(width * share)), height: Math.max(1, Math.round(height * share)) };
}

/** Where people find help, and what they agree to; nothing where there is nothing. */
export function footer({ settings, locale, texts }: Look): Html | null {
  const links = PAGE_LINKS.flatMap((name) => {
    const given = settings.theme.links[name] ?? {};
    const byLanguage = typeof given === 'string' ? { [locale]: given } : given;
    const url = (Object.hasOwn(byLanguage, locale) ? byLanguage[locale] : undefined) ?? Object.values(byLanguage)[0];
    return url === undefined ? [] : [{ url, text: texts.footer[name] }];
  });
  if (links.length === 0) return null;
  // What is being asked stays open.
  return html`<footer>
    ${links.map(
      ({ url, text }) =>
        html`<a href="${url}" target="_blank" rel="noopener noreferrer">${text}<span class="unseen"> (${texts.footer.newTab})</span></a> `,
    )}
  </footer>`;
}
