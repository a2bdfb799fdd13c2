import { hash } from 'node:crypto';
import type { PageLocale, UserPagesSettings } from '../../configuration/endpoint-settings.ts';
import type { ColorScheme } from '../../configuration/theme-settings.ts';
import { accountView } from './account-view.ts';
import { approvalEndView, approvalView } from './approval-view.ts';
import { consentView } from './consent-view.ts';
import { codeView, deviceEndView, deviceView } from './device-view.ts';
import { html, Html } from './html.ts';
import { loginView } from './login-view.ts';
import { lookOf, pageDocument, type Look, type PageFiles, type PageParts } from './page.ts';
import { styleSheet } from './style.ts';
import { notice } from './views.ts';

/** A page that can be looked at without anybody being there. */
export const PREVIEW_PAGES = [
  ...(['login', 'login-refused', 'consent', 'approve', 'approved', 'device', 'device-confirm', 'device-connected'] as const),
  ...(['account', 'failed'] as const),
] as const;
export type PreviewPage = (typeof PREVIEW_PAGES)[number];

export interface PreviewOptions {
  readonly page: PreviewPage;
  readonly language: PageLocale;
  /** Whatever the browser likes; null for what it likes. */
  readonly scheme: ColorScheme | null;
}

/** A page with sample data, which stands alone, does nothing and loads nothing. */
export interface PreviewDocument {
  readonly html: string;
  /** For the header `Content-Security-Policy`; the document says the same of itself as far as documents can. */
  readonly policy: string;
}

/** Shows what pages would look like by settings that nobody has stored: with everything in the one document. */
export function previewPage(settings: UserPagesSettings, { page, language, scheme }: PreviewOptions): PreviewDocument {
  const look: Look = lookOf(settings, '#', language);
  const { theme } = settings;
  const styles = [styleSheet(theme, settings.accentColor, scheme), ...(theme.stylesheet === null ? [] : [theme.stylesheet])];
  const hashes = styles.map((text) => `'sha256-${hash('sha256', text, 'base64')}'`).join(' ');
  const policy = `default-src 'none'; style-src ${hashes}; img-src data:; form-action 'none'; base-uri 'none'`;
  const files: PageFiles = {
    scheme,
    head: html`<meta http-equiv="Content-Security-Policy" content="${policy}" />${styles.map(styleElement)}`,
    logo: (_name, { type, bytes }) => `data:${type};base64,${bytes.toString('base64')}`,
  };
  return { html: pageDocument(look, partsOf(look, page), files).text, policy: `${policy}; frame-ancestors 'self'; sandbox` };
}

/** Nothing in it may end the element: style sheets with markup are refused when they are configured, and ours has none. */
function styleElement(text: string): Html {
  if (text.includes('</')) throw new Error('a style sheet was stored that has markup');
  return new Html(`<style>${text}</style>`);
}

const NOW = 1_790_000_000;
const TOKENS = { token: '', logoutToken: '', interaction: '' };
const WHO = { username: 'alice', client: 'Order Tracker' };

function partsOf(look: Look, page: PreviewPage): PageParts {
  const { texts } = look;
  const { profile, email } = texts.consent.scopes;
  const scopes = [profile, email].map((text, i) => ({ text, isOptional: i > 0 }));
  const login = {
    ...TOKENS,
    ...WHO,
    trouble: null,
    said: null,
    passwords: look.settings.passwords,
    upstreams: [{ name: 'example', text: 'Example ID' }],
  };
  switch (page) {
    case 'login':
      return loginView(look, { ...login, username: '', problem: null });
    case 'login-refused':
      return loginView(look, { ...login, problem: 'wrong' });
    case 'consent':
      return consentView(look, { ...TOKENS, ...WHO, scopes, host: 'orders.example.com' });
    case 'approve':
      return approvalView(look, { ...TOKENS, ...WHO, id: '', scopes, bindingMessage: 'K7-42', askedAt: NOW });
    case 'approved':
      return approvalEndView(look, { ...TOKENS, ...WHO, end: 'approved' });
    case 'device':
      return codeView(look, { ...TOKENS, ...WHO, code: '', problem: null });
    case 'device-confirm':
      return deviceView(look, { ...TOKENS, ...WHO, code: 'BCDF-GHJK', scopes });
    case 'device-connected':
      return deviceEndView(look, 'approved', WHO.client);
    case 'account':
      return accountView(look, {
        ...{ ...TOKENS, ...WHO, said: null, trouble: null, hasPassword: look.settings.passwords },
        waiting: [{ id: '', client: 'Till', message: 'K7-42', since: NOW }],
        clients: [{ id: '', name: WHO.client, scopes: [profile, email], since: NOW - 900_000, lastUsed: NOW - 600 }],
        sessions: [
          { id: 'a', since: NOW - 3600, lastSeen: NOW, isThis: true },
          { id: 'b', since: NOW - 90_000, lastSeen: NOW - 7200, isThis: false },
        ],
        links: {
          linked: [{ issuer: '', subject: '', text: 'Example ID', since: NOW - 800_000, lastUsed: null }],
          offered: [],
        },
      });
    case 'failed':
      return {
        title: texts.failed.title,
        content: html`<h1>${texts.failed.title}</h1>
          ${notice('bad', texts.failed.expired)}`,
      };
  }
}
