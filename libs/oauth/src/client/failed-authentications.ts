import { BoundedMemo } from './bounded-memo.ts';

/** Seconds between two lines about the same client and address. */
const QUIET_SECONDS = 60;
const REMEMBERED = 1000;

/** Counts failed client authentications, and writes one line a minute for each client id and address. */
export class FailedAuthentications {
  #count = 0;
  readonly #written = new BoundedMemo<number>(REMEMBERED);

  constructor(
    private readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void,
    private readonly clock: () => number,
  ) {}

  get count(): number {
    return this.#count;
  }

  record(profile: string, clientId: string, address: string | null): void {
    this.#count++;
    const name = `${profile}\n${clientId.slice(0, 100)}\n${address ?? ''}`;
    const now = this.clock();
    if ((this.#written.get(name) ?? 0) > now - QUIET_SECONDS) return;
    this.#written.set(name, now);
    this.warn('client authentication failed', { profile, client: clientId.slice(0, 100), address, failuresOfAll: this.#count });
  }
}
