/** Failures in a row after which nobody is sent to the service for a while. */
const MOST_FAILURES = 5;
/** Milliseconds; doubled while it stays down. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;

/**
 * Keeps requests away from a service that is down, so that they are answered at once and it can recover. After a pause one is
 * let through to see.
 */
export class Circuit {
  #failures = 0;
  #pause = FIRST_PAUSE;
  #opensAt = 0;
  #isProbing = false;

  /** Milliseconds until it makes sense to ask; 0 when this one may. */
  wait(now: number): number {
    if (this.#failures < MOST_FAILURES) return 0;
    if (now < this.#opensAt) return this.#opensAt - now;
    if (this.#isProbing) return FIRST_PAUSE;
    this.#isProbing = true;
    return 0;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#pause = FIRST_PAUSE;
    this.#isProbing = false;
  }

  failed(now: number): void {
    this.#failures++;
    this.#isProbing = false;
    // Those that were under way when it went down are one failure, not many.
    if (this.#failures < MOST_FAILURES || now < this.#opensAt) return;
    this.#opensAt = now + this.#pause;
    this.#pause = Math.min(LONGEST_PAUSE, this.#pause * 2);
  }
}
