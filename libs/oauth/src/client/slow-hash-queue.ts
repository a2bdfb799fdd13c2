import { OAuthError } from '../errors.ts';

/** Bounds of slow hashing: what a flood of wrong passwords may cost everybody else. */
export interface SlowHashLimits {
  /** Waiting verifications of all clients together; beyond it callers get 503. */
  readonly waiting: number;
  /** Waiting verifications of one client. */
  readonly waitingPerClient: number;
  /** Pause after a verification that failed, so that failures use a small part of a core. Milliseconds. */
  readonly pauseAfterFailure: number;
}

const DEFAULTS: SlowHashLimits = { waiting: 64, waitingPerClient: 8, pauseAfterFailure: 30 };

/**
 * Runs slow password hashes one at a time, off the event loop, clients taking turns,
 * so that one client's flood delays neither introspection nor other clients for long.
 */
export class SlowHashQueue {
  readonly #waiting = new Map<string, (() => Promise<void>)[]>();
  #count = 0;
  #running = false;

  constructor(private readonly limits: SlowHashLimits = DEFAULTS) {}

  /** Verifications waiting or running now. */
  get depth(): number {
    return this.#count;
  }

  /** @throws OAuthError `temporarily_unavailable` when too many wait already */
  verify(client: string, work: () => Promise<boolean>): Promise<boolean> {
    const own = this.#waiting.get(client) ?? [];
    if (this.#count >= this.limits.waiting || own.length >= this.limits.waitingPerClient)
      return Promise.reject(new OAuthError('temporarily_unavailable', 'Too many authentication attempts. Try again later.', { retryAfter: 1 }));
    this.#count++;
    this.#waiting.set(client, own);
    return new Promise((resolve, reject) => {
      own.push(async () => {
        try {
          const good = await work();
          resolve(good);
          if (!good) await new Promise((done) => setTimeout(done, this.limits.pauseAfterFailure));
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        } finally {
          this.#count--;
        }
      });
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    for (let turn = this.#waiting.entries().next().value; turn !== undefined; turn = this.#waiting.entries().next().value) {
      const [client, queue] = turn;
      const next = queue.shift();
      // The client goes to the end of the line.
      this.#waiting.delete(client);
      if (queue.length > 0) this.#waiting.set(client, queue);
      await next?.();
    }
    this.#running = false;
  }
}
