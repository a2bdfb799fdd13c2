import type { ReadyKey } from './key-ring.ts';
import { signCompact } from './jws.ts';

/** Text kept in one generation; two generations are kept. */
const GENERATION_CHARACTERS = 24_000_000;

/**
 * Signs a payload once per key: the phantom token of an unchanged token is the same bytes each time.
 * Bounded: entries that were not asked for during a whole generation are dropped.
 */
export class SignatureMemo {
  #young = new Map<string, string>();
  #old = new Map<string, string>();
  #characters = 0;
  #hits = 0;
  #misses = 0;

  /** For metrics and the bench. */
  get counts(): { readonly hits: number; readonly misses: number; readonly entries: number } {
    return { hits: this.#hits, misses: this.#misses, entries: this.#young.size + this.#old.size };
  }

  /** How often a signature was made. */
  get misses(): number {
    return this.#misses;
  }

  /**
   * @param name stands for the payload, which may be long to look up by and some work to compose: no two payloads may share one
   * @param payload JSON text of the claims
   */
  sign(name: string, payload: () => string, type: string, key: ReadyKey): string {
    const full = `${key.kid}\n${type}\n${name}`;
    let jws = this.#young.get(full);
    if (jws !== undefined) {
      this.#hits++;
      return jws;
    }
    jws = this.#old.get(full);
    if (jws === undefined) {
      this.#misses++;
      jws = signCompact(payload(), type, key);
    } else this.#hits++;
    this.#keep(full, jws);
    return jws;
  }

  #keep(name: string, jws: string): void {
    this.#young.set(name, jws);
    this.#characters += name.length + jws.length;
    if (this.#characters < GENERATION_CHARACTERS) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#characters = 0;
  }
}
