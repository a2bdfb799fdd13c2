import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from './problem.ts';

export interface FailedAttemptLimits {
  /** Delay of an address's first failure; doubles with each further one. */
  readonly firstDelayMilliseconds: number;
  readonly longestDelayMilliseconds: number;
  /** After this long without a failure an address starts afresh. */
  readonly forgetAfterMilliseconds: number;
  /** Addresses remembered; beyond, the one that failed longest ago is forgotten. */
  readonly addresses: number;
  /** Requests that may be held back at a time; beyond, they are refused at once. */
  readonly waiting: number;
}

export const FAILED_ATTEMPT_LIMITS: FailedAttemptLimits = {
  firstDelayMilliseconds: 100,
  longestDelayMilliseconds: 2000,
  forgetAfterMilliseconds: 60_000,
  addresses: 1024,
  waiting: 64,
};

/**
 * Slows those who guess tokens, by address. Only failures are ever held back: somebody else's guessing behind the same
 * address does not slow an administrator. Memory and time are bounded, whatever comes in.
 */
export class FailedAttempts {
  readonly #failures = new Map<string, { count: number; last: number }>();
  #waiting = 0;

  constructor(private readonly limits: FailedAttemptLimits = FAILED_ATTEMPT_LIMITS) {}

  /**
   * Counts a failure and returns how many there were lately, after the delay.
   * @throws Problem `too-many-attempts` when too many requests are being held back already.
   */
  async hold(address: string): Promise<number> {
    const count = this.#count(address, performance.now());
    if (this.#waiting >= this.limits.waiting) {
      throw new Problem('too-many-attempts', 'Too many requests with wrong tokens at a time.', { headers: { 'retry-after': '2' } });
    }
    this.#waiting++;
    try {
      await sleep(Math.min(this.limits.firstDelayMilliseconds * 2 ** Math.min(count - 1, 30), this.limits.longestDelayMilliseconds));
    } finally {
      this.#waiting--;
    }
    return count;
  }

  #count(address: string, now: number): number {
    const known = this.#failures.get(address);
    const count = known !== undefined && now - known.last < this.limits.forgetAfterMilliseconds ? known.count + 1 : 1;
    // Deleted first, so that the map's order is the order of last failures.
    this.#failures.delete(address);
    this.#failures.set(address, { count, last: now });
    if (this.#failures.size > this.limits.addresses) {
      const oldest = this.#failures.keys().next();
      if (oldest.done !== true) this.#failures.delete(oldest.value);
    }
    return count;
  }
}
