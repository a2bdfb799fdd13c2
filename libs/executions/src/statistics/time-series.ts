/** What is counted in one stretch of time. */
export class Row {
  readonly counts: Uint32Array;
  readonly sums: Float64Array;

  /** @param slot of the time: the number of the stretch since 1970 */
  constructor(
    readonly slot: number,
    counts: number,
    sums: number,
  ) {
    this.counts = new Uint32Array(counts);
    this.sums = new Float64Array(sums);
  }

  add(other: Row): void {
    for (let i = 0; i < this.counts.length; i++) this.counts[i] = (this.counts[i] as number) + (other.counts[i] as number);
    for (let i = 0; i < this.sums.length; i++) this.sums[i] = (this.sums[i] as number) + (other.sums[i] as number);
  }
}

/** Seconds of a fine row, and for how many of them these are kept: an hour. */
export const FINE_SECONDS = 10;
const FINE_KEPT = 360;
/** Seconds of a coarse row, and for how many of them these are kept: a day. */
export const COARSE_SECONDS = 60;
const COARSE_KEPT = 1440;
const FINE_IN_COARSE = COARSE_SECONDS / FINE_SECONDS;

/** Counts by time: by ten seconds for an hour, by minutes for a day. Rows are there for times only in which something happened. */
export class TimeSeries {
  #current: Row;
  #fine: Row[] = [];
  #coarse: Row[] = [];

  constructor(
    private readonly counts: number,
    private readonly sums: number,
  ) {
    this.#current = new Row(0, counts, sums);
  }

  /** The row to count in. @param now milliseconds since 1970 */
  at(now: number): Row {
    const slot = Math.floor(now / (FINE_SECONDS * 1000));
    // A clock that was set back goes on where it was.
    return slot <= this.#current.slot ? this.#current : this.#turn(slot);
  }

  /** Seconds since 1970 when something was counted last, to ten of them; 0 for never. */
  get lastUsed(): number {
    return this.#current.slot * FINE_SECONDS;
  }

  /**
   * What was counted, in steps in which something was; oldest first.
   *
   * @param from seconds since 1970, a multiple of the step
   * @param to before which
   * @param step seconds: ten of them a few times, or whole minutes
   */
  read(from: number, to: number, step: number): readonly { readonly at: number; readonly row: Row }[] {
    const isFine = step % COARSE_SECONDS !== 0;
    const seconds = isFine ? FINE_SECONDS : COARSE_SECONDS;
    const found = new Map<number, Row>();
    const add = (row: Row, at: number) => {
      if (at < from || at >= to || row.slot === 0) return;
      const start = Math.floor(at / step) * step;
      let sum = found.get(start);
      if (sum === undefined) found.set(start, (sum = new Row(0, this.counts, this.sums)));
      sum.add(row);
    };
    for (const row of isFine ? this.#fine : this.#coarse) add(row, row.slot * seconds);
    add(this.#current, this.#current.slot * FINE_SECONDS);
    return [...found].sort(([a], [b]) => a - b).map(([at, row]) => ({ at, row }));
  }

  #turn(slot: number): Row {
    const closed = this.#current;
    this.#current = new Row(slot, this.counts, this.sums);
    if (closed.slot === 0) return this.#current;
    this.#fine.push(closed);
    while ((this.#fine[0]?.slot ?? Infinity) <= slot - FINE_KEPT) this.#fine.shift();
    const minute = Math.floor(closed.slot / FINE_IN_COARSE);
    let row = this.#coarse.at(-1);
    if (row?.slot !== minute) this.#coarse.push((row = new Row(minute, this.counts, this.sums)));
    row.add(closed);
    while ((this.#coarse[0]?.slot ?? Infinity) <= minute - COARSE_KEPT) this.#coarse.shift();
    return this.#current;
  }
}
