import { hash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { FormTokens } from '../form-tokens.ts';
import { INTERACTION_LIFETIME, type Interaction } from '../interaction.ts';
import { SealedText } from '../sealed-text.ts';

/** A sign-in that was begun in a browser. It goes along to the provider and back as `state`, sealed. RFC 9700 section 4.7. */
export interface UpstreamState {
  readonly profile: string;
  readonly provider: string;
  /** Random: what the nonce and the verifier are made from, with the cookie. */
  readonly id: string;
  /** SHA-256 of the cookie of the browser. */
  readonly browser: string;
  /** When it began. Seconds since 1970. */
  readonly at: number;
  /** What it was begun for; null where nobody asks. */
  readonly interaction: Interaction | null;
  /** A sign-in there from then on counts, an older one does not; null where any does. Seconds since 1970. */
  readonly since: number | null;
  /** Id of the session whose account is to be linked; null for a sign-in. */
  readonly linkTo: string | null;
}

/** Makes and reads states, and what else belongs to an attempt, without keeping any of it. */
export class UpstreamStates {
  readonly #sealed: SealedText;
  readonly #secrets: FormTokens;

  /** @param key of all nodes the same */
  constructor(
    key: Uint8Array,
    private readonly clock: () => number,
  ) {
    const derived = (purpose: string) => new Uint8Array(hkdfSync('sha256', key, '', purpose, 32));
    this.#sealed = new SealedText(derived('states of upstream logins'));
    this.#secrets = new FormTokens(derived('secrets of upstream logins'));
  }

  begin(members: Pick<UpstreamState, 'profile' | 'provider' | 'interaction' | 'since' | 'linkTo'>, cookie: string): UpstreamState {
    const id = randomBytes(16).toString('base64url');
    return { ...members, id, browser: hash('sha256', cookie, 'base64url'), at: this.clock() };
  }

  seal(state: UpstreamState): string {
    return this.#sealed.seal(JSON.stringify(state));
  }

  /** Null for what was not sealed here, is of another profile or provider, or is too old. */
  open(sealed: string, profile: string, provider: string): UpstreamState | null {
    const text = this.#sealed.open(sealed);
    if (text === null) return null;
    const state = JSON.parse(text) as UpstreamState;
    const isOurs = state.profile === profile && state.provider === provider;
    return isOurs && endOf(state) > this.clock() ? state : null;
  }

  /** Whether the browser with this cookie has begun it. */
  isOf(state: UpstreamState, cookie: string): boolean {
    return timingSafeEqual(Buffer.from(hash('sha256', cookie, 'base64url')), Buffer.from(state.browser));
  }

  /** What only this browser can have of this attempt: 256 bits each. OpenID Connect Core section 15.5.2, RFC 7636 section 7.1. */
  secretsOf({ profile, id }: UpstreamState, cookie: string): { readonly nonce: string; readonly codeVerifier: string } {
    return {
      nonce: this.#secrets.make(profile, 'upstream-nonce', [cookie, id]),
      codeVerifier: this.#secrets.make(profile, 'upstream-verifier', [cookie, id]),
    };
  }
}

/** When it can be used no more. Seconds since 1970. */
export function endOf({ at }: UpstreamState): number {
  return at + INTERACTION_LIFETIME;
}
