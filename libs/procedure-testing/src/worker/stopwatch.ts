/** Rings once, after so much time in which it ran: what passes while it is stopped does not count. */
export class Stopwatch {
  readonly #ring: () => void;
  #left: number;
  /** When it was started last; null while it is stopped. */
  #since: number | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(milliseconds: number, ring: () => void) {
    this.#left = milliseconds;
    this.#ring = ring;
  }

  start(): void {
    if (this.#since !== null) return;
    this.#since = performance.now();
    this.#timer = setTimeout(this.#ring, this.#left);
  }

  stop(): void {
    if (this.#since === null) return;
    clearTimeout(this.#timer);
    this.#left -= performance.now() - this.#since;
    this.#since = null;
  }
}
