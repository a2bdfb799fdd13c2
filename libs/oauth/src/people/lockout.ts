/** Wrong passwords in a row that cost nothing, and what the first one beyond them costs. */
const FREE = 4;
const FIRST_SECONDS = 30;
const LONGEST_SECONDS = 900;

/** For how long an account is locked by its n-th failure in a row. Seconds. NIST SP 800-63B section 3.2.2. */
export function lockSeconds(failures: number): number {
  return failures <= FREE ? 0 : Math.min(FIRST_SECONDS * 2 ** (failures - FREE - 1), LONGEST_SECONDS);
}

/** From so many failures on an account is locked for as long as it ever is. */
export const MOST_COUNTED_FAILURES = FREE + 1 + Math.ceil(Math.log2(LONGEST_SECONDS / FIRST_SECONDS));
