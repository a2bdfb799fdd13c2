import { BoundedMemo } from './bounded-memo.ts';

/** How much longer answers take for who fails again and again. */
export interface BackOffLimits {
  /** How long the answer to the first failure that costs anything is held back; doubles with each further one. */
  readonly firstDelayMilliseconds: number;
  readonly longestDelayMilliseconds: number;
  /** After this long without a failure a name starts afresh. */
  readonly forgetAfterMilliseconds: number;
}

/** Counts failures by name, and how many answers of a name are held back at a time. */
export class RecentFailures {
  readonly #failures: BoundedMemo<{ readonly count: number; readonly last: number }>;
  readonly #places = new Map<string, number>();

  /** @param remembered names; beyond, the one that failed longest ago is forgotten */
  constructor(
    private readonly limits: BackOffLimits,
    remembered: number,
  ) {
    this.#failures = new BoundedMemo(remembered);
  }

  /** How many there were lately. */
  count(name: string): number {
    const known = this.#failures.get(name);
    return known !== undefined && performance.now() - known.last < this.limits.forgetAfterMilliseconds ? known.count : 0;
  }

  /** Counts one more, and says how many there are now. */
  add(name: string): number {
    const count = this.count(name) + 1;
    this.#failures.set(name, { count, last: performance.now() });
    return count;
  }

  /** For how many milliseconds an answer is held back. @param costly which of the failures that cost anything it is, from 1 */
  delay(costly: number): number {
    const { firstDelayMilliseconds, longestDelayMilliseconds } = this.limits;
    return Math.min(firstDelayMilliseconds * 2 ** Math.min(costly - 1, 30), longestDelayMilliseconds);
  }

  placesTaken(name: string): number {
    return this.#places.get(name) ?? 0;
  }

  takePlace(name: string): void {
    this.#places.set(name, this.placesTaken(name) + 1);
  }

  leavePlace(name: string): void {
    const left = (this.#places.get(name) ?? 1) - 1;
    if (left > 0) this.#places.set(name, left);
    else this.#places.delete(name);
  }
}
