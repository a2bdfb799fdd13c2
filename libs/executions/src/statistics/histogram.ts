/** Counts of a histogram: two for each doubling from 32 units on, the first for all below, the last for all above. */
export const BUCKETS = 36;

/** Which count a value belongs to: half a doubling wide, so that what is read from it is right to a quarter or better. */
export function bucketOf(value: number): number {
  if (value < 32) return 0;
  const whole = value >= 0x40000000 ? 0x40000000 : value | 0;
  const octave = 31 - Math.clz32(whole);
  const bucket = 1 + (octave - 5) * 2 + ((whole >>> (octave - 1)) & 1);
  return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

/** The smallest value of a count. */
export function lowerBound(bucket: number): number {
  if (bucket <= 0) return 0;
  return 2 ** (5 + ((bucket - 1) >> 1)) * (1 + ((bucket - 1) & 1) / 2);
}

/** How many values there are. @param from where the histogram begins in the counts */
export function countOf(counts: Uint32Array, from: number): number {
  let sum = 0;
  for (let i = 0; i < BUCKETS; i++) sum += counts[from + i] as number;
  return sum;
}

/** The value that so large a part is below, as exactly as the counts tell; null without values. @param part from 0 to 1 */
export function quantile(counts: Uint32Array, from: number, part: number): number | null {
  const wanted = countOf(counts, from) * part;
  if (wanted === 0) return null;
  let below = 0;
  for (let i = 0; i < BUCKETS; i++) {
    const here = counts[from + i] as number;
    if (here > 0 && below + here >= wanted) {
      const [low, high] = [lowerBound(i), i === BUCKETS - 1 ? lowerBound(i) : lowerBound(i + 1)];
      return low + ((high - low) * (wanted - below)) / here;
    }
    below += here;
  }
  return lowerBound(BUCKETS - 1);
}
