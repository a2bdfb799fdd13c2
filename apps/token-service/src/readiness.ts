import type { Sandbox, Stores } from '#libs/oauth';

/** Whether a node can serve, and why not; the reason is shown to anyone, so it holds no details. */
export interface ReadinessState {
  readonly ready: boolean;
  readonly reason?: string;
}

const LOOK_EVERY = 1000;

/** Asks database and sandbox whether they answer: now, or as of the last second for those who cannot wait. */
export class Readiness {
  #latest: ReadinessState = { ready: false, reason: 'starting' };
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly stores: Stores,
    private readonly sandbox: Sandbox,
  ) {
    this.#timer = setInterval(() => void this.check(), LOOK_EVERY).unref();
  }

  get latest(): ReadinessState {
    return this.#latest;
  }

  async check(): Promise<ReadinessState> {
    this.#latest = await this.#look();
    return this.#latest;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<ReadinessState> {
    if (!this.sandbox.status().ready) return { ready: false, reason: 'the sandbox is not ready' };
    try {
      await this.stores.ping();
      return { ready: true };
    } catch {
      return { ready: false, reason: 'the database does not answer' };
    }
  }
}
