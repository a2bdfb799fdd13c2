import { createHash } from 'node:crypto';
import type { OAuthError } from '../errors.ts';
import type { OAuthResponse } from '../transport/exchange.ts';
import type { ReturnAddress } from './authorization-request.ts';

/** Sends the person somewhere else, by GET whatever it was here. RFC 9700 section 4.12. */
export function seeOther(location: string, headers: readonly string[] = []): OAuthResponse {
  return { status: 303, headers: ['Location', location, ...PRIVATE, ...headers, 'Content-Length', '0'], body: null };
}

/** The answer to an authorization request. RFC 6749 sections 4.1.2 and 4.2.2, OAuth 2.0 Form Post Response Mode section 2. */
export function authorizationResponse(
  { redirectUri, mode }: ReturnAddress,
  parameters: Readonly<Record<string, string | null | undefined>>,
): OAuthResponse {
  const given = Object.entries(parameters).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [[name, value] as const],
  );
  if (mode === 'form_post') return formPost(redirectUri, given);
  const query = new URLSearchParams(Object.fromEntries(given)).toString();
  if (mode === 'fragment') return seeOther(`${redirectUri}#${query}`);
  return seeOther(
    `${redirectUri}${redirectUri.includes('?') ? (/[?&]$/.test(redirectUri) ? '' : '&') : '?'}${query}${ownFragment(redirectUri)}`,
  );
}

/**
 * A redirect without a fragment takes along that of the address which somebody was sent here with, and a page that knows tokens in
 * fragments would take it for ours. An empty one keeps it out; apps with schemes of their own are called by no page. Fetch standard,
 * section 4.4; RFC 9700 section 4.1.3.
 */
function ownFragment(redirectUri: string): string {
  return /^https?:/i.test(redirectUri) ? '#' : '';
}

/** The same for an error. RFC 6749 sections 4.1.2.1 and 4.2.2.1, RFC 9207 section 2. */
export function errorRedirect(answerTo: ReturnAddress, error: OAuthError, issuer: string): OAuthResponse {
  return authorizationResponse(answerTo, {
    error: error.code,
    error_description: error.message,
    state: answerTo.state,
    iss: issuer,
  });
}

/** What a person sees when nobody may be redirected: the request is not to be trusted. RFC 6749 section 4.1.2.1. */
export function errorPage({ status, message }: OAuthError): OAuthResponse {
  return page(
    status,
    'The sign-in cannot go on',
    `<h1>The sign-in cannot go on</h1><p>${escaped(message)}</p><p>Go back to the application that sent you here, and try again.</p>`,
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
  );
}

const PRIVATE: readonly string[] = ['Cache-Control', 'no-store', 'Referrer-Policy', 'no-referrer'];

/** Submits itself by the one script that the page may run, whatever its fields are called; without scripts the person presses the button. */
const SUBMIT = 'HTMLFormElement.prototype.submit.call(document.forms[0])';
const SUBMIT_HASH = createHash('sha256').update(SUBMIT).digest('base64');

function formPost(action: string, parameters: readonly (readonly [string, string])[]): OAuthResponse {
  const fields = parameters.map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`);
  // No form-action: browsers apply it to the redirects of the client's answer as well, and those are its own affair.
  return page(
    200,
    'Going back to the application',
    `<form method="post" action="${escaped(action)}">${fields.join('')}<button>Go back to the application</button></form><script>${SUBMIT}</script>`,
    `default-src 'none'; script-src 'sha256-${SUBMIT_HASH}'; frame-ancestors 'none'; base-uri 'none'`,
  );
}

function page(status: number, title: string, body: string, policy: string): OAuthResponse {
  return {
    status,
    headers: [
      ...['Content-Type', 'text/html; charset=utf-8', ...PRIVATE],
      ...['Content-Security-Policy', policy, 'X-Content-Type-Options', 'nosniff', 'X-Frame-Options', 'DENY'],
    ],
    body: `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(title)}</title></head><body>${body}</body></html>`,
  };
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
