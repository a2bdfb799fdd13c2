import type { DelegationsOf, TokenStore } from '../stores.ts';

/** Delegations ended between two turns of the event loop's other work: embedded SQLite blocks for some 10 µs each. */
const PORTION = 1000;

/** Ends every active delegation of an owner, a client or both, up to `PORTION` of them in one transaction; answers how many. */
export async function endDelegations(tokens: TokenStore, profile: string, whose: DelegationsOf, at: number): Promise<number> {
  for (let total = 0; ;) {
    const ended = await tokens.revokeDelegations(profile, whose, at, PORTION);
    total += ended;
    if (ended < PORTION) return total;
    await new Promise(setImmediate);
  }
}
