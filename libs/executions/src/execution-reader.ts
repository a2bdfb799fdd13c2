import { matches, type ExecutionFilter } from './execution-filter.ts';
import type { ExecutionRing, Slot } from './execution-ring.ts';

/** Slots looked at in one go, whether they match or not. */
const MOST_LOOKED_AT = 5000;

/** Reads executions in the order of their numbers, at its own pace; the rings go on without it. */
export class ExecutionReader {
  readonly #positions: number[];
  #place: number;
  /** Whether something after the first place is not kept any more, and nobody knows how much. */
  readonly isLost: boolean;

  constructor(
    private readonly rings: readonly ExecutionRing[],
    private readonly filter: ExecutionFilter,
    after: number,
  ) {
    this.#place = after;
    this.isLost = rings.some(({ lostUpTo }) => lostUpTo > after);
    this.#positions = rings.map((ring) => ring.after(after));
  }

  /** The number of the last that was looked at. */
  get place(): number {
    return this.#place;
  }

  /** How many were overwritten before they were read, whether they match or not; counted once. */
  missed(): number {
    let count = 0;
    this.rings.forEach((ring, i) => {
      const position = this.#positions[i] as number;
      if (ring.oldest <= position) return;
      count += ring.oldest - position;
      this.#positions[i] = ring.oldest;
    });
    return count;
  }

  /**
   * Hands over the next ones that match, while they are what they are: a slot must not be kept.
   *
   * @returns whether there may be more at once
   */
  read(most: number, take: (slot: Slot) => void): boolean {
    let taken = 0;
    for (let looked = 0; looked < MOST_LOOKED_AT; looked++) {
      const ring = this.#earliest();
      if (ring < 0) return false;
      if (taken === most) return true;
      const position = this.#positions[ring] as number;
      this.#positions[ring] = position + 1;
      const slot = (this.rings[ring] as ExecutionRing).at(position);
      this.#place = slot.number;
      if (slot.isVoid || !matches(slot, this.filter)) continue;
      taken++;
      take(slot);
    }
    return true;
  }

  /** The ring whose next one has the smallest number; -1 when all are read. */
  #earliest(): number {
    let found = -1;
    let smallest = Infinity;
    this.rings.forEach((ring, i) => {
      const position = this.#positions[i] as number;
      if (position >= ring.end || ring.at(position).number >= smallest) return;
      found = i;
      smallest = ring.at(position).number;
    });
    return found;
  }
}
