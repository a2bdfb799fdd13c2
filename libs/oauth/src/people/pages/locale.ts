import type { PAGE_LOCALES, PageLocale } from '../../configuration/endpoint-settings.ts';
import { de } from './texts/de.ts';
import { en } from './texts/en.ts';
import { sv } from './texts/sv.ts';
import type { Texts } from './texts/texts.ts';

/** A language that we speak needs a file here, and a word in `PAGE_LOCALES`. */
export const TEXTS: Readonly<Record<(typeof PAGE_LOCALES)[number], Texts>> = { en, de, sv };

/** Wishes beyond so many are not read. */
const MOST_WISHES = 32;

/**
 * The language to speak: the first that the client asks for and there is, else the one that the browser likes best, else the first.
 * OpenID Connect Core section 3.1.2.1 (`ui_locales`), RFC 9110 section 12.5.4 (`Accept-Language`).
 */
export function chooseLocale(
  offered: readonly PageLocale[],
  uiLocales: string | undefined,
  acceptLanguage: string | undefined,
): PageLocale {
  const wishes = [...(uiLocales ?? '').split(' ').slice(0, MOST_WISHES), ...byQuality(acceptLanguage ?? '')];
  for (const wish of wishes) {
    const language = wish.split('-', 1)[0]?.toLowerCase();
    const found = offered.find((locale) => locale === language);
    if (found !== undefined) return found;
  }
  return offered[0] ?? 'en';
}

function byQuality(text: string): readonly string[] {
  const ranges = text.split(',', MOST_WISHES).map((range) => {
    const [tag = '', quality] = range.split(';', 2);
    const given = /^\s*q=(\d(?:\.\d{0,3})?)\s*$/i.exec(quality ?? 'q=1');
    return { tag: tag.trim(), quality: given === null ? 0 : Number(given[1]) };
  });
  return ranges
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag);
}
