import { BoundedMemo } from './bounded-memo.ts';

/** How far above its allowance a name can get: so it is soon within it again, whatever it did. */
const HIGHEST_EXCESS = 32;
const MINUTE = 60_000;

/**
 * What each name may do in a minute. What it has done drains away evenly (a leaky bucket), so that doing something now and then never
 * adds up, and a burst is as good as the same spread out.
 */
export class Allowance {
  readonly #levels: BoundedMemo<{ level: number; at: number }>;

  /** @param remembered names; beyond, the one that did something longest ago is forgotten */
  constructor(remembered: number) {
    this.#levels = new BoundedMemo(remembered);
  }

  /** Counts one more. Answers by how many the name is above its allowance: 0 within it. */
  use(name: string, perMinute: number): number {
    const now = performance.now();
    const { level, at } = this.#levels.get(name) ?? { level: 0, at: now };
    const used = Math.min(Math.max(0, level - ((now - at) * perMinute) / MINUTE) + 1, perMinute + HIGHEST_EXCESS);
    this.#levels.set(name, { level: used, at: now });
    return Math.max(0, Math.ceil(used - perMinute));
  }
}
