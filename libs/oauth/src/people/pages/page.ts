import type { PageLocale, UserPagesSettings } from '../../configuration/endpoint-settings.ts';
import type { ColorScheme } from '../../configuration/theme-settings.ts';
import type { OAuthResponse } from '../../transport/exchange.ts';
import { html, type Html } from './html.ts';
import { brand, footer } from './frame.ts';
import type { Texts } from './texts/texts.ts';
import { directionOf, themeOf, type Theme, type ThemeFile } from './theme/theme.ts';

/** How the pages of one endpoint look to one person. */
export interface Look {
  readonly settings: UserPagesSettings;
  /** The path that all pages are below. */
  readonly base: string;
  readonly locale: PageLocale;
  readonly texts: Texts;
}

export function lookOf(settings: UserPagesSettings, base: string, locale: PageLocale): Look {
  return { settings, base, locale, texts: themeOf(settings).texts(locale) };
}

/** What a page is, beside its content. */
export interface PageParts {
  readonly title: string;
  readonly content: Html;
  /** Where it goes on to at once. */
  readonly next?: string;
  readonly wide?: boolean;
}

/**
 * Forms may lead to our own pages alone. Chromium counts redirects among it, so what goes on to a client does so by a link of a page
 * (`/continue`). CSP Level 3, sections 6.3.1 and 6.4.2. Images are the logo, where there is one.
 */
const policy = (images: string) =>
  `default-src 'none'; style-src 'self';${images} form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

const headersWith = (contentPolicy: string): readonly string[] => [
  ...['Content-Security-Policy', contentPolicy],
  ...['X-Frame-Options', 'DENY'],
  ...['X-Content-Type-Options', 'nosniff'],
  // The interaction is in the address.
  ...['Referrer-Policy', 'no-referrer'],
  ...['Cross-Origin-Opener-Policy', 'same-origin'],
  ...['Cross-Origin-Resource-Policy', 'same-origin'],
  ...['Cache-Control', 'no-store'],
];
const HEADERS = headersWith(policy(''));
const HEADERS_WITH_LOGO = headersWith(policy(" img-src 'self';"));

/** A page for a person. */
export function pageAnswer(status: number, look: Look, parts: PageParts, headers: readonly string[] = []): OAuthResponse {
  const theme = themeOf(look.settings);
  return {
    status,
    headers: [
      'Content-Type',
      'text/html; charset=utf-8',
      'Content-Language',
      look.locale,
      'Vary',
      'Accept-Language',
      ...(theme.logo === null ? HEADERS : HEADERS_WITH_LOGO),
      ...headers,
    ],
    body: pageDocument(look, parts, linkedFiles(look, theme)).text,
  };
}

/** Goes on to another address by GET. RFC 9110 section 15.4.4. */
export function seeOther(location: string, headers: readonly string[] = []): OAuthResponse {
  return { status: 303, headers: ['Location', location, ...HEADERS, 'Content-Length', '0', ...headers], body: null };
}

/**
 * A file of the theme. Whoever asks by the version that it has may keep it for ever (RFC 8246); another version is on another node, or
 * was here once, and is not kept. Opened by itself it can do nothing at all.
 */
export function fileAnswer({ type, bytes, version }: ThemeFile, asked: string | undefined): OAuthResponse {
  const headers = [
    ...['Content-Type', type, 'X-Content-Type-Options', 'nosniff', 'Content-Security-Policy', "default-src 'none'; sandbox"],
    ...['Cross-Origin-Resource-Policy', 'same-origin', 'Referrer-Policy', 'no-referrer'],
    ...['Cache-Control', asked === version ? 'public, max-age=31536000, immutable' : 'no-cache'],
  ];
  return type.startsWith('text/') ? { status: 200, headers, body: bytes.toString() } : { status: 200, headers, body: null, bytes };
}

/** Where a page has its style and its logo from. */
export interface PageFiles {
  /** The only scheme there is; null for both. */
  readonly scheme: ColorScheme | null;
  readonly head: Html;
  logo(name: '/logo' | '/logo-dark', file: ThemeFile): string;
}

function linkedFiles({ base }: Look, { style, ownStyle }: Theme): PageFiles {
  const address = (name: string, { version }: ThemeFile) => `${base}${name}?v=${version}`;
  const link = (name: string, file: ThemeFile) => html`<link rel="stylesheet" href="${address(name, file)}" />`;
  return {
    scheme: null,
    head: html`${link('/style.css', style)}${ownStyle === null ? null : link('/theme.css', ownStyle)}`,
    logo: address,
  };
}

/** A whole page. */
export function pageDocument(look: Look, { title, content, next, wide }: PageParts, files: PageFiles): Html {
  const { settings, locale } = look;
  return html`<!doctype html>
    <html lang="${locale}" dir="${directionOf(locale)}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} – ${settings.title}</title>
        ${files.head}${next === undefined ? null : html` <meta http-equiv="refresh" content="0;url=${next}" />`}
      </head>
      <body class="layout-${settings.theme.layout}">
        <div class="frame${wide === true ? ' wide' : ''}">
          ${brand(look, files)}
          <main>${content}</main>
          ${footer(look)}
        </div>
      </body>
    </html> `;
}
