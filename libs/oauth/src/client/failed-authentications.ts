import { Seldom } from './seldom.ts';

/** Counts failed client authentications, and writes one line a minute for each client id and address. */
export class FailedAuthentications {
  #count = 0;
  readonly #seldom: Seldom;

  constructor(
    private readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void,
    clock: () => number,
  ) {
    this.#seldom = new Seldom(clock);
  }

  get count(): number {
    return this.#count;
  }

  /** @param reason what operators need to know, without anything secret */
  record(profile: string, clientId: string, address: string | null, reason?: string): void {
    this.#count++;
    if (!this.#seldom.isNews(`${profile}\n${clientId.slice(0, 100)}\n${address ?? ''}`)) return;
    this.warn('client authentication failed', {
      ...{ profile, client: clientId.slice(0, 100), address, failuresOfAll: this.#count },
      ...(reason === undefined ? {} : { reason }),
    });
  }

  /** A client could not be authenticated, through no fault of its own that is known: no failure, and written as seldom as one. */
  recordUnverified(profile: string, clientId: string, reason: string): void {
    if (this.#seldom.isNews(`unverified\n${profile}\n${clientId.slice(0, 100)}`))
      this.warn('a client cannot be authenticated', { profile, client: clientId.slice(0, 100), reason });
  }
}
