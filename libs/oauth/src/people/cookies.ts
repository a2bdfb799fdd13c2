import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import { header, type OAuthRequest } from '../transport/exchange.ts';

/** A random value of 256 bits, as it stands in cookies. */
const VALUE = /^[A-Za-z0-9_-]{43}$/;

/** What a browser keeps for us: who is signed in, which browser a form was made for, and which has begun to sign in elsewhere. */
export type CookiePurpose = 'session' | 'form' | 'upstream';

/** The value that a browser has kept; null for none that is ours. */
export function cookieOf(request: OAuthRequest, profile: ProfileSnapshot, purpose: CookiePurpose): string | null {
  const name = `${nameOf(profile, purpose)}=`;
  for (const pair of (header(request, 'cookie') ?? '').split(';')) {
    const text = pair.trim();
    if (text.startsWith(name) && VALUE.test(text.slice(name.length))) return text.slice(name.length);
  }
  return null;
}

/**
 * The header that has a browser keep a value until it is closed, or forget it. No page of another host or without TLS can set it or is
 * sent it; browsers take this host's own machine for secure without TLS, too. RFC 6265bis section 4.1.3.2.
 */
export function setCookie(profile: ProfileSnapshot, purpose: CookiePurpose, value: string | null): readonly [string, string] {
  const end = value === null ? '; Max-Age=0' : '';
  return ['Set-Cookie', `${nameOf(profile, purpose)}=${value ?? ''}; Path=/; Secure; HttpOnly; SameSite=Lax${end}`];
}

/** Ids of profiles have no character that a name of a cookie cannot have. */
function nameOf({ id }: ProfileSnapshot, purpose: CookiePurpose): string {
  return `__Host-tokenwright-${purpose}.${id}`;
}
