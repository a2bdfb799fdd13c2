import type { WantedContexts } from './authentication-context.ts';
import { SealedText } from './sealed-text.ts';

/**
 * An authorization request while its person is being asked. It goes along in the address, sealed, so that nothing has to be
 * stored before somebody is signed in, and nobody can change it.
 */
export interface Interaction {
  readonly profile: string;
  /** The authorize endpoint that it comes back to, or the page for devices. */
  readonly path: string;
  /** Empty where nobody knows yet, before the code of a device was entered. */
  readonly clientId: string;
  /** The parameters of the authorization request, as they were checked. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What the client asks for. */
  readonly scopes: readonly string[];
  /** Claims about the person that it asks for beside those of the scopes. */
  readonly claims: readonly string[];
  /** When it began. Seconds since 1970. */
  readonly at: number;
  /** A login from then on counts, an older one does not; null where any does. Seconds since 1970. */
  readonly loginSince: number | null;
  /** How sure it wants to be who it is; absent where it does not say. */
  readonly contexts?: WantedContexts;
  /** What the person has answered on the consent page; null before. */
  readonly consent: Consent | null;
  /** The device that the person is asked about; absent for authorization requests. */
  readonly device?: {
    /** SHA-256 of the device code, base64url. */
    readonly hash: string;
    /** As people read it. */
    readonly userCode: string;
    /** The session in which it was entered: only it may decide. */
    readonly session: string;
  };
}

/** Only the session it was given in may use it. */
export type Consent =
  /** `scopes` are those that were allowed, and claims as `claimConsent` has them. */
  | { readonly session: string; readonly allowed: true; readonly scopes: readonly string[] }
  | { readonly session: string; readonly allowed: false };

/** Seconds that a person has to answer. */
export const INTERACTION_LIFETIME = 1800;

/** Seals interactions under a key that all nodes have and nobody else. */
export class Interactions {
  readonly #sealed: SealedText;

  /** @param key 32 bytes */
  constructor(
    key: Uint8Array,
    private readonly clock: () => number,
  ) {
    this.#sealed = new SealedText(key);
  }

  seal(interaction: Interaction): string {
    return this.#sealed.seal(JSON.stringify(interaction));
  }

  /** Null for what was not sealed here, is of another profile, or is too old. */
  open(sealed: string, profile: string): Interaction | null {
    const text = this.#sealed.open(sealed);
    if (text === null) return null;
    // Nodes of earlier versions know no claims.
    const interaction: Interaction = { ...{ claims: [] }, ...(JSON.parse(text) as Interaction) };
    return interaction.profile === profile && interaction.at + INTERACTION_LIFETIME > this.clock() ? interaction : null;
  }
}
