/** What waits, and whose it is. */
interface Waiting<T> {
  readonly lane: string;
  readonly item: T;
}

/**
 * A queue in which nobody waits for all that somebody else has sent: next is the lane that has taken the least time since the
 * queue was last empty, and of its items the oldest.
 */
export class FairQueue<T> {
  readonly #waiting = new Set<Waiting<T>>();
  /** Milliseconds, by lane. */
  readonly #taken = new Map<string, number>();

  /** @param most of one lane */
  constructor(private readonly most: number) {}

  /** @returns takes it out again, null when too much of the lane waits */
  add(lane: string, item: T): (() => void) | null {
    let same = 0;
    for (const waiting of this.#waiting) if (waiting.lane === lane) same++;
    if (same >= this.most) return null;
    const entry = { lane, item };
    this.#waiting.add(entry);
    return () => void this.#waiting.delete(entry);
  }

  /** Takes the next one out; undefined when there is none. */
  next(): Waiting<T> | undefined {
    let next: Waiting<T> | undefined;
    for (const waiting of this.#waiting) if (next === undefined || this.#timeOf(waiting.lane) < this.#timeOf(next.lane)) next = waiting;
    if (next === undefined) this.#taken.clear();
    else this.#waiting.delete(next);
    return next;
  }

  took(lane: string, milliseconds: number): void {
    this.#taken.set(lane, this.#timeOf(lane) + milliseconds);
  }

  /** Takes everything out. */
  drain(): readonly T[] {
    const items = [...this.#waiting].map(({ item }) => item);
    this.#waiting.clear();
    return items;
  }

  #timeOf(lane: string): number {
    return this.#taken.get(lane) ?? 0;
  }
}
