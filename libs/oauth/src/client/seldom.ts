import { BoundedMemo } from './bounded-memo.ts';

/** Seconds between two lines of a name. */
const QUIET_SECONDS = 60;
const REMEMBERED = 1000;

/** Keeps a log from being filled by who tries again and again: of each name one line a minute is news. */
export class Seldom {
  readonly #written = new BoundedMemo<number>(REMEMBERED);

  constructor(private readonly clock: () => number) {}

  isNews(name: string): boolean {
    const now = this.clock();
    if ((this.#written.get(name) ?? 0) > now - QUIET_SECONDS) return false;
    this.#written.set(name, now);
    return true;
  }
}
