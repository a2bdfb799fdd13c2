import type { Execution } from '../../api/shapes.ts';

/** Why executions are missing: the page is slower than they are, they were overwritten before it came back, or the service was started again. */
export interface Gap {
  readonly because: 'slow' | 'overwritten' | 'unknown';
  /** Null where nobody knows. */
  readonly missed: number | null;
}

/** A line of the page: an execution, or a place where some are missing. */
export type Entry = { readonly key: string; readonly size: number } & (
  { readonly execution: Execution; readonly gap?: never } | { readonly gap: Gap; readonly execution?: never }
);

/** How much of it is held, so that a page that is open for days is as fast as one that was opened now. */
export interface HeldBounds {
  readonly entries: number;
  /** Of all their texts. */
  readonly characters: number;
}

/** The last entries, oldest first; what is too much goes from the beginning. */
export class HeldEntries {
  #entries: Entry[] = [];
  #characters = 0;

  constructor(private readonly bounds: HeldBounds) {}

  get all(): readonly Entry[] {
    return this.#entries;
  }

  add(entry: Entry): void {
    this.#entries.push(entry);
    this.#characters += entry.size;
    // One stays, however long its texts are.
    while (this.#entries.length > 1 && (this.#entries.length > this.bounds.entries || this.#characters > this.bounds.characters))
      this.#characters -= this.#entries.shift()?.size ?? 0;
  }

  /** @returns what was held, oldest first; nothing is from now on */
  take(): readonly Entry[] {
    const all = this.#entries;
    this.#entries = [];
    this.#characters = 0;
    return all;
  }
}
