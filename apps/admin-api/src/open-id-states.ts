import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { SealedText, type KeySealer, type UseStore } from '#libs/oauth';
import { cookieValue } from './session-cookie.ts';

const NAME = '__Host-tokenwright-admin-login';
/** Seconds that somebody has to sign in at the provider. */
const LIFETIME = 600;

const stateShape = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  returnTo: z.string(),
  endsAt: z.int(),
});

/** An attempt to sign in by OpenID Connect, of one browser. */
export type OpenIdState = z.output<typeof stateShape>;

/**
 * What a browser carries from its way to the provider to its way back, sealed: who brings an answer must be who was sent there, and brings
 * it once. RFC 9700 section 4.7.
 */
export class OpenIdStates {
  readonly #sealed: SealedText;

  constructor(
    sealer: Pick<KeySealer, 'derive'>,
    private readonly uses: UseStore,
    private readonly clock: () => number,
  ) {
    this.#sealed = new SealedText(sealer.derive('admin logins'));
  }

  /** A new attempt, and the header by which the browser holds it. The browser comes back from another site: `Lax`. */
  begin(returnTo: string): { readonly state: OpenIdState; readonly setCookie: string } {
    const random = () => randomBytes(32).toString('base64url');
    const state = { state: random(), nonce: random(), codeVerifier: random(), returnTo, endsAt: this.clock() + LIFETIME };
    return { state, setCookie: cookie(this.#sealed.seal(JSON.stringify(state)), LIFETIME) };
  }

  /** The attempt that an answer is of, once; null where this browser has made none that it is of. */
  async take(header: string | undefined, given: string): Promise<OpenIdState | null> {
    const text = this.#sealed.open(cookieValue(header, NAME) ?? '');
    const parsed = text === null ? null : stateShape.safeParse(JSON.parse(text));
    if (parsed?.success !== true) return null;
    const { data } = parsed;
    const [a, b] = [Buffer.from(given), Buffer.from(data.state)];
    if (a.length !== b.length || !timingSafeEqual(a, b) || data.endsAt <= this.clock()) return null;
    const use = { profile: '', kind: 'admin-login', hash: hash('sha256', data.state, 'buffer'), expiresAt: data.endsAt } as const;
    const [isFirst] = await this.uses.once([use]);
    return isFirst === true ? data : null;
  }
}

/** The header that has the browser forget an attempt. */
export function forgottenAttempt(): string {
  return cookie('', 0);
}

function cookie(value: string, seconds: number): string {
  return `${NAME}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=${seconds}`;
}

/** A path of the pages to go back to; the first page for whatever else was sent: another host, or what a browser would take for one. */
export function returnPath(text: string | undefined): string {
  const isPath = text !== undefined && text.length <= 1024 && /^\/(?!\/)[\x21-\x5b\x5d-\x7e]*$/.test(text);
  return isPath && new URL(text, 'https://pages.invalid').origin === 'https://pages.invalid' ? text : '/';
}
