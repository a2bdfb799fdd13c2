import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { Configuration } from '../configuration/configuration.ts';
import type { SigningAlgorithm, SigningKey } from '../configuration/entities.ts';
import { OpenedSecrets } from '../configuration/opened-secrets.ts';
import type { KeySealer } from './key-sealing.ts';

/** A signing key made ready: parsed once, since parsing costs more than signing. */
export interface ReadyKey {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly state: SigningKey['state'];
  readonly publicKey: KeyObject;
  /** Null for retired keys, which never sign again. */
  readonly privateKey: KeyObject | null;
}

/** The keys of one profile. */
export interface KeyRing {
  /** Signs; undefined when the profile has no active key of the algorithm. */
  active(algorithm: SigningAlgorithm): ReadyKey | undefined;
  byId(kid: string): ReadyKey | undefined;
  /** The published key set, RFC 7517 section 5. */
  readonly jwks: string;
}

/** Opens what is sealed, each once for as long as it is configured. */
export class KeyRings {
  readonly #ready = new Map<string, ReadyKey>();

  /** Secrets and HTTP clients, which are sealed with the same key encryption key. */
  readonly secrets: OpenedSecrets;

  constructor(private readonly sealer: KeySealer) {
    this.secrets = new OpenedSecrets(sealer);
  }

  /** @throws KeySealError when a key was sealed with another key encryption key */
  async open(configuration: Configuration, profile: string): Promise<KeyRing> {
    const keys: ReadyKey[] = [];
    const published: unknown[] = [];
    for (const key of configuration.all('signing-key')) {
      if (key.profile !== profile) continue;
      keys.push(await this.#open(key));
      published.push(key.publicJwk);
    }
    const active = new Map(keys.filter((key) => key.state === 'active').map((key) => [key.algorithm, key]));
    const byId = new Map(keys.map((key) => [key.kid, key]));
    return { active: (algorithm) => active.get(algorithm), byId: (kid) => byId.get(kid), jwks: JSON.stringify({ keys: published }) };
  }

  async #open(key: SigningKey): Promise<ReadyKey> {
    const name = `${key.profile} ${key.kid} ${key.state}`;
    const known = this.#ready.get(name);
    if (known !== undefined) return known;
    const ready: ReadyKey = {
      kid: key.kid,
      algorithm: key.algorithm,
      state: key.state,
      publicKey: createPublicKey({ key: key.publicJwk, format: 'jwk' }),
      privateKey: key.state === 'retired' ? null : createPrivateKey({ key: await this.sealer.open(key.sealedPrivateJwk), format: 'jwk' }),
    };
    for (const other of this.#ready.keys()) if (other.startsWith(`${key.profile} ${key.kid} `)) this.#ready.delete(other);
    this.#ready.set(name, ready);
    return ready;
  }
}

/** A key pair that is never published: what dry runs sign with. */
export function unpublishedKey(kid: string, pair: { publicKey: KeyObject; privateKey: KeyObject }): ReadyKey {
  return { kid, algorithm: 'ES256', state: 'active', publicKey: pair.publicKey, privateKey: pair.privateKey };
}
