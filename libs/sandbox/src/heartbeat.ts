const MILLISECONDS = 10;
/** A beat that comes later than this says that the service stood still, and nothing about its processes. */
const LATE = 60;
const IDLE_BEATS = 100;

/**
 * A timer that beats while there is something to watch over, and stops a second after the last work. As long as it beats
 * the process stays alive: the sockets of sandbox processes alone would not keep it, and work could start between beats.
 */
export class Heartbeat {
  readonly #beat: (now: number, lost: number) => boolean;
  #timer: NodeJS.Timeout | null = null;
  #last = 0;
  #idle = 0;

  /** @param beat gets the time and the milliseconds that the service itself stood still before it; answers whether there is still work */
  constructor(beat: (now: number, lost: number) => boolean) {
    this.#beat = beat;
  }

  get isRunning(): boolean {
    return this.#timer !== null;
  }

  start(): void {
    this.#idle = 0;
    if (this.#timer !== null) return;
    this.#last = Date.now();
    this.#timer = setInterval(() => {
      this.#tick();
    }, MILLISECONDS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #tick(): void {
    const now = Date.now();
    const since = now - this.#last;
    this.#last = now;
    if (this.#beat(now, since > LATE ? since - MILLISECONDS : 0)) this.#idle = 0;
    else if (++this.#idle > IDLE_BEATS) this.stop();
  }
}
