export type ColorScheme = 'light' | 'dark';

/** Colours that can be configured for a scheme. */
export const PALETTE_MEMBERS = ['accent', 'background', 'surface', 'text', 'muted', 'border', 'link', 'danger', 'success'] as const;
export type PaletteMember = (typeof PALETTE_MEMBERS)[number];
/** `#rrggbb`; what is absent follows from the rest. */
export type PaletteSettings = Readonly<Partial<Record<PaletteMember, string | undefined>>>;

export const PAGE_FONTS = ['system', 'humanist', 'geometric', 'rounded', 'serif', 'monospace'] as const;
export type PageFont = (typeof PAGE_FONTS)[number];

export const PAGE_LAYOUTS = ['card', 'plain', 'split'] as const;
export type PageLayout = (typeof PAGE_LAYOUTS)[number];

export const PAGE_LINKS = ['help', 'privacy', 'terms'] as const;
export type PageLink = (typeof PAGE_LINKS)[number];

/** An image that was looked at when it was configured: PNG or WebP. */
export interface PageImage {
  readonly base64: string;
}

/** How the pages for people look, beside their title and accent colour. */
export interface PagesTheme {
  readonly logo: PageImage | null;
  /** In the dark; null for the same. */
  readonly darkLogo: PageImage | null;
  /** What the logo says to those who do not see it; null for the title. */
  readonly logoAlt: string | null;
  readonly palette: Readonly<Record<ColorScheme, PaletteSettings>>;
  readonly font: PageFont;
  /** Of the card, in CSS pixels; buttons and fields have two thirds of it. */
  readonly cornerRadius: number;
  readonly layout: PageLayout;
  /** `https` addresses, or such by language, of which the first is for languages that have none. */
  readonly links: Readonly<Record<PageLink, string | Readonly<Record<string, string>> | null>>;
  /** Texts in place of our own, by language and key; of a language that we do not speak all. Plain text with placeholders such as `{client}`. */
  readonly texts: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** CSS after our own; null for none. */
  readonly stylesheet: string | null;
}

/** What a theme is of which nothing is said. */
export const PLAIN_THEME: PagesTheme = {
  ...{ logo: null, darkLogo: null, logoAlt: null },
  palette: { light: {}, dark: {} },
  ...{ font: 'system', cornerRadius: 16, layout: 'card' },
  links: { help: null, privacy: null, terms: null },
  ...{ texts: {}, stylesheet: null },
};
