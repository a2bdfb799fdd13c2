import { createHmac, timingSafeEqual } from 'node:crypto';
import { header, type OAuthRequest } from '../transport/exchange.ts';

/** What a form does; a token of one is none of another. */
export type FormPurpose =
  'login' | 'consent' | 'account' | 'approval' | 'device' | 'device-decision' | 'logout' | 'upstream-nonce' | 'upstream-verifier';

/** Tokens by which a form shows that one of our pages has made it, for this browser. */
export class FormTokens {
  readonly #key: Uint8Array;

  /** @param key of all nodes the same */
  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** @param of what it is bound to: the cookie of the browser, and what else the form is about */
  make(profile: string, purpose: FormPurpose, of: readonly string[]): string {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([profile, purpose, ...of]))
      .digest('base64url');
  }

  isRight(token: string, profile: string, purpose: FormPurpose, of: readonly string[]): boolean {
    const [given, expected] = [Buffer.from(token), Buffer.from(this.make(profile, purpose, of))];
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}

/**
 * Whether a browser says that a form came from a page of somebody else. Pages without a referrer send `Origin: null`, which says nothing:
 * then the token decides alone. Fetch Metadata, section 2.4.
 */
export function isForeign(request: OAuthRequest, baseUrl: string): boolean {
  const site = header(request, 'sec-fetch-site');
  if (site !== undefined) return site !== 'same-origin';
  const origin = header(request, 'origin');
  return origin !== undefined && origin !== 'null' && origin !== new URL(baseUrl).origin;
}
