import { OAuthError } from '../errors.ts';
import type { ClaimOutcome, GrantStore } from '../stores.ts';

/** Seconds of a claim: longer than a request can take, so that a claim ends by itself only when its node has. */
const LEASE = 30;
const LONGEST_WAIT_MILLISECONDS = 2000;
const FIRST_PAUSE_MILLISECONDS = 10;
const LONGEST_PAUSE_MILLISECONDS = 100;

/**
 * Claims a grant. A second use during a claim is no reuse: it waits for how the first one ends.
 *
 * @throws OAuthError `temporarily_unavailable` when that takes too long
 */
export async function claim(
  grants: GrantStore,
  profile: string,
  hash: Uint8Array,
): Promise<Exclude<ClaimOutcome, { outcome: 'claimed-elsewhere' }>> {
  let pause = FIRST_PAUSE_MILLISECONDS;
  for (let waited = 0; ; waited += pause) {
    const outcome = await grants.claim(profile, hash, LEASE);
    if (outcome.outcome !== 'claimed-elsewhere') return outcome;
    if (waited >= LONGEST_WAIT_MILLISECONDS)
      throw new OAuthError('temporarily_unavailable', 'The grant is being redeemed. Try again.', { retryAfter: 1 });
    await new Promise((resume) => setTimeout(resume, pause));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS);
  }
}
