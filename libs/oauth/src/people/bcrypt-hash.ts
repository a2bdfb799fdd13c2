import { verify } from '@node-rs/bcrypt';

/**
 * The costs that one attempt may have: 2^cost rounds. Hashes run one at a time, so that each attempt has everybody else wait: 14 is a
 * second or two of that, and each further one twice as long.
 */
const LOWEST_COST = 4;
export const HIGHEST_BCRYPT_COST = 14;

/** What bcrypt looks at: whatever comes after counts for nothing. */
const BYTES = 72;

/** Whether a text is a bcrypt hash of one of the sound variants, at whatever cost. */
export function isBcrypt(text: string): boolean {
  return costOf(text) !== null;
}

/** Whether a text is a bcrypt hash that `verifyBcrypt` takes. */
export function isBearableBcrypt(text: string): boolean {
  const cost = costOf(text);
  return cost !== null && cost >= LOWEST_COST && cost <= HIGHEST_BCRYPT_COST;
}

/**
 * Verifies in another thread, by the first 72 bytes, as the hash was made. Never with NUL, which bcrypt ends passwords by: `a\0a` would be
 * taken for `a`.
 */
export async function verifyBcrypt(password: string, stored: string): Promise<boolean> {
  if (!isBearableBcrypt(stored) || password.includes('\0')) return false;
  return verify(Buffer.from(password).subarray(0, BYTES), stored);
}

/** Whether a bcrypt hash that fits says nothing about the end of the password. */
export function isBeyondBcrypt(password: string): boolean {
  return Buffer.byteLength(password) > BYTES;
}

/** `2a`, `2b` and `2y` are the same for what is stored today; `2` and `2x` are of implementations with faults. */
function costOf(text: string): number | null {
  const found = /^\$2[aby]\$(\d{2})\$[./A-Za-z0-9]{53}$/.exec(text);
  return found === null ? null : Number(found[1]);
}
