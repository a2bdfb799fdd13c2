import { OAuthError } from '../errors.ts';

/** Bounds of slow hashing: what a flood of wrong passwords may cost everybody else. */
export interface SlowHashLimits {
  /** Waiting verifications of all lanes together. */
  readonly waiting: number;
  /** Waiting verifications of one lane. */
  readonly waitingPerLane: number;
  /** Pause after a verification that failed, so that failures use a small part of a core. Milliseconds. */
  readonly pauseAfterFailure: number;
}

const DEFAULTS: SlowHashLimits = { waiting: 64, waitingPerLane: 8, pauseAfterFailure: 30 };

interface Entry {
  readonly run: () => Promise<void>;
  readonly refuse: () => void;
}

/**
 * Runs slow password hashes one at a time, off the event loop, lanes taking turns. A lane is where requests come from and
 * whom they name: else whoever knows a client's id could fill its lane from anywhere and lock it out.
 *
 * When there is no room, a newcomer takes the place of one that waits, picked at random in the fullest lane. So a flood
 * displaces itself, and nobody can hold all places.
 */
export class SlowHashQueue {
  readonly #lanes = new Map<string, Entry[]>();
  #waiting = 0;
  #running = false;

  constructor(private readonly limits: SlowHashLimits = DEFAULTS) {}

  /** Verifications waiting now. */
  get depth(): number {
    return this.#waiting;
  }

  /** @throws OAuthError `temporarily_unavailable`, at once or later, for one that had to make room */
  verify(lane: string, work: () => Promise<boolean>): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const entry: Entry = {
        run: async () => {
          try {
            const good = await work();
            resolve(good);
            if (!good) await new Promise((done) => setTimeout(done, this.limits.pauseAfterFailure));
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        },
        refuse: () => {
          reject(
            new OAuthError('temporarily_unavailable', 'Too many authentication attempts. Try again later.', {
              retryAfter: 1,
              counted: { brake: 'slow_hashes' },
            }),
          );
        },
      };
      this.#makeRoom(lane);
      const own = this.#lanes.get(lane) ?? [];
      own.push(entry);
      this.#lanes.set(lane, own);
      this.#waiting++;
      void this.#run();
    });
  }

  #makeRoom(lane: string): void {
    const own = this.#lanes.get(lane);
    if (own !== undefined && own.length >= this.limits.waitingPerLane) this.#displace(own);
    else if (this.#waiting >= this.limits.waiting)
      this.#displace([...this.#lanes.values()].reduce((fullest, each) => (each.length > fullest.length ? each : fullest)));
  }

  #displace(lane: Entry[]): void {
    const [displaced] = lane.splice(Math.floor(Math.random() * lane.length), 1);
    if (displaced === undefined) return;
    this.#waiting--;
    displaced.refuse();
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    for (let turn = this.#lanes.entries().next().value; turn !== undefined; turn = this.#lanes.entries().next().value) {
      const [lane, entries] = turn;
      const next = entries.shift();
      // The lane goes to the end of the line.
      this.#lanes.delete(lane);
      if (entries.length > 0) this.#lanes.set(lane, entries);
      if (next === undefined) continue;
      this.#waiting--;
      await next.run();
    }
    this.#running = false;
  }
}
