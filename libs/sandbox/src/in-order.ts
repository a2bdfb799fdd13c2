import { idAfter, LAST_ID } from './frames.ts';

/**
 * Things numbered one after the other, taken out by number in about the order in which they came. Unlike a `Map` it makes no
 * new tables as they come and go (see `Ledger` for what those cost).
 */
export class InOrder<T extends object> {
  /** The first has the number `#before` + 1, and so on; null once taken. */
  #things: (T | null)[] = [];
  #before: number;
  #head = 0;
  size = 0;

  /** @param first number of the first thing */
  constructor(first = 1) {
    this.#before = first - 1;
  }

  /** @returns its number, which no other of them has */
  add(thing: T): number {
    this.size++;
    return idAfter(this.#before, this.#things.push(thing));
  }

  take(number: number): T | undefined {
    const distance = number - this.#before - 1;
    const at = distance < 0 ? distance + LAST_ID : distance;
    const thing = this.#things[at];
    if (thing === undefined || thing === null) return undefined;
    this.#things[at] = null;
    if (--this.size === 0) this.#forget(this.#things.length);
    else if (at === this.#head) this.#advance();
    return thing;
  }

  get oldest(): T | undefined {
    return this.#things[this.#head] ?? undefined;
  }

  /** All of them, oldest first; none is left. */
  takeAll(): readonly T[] {
    const all = this.#things.filter((thing) => thing !== null);
    this.#forget(this.#things.length);
    this.size = 0;
    return all;
  }

  #advance(): void {
    while (this.#things[this.#head] === null) this.#head++;
    if (this.#head >= 256 && this.#head * 2 > this.#things.length) this.#forget(this.#head);
  }

  #forget(count: number): void {
    this.#before = (this.#before + count) % LAST_ID;
    if (count === this.#things.length) this.#things.length = 0;
    else this.#things = this.#things.slice(count);
    this.#head = 0;
  }
}
