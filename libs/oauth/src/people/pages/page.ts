import { hash } from 'node:crypto';
import type { PageLocale, UserPagesSettings } from '../../configuration/endpoint-settings.ts';
import type { OAuthResponse } from '../../transport/exchange.ts';
import { html, type Html } from './html.ts';
import { TEXTS } from './locale.ts';
import { styleSheet } from './style.ts';
import type { Texts } from './texts/texts.ts';

/** How the pages of one endpoint look to one person. */
export interface Look {
  readonly settings: UserPagesSettings;
  /** The path that all pages are below. */
  readonly base: string;
  readonly locale: PageLocale;
  readonly texts: Texts;
}

export function lookOf(settings: UserPagesSettings, base: string, locale: PageLocale): Look {
  return { settings, base, locale, texts: TEXTS[locale] };
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
 * (`/continue`). CSP Level 3, sections 6.3.1 and 6.4.2.
 */
const POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: readonly string[] = [
  ...['Content-Security-Policy', POLICY],
  ...['X-Frame-Options', 'DENY'],
  ...['X-Content-Type-Options', 'nosniff'],
  // The interaction is in the address.
  ...['Referrer-Policy', 'no-referrer'],
  ...['Cross-Origin-Opener-Policy', 'same-origin'],
  ...['Cross-Origin-Resource-Policy', 'same-origin'],
  ...['Cache-Control', 'no-store'],
];

/** A page for a person. */
export function pageAnswer(status: number, look: Look, parts: PageParts, headers: readonly string[] = []): OAuthResponse {
  return {
    status,
    headers: [
      'Content-Type',
      'text/html; charset=utf-8',
      'Content-Language',
      look.locale,
      'Vary',
      'Accept-Language',
      ...HEADERS,
      ...headers,
    ],
    body: document(look, parts).text,
  };
}

/** Goes on to another address by GET. RFC 9110 section 15.4.4. */
export function seeOther(location: string, headers: readonly string[] = []): OAuthResponse {
  return { status: 303, headers: ['Location', location, ...HEADERS, 'Content-Length', '0', ...headers], body: null };
}

/** The style sheet of the pages, which may be kept: its address changes with it. */
export function styleAnswer({ accentColor }: UserPagesSettings): OAuthResponse {
  const headers = [
    ...['Content-Type', 'text/css; charset=utf-8', 'X-Content-Type-Options', 'nosniff'],
    ...['Cross-Origin-Resource-Policy', 'same-origin', 'Cache-Control', 'public, max-age=86400'],
  ];
  return { status: 200, headers, body: styleSheet(accentColor) };
}

function document({ settings, base, locale }: Look, { title, content, next, wide }: PageParts): Html {
  const version = hash('sha256', styleSheet(settings.accentColor), 'base64url').slice(0, 12);
  return html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} – ${settings.title}</title>
        <link rel="stylesheet" href="${base}/style.css?v=${version}" />
        ${next === undefined ? null : html` <meta http-equiv="refresh" content="0;url=${next}" />`}
      </head>
      <body>
        <div class="frame${wide === true ? ' wide' : ''}">
          <header class="brand">${settings.title}</header>
          <main>${content}</main>
        </div>
      </body>
    </html> `;
}
