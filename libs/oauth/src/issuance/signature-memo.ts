import type { JwtPayload } from './claims.ts';
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

  sign({ jti, text }: JwtPayload, type: string, key: ReadyKey): string {
    // The jti stands for the text, which is long to look up by.
    const name = `${key.kid}\n${type}\n${jti}`;
    let jws = this.#young.get(name);
    if (jws !== undefined) {
      this.#hits++;
      return jws;
    }
    jws = this.#old.get(name);
    if (jws === undefined) {
      this.#misses++;
      jws = signCompact(text, type, key);
    } else this.#hits++;
    this.#keep(name, jws);
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
