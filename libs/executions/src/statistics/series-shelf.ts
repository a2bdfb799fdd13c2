import type { TimeSeries } from './time-series.ts';

/** Seconds after which a series that nothing was counted in makes room for another: what it has is forgotten by then. */
const IDLE = 86_400;

/** Time series of places, no more than so many: what finds no place is counted together. */
export class SeriesShelf<Place extends object, S extends TimeSeries> {
  readonly #byPlace = new WeakMap<Place, S>();
  readonly #byName = new Map<string, { place: Place; readonly series: S }>();
  #others: S | null = null;

  constructor(
    private readonly most: number,
    private readonly nameOf: (place: Place) => string,
    private readonly make: () => S,
  ) {}

  /** @param now milliseconds since 1970 */
  of(place: Place, now: number): S {
    return this.#byPlace.get(place) ?? this.#find(place, now);
  }

  /** Each with its place; those that found none under null. */
  *[Symbol.iterator](): Generator<readonly [place: Place | null, series: S]> {
    for (const { place, series } of this.#byName.values()) yield [place, series];
    if (this.#others !== null) yield [null, this.#others];
  }

  /** A place of a new configuration is the place of before if it is called the same. */
  #find(place: Place, now: number): S {
    const name = this.nameOf(place);
    let known = this.#byName.get(name);
    if (known === undefined) {
      if (this.#byName.size >= this.most) this.#forgetIdle(now / 1000 - IDLE);
      // Not remembered by its place: there may be room another time.
      if (this.#byName.size >= this.most) return (this.#others ??= this.make());
      this.#byName.set(name, (known = { place, series: this.make() }));
    }
    known.place = place;
    this.#byPlace.set(place, known.series);
    return known.series;
  }

  #forgetIdle(before: number): void {
    for (const [name, { place, series }] of this.#byName) {
      if (series.lastUsed >= before) continue;
      this.#byName.delete(name);
      this.#byPlace.delete(place);
    }
  }
}
