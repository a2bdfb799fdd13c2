import { hash } from 'node:crypto';
import { PAGE_LOCALES, type PageLocale, type UserPagesSettings } from '../../../configuration/endpoint-settings.ts';
import type { PageImage } from '../../../configuration/theme-settings.ts';
import { TEXTS } from '../locale.ts';
import { styleSheet } from '../style.ts';
import type { Texts } from '../texts/texts.ts';
import { inspectImage, type InspectedImage } from './image.ts';
import { withTexts } from './text-overrides.ts';

/** A file of a theme, as it is sent. */
export interface ThemeFile {
  readonly type: string;
  readonly bytes: Buffer;
  /** Of the bytes: whoever has the address with it can keep the file for ever. */
  readonly version: string;
}

export interface ThemeLogo extends ThemeFile {
  readonly image: InspectedImage;
}

/** What a theme comes to. */
export interface Theme {
  /** By their names below the pages. */
  readonly files: ReadonlyMap<string, ThemeFile>;
  readonly style: ThemeFile;
  /** The operator's own, after ours. */
  readonly ownStyle: ThemeFile | null;
  readonly logo: ThemeLogo | null;
  readonly darkLogo: ThemeLogo | null;
  texts(locale: PageLocale): Texts;
}

const THEMES = new WeakMap<UserPagesSettings, Theme>();

/** The theme of settings, made once for each. */
export function themeOf(settings: UserPagesSettings): Theme {
  const known = THEMES.get(settings) ?? makeTheme(settings);
  THEMES.set(settings, known);
  return known;
}

function makeTheme(settings: UserPagesSettings): Theme {
  const { accentColor, theme } = settings;
  const style = file('text/css; charset=utf-8', Buffer.from(styleSheet(theme, accentColor)));
  const ownStyle = theme.stylesheet === null ? null : file('text/css; charset=utf-8', Buffer.from(theme.stylesheet));
  const [logo, darkLogo] = [logoOf(theme.logo), logoOf(theme.darkLogo)];
  const files = Object.entries({ '/style.css': style, '/theme.css': ownStyle, '/logo': logo, '/logo-dark': darkLogo });
  const texts = new Map<PageLocale, Texts>();
  return {
    ...{ style, ownStyle, logo, darkLogo },
    files: new Map(files.flatMap(([name, one]) => (one === null ? [] : [[name, one] as const]))),
    texts: (locale) => {
      const known = texts.get(locale) ?? textsOf(settings, locale);
      texts.set(locale, known);
      return known;
    },
  };
}

function file(type: string, bytes: Buffer): ThemeFile {
  return { type, bytes, version: hash('sha256', bytes, 'base64url').slice(0, 22) };
}

function logoOf(image: PageImage | null): ThemeLogo | null {
  if (image === null) return null;
  const bytes = Buffer.from(image.base64, 'base64');
  const inspected = inspectImage(bytes);
  if (typeof inspected === 'string') throw new Error(`a logo was stored that ${inspected}`);
  return { ...file(inspected.type, bytes), image: inspected };
}

/** A language that we do not speak has all its texts in the theme. */
function textsOf({ theme }: UserPagesSettings, locale: PageLocale): Texts {
  const spoken = PAGE_LOCALES.find((one) => one === locale) ?? 'en';
  return withTexts(TEXTS[spoken], theme.texts[locale] ?? {});
}

/** Languages that are written from the right. */
const FROM_THE_RIGHT = new Set(['ar', 'arc', 'ckb', 'dv', 'fa', 'he', 'ks', 'ps', 'sd', 'ug', 'ur', 'yi']);

export function directionOf(locale: PageLocale): 'ltr' | 'rtl' {
  return FROM_THE_RIGHT.has(locale) ? 'rtl' : 'ltr';
}
