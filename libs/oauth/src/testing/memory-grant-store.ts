import { randomUUID } from 'node:crypto';
import type { Claim, ClaimOutcome, GrantStore, NewGrant } from '../stores.ts';

const MOST_RELEASES = 5;

interface GrantState {
  readonly grant: NewGrant;
  claim: { readonly id: string; readonly until: number } | null;
  releases: number;
  usedAt: number | null;
}

export class MemoryGrantStore implements GrantStore {
  readonly #grants = new Map<string, GrantState>();

  constructor(private readonly now: () => number) {}

  claim(profile: string, hash: Uint8Array, leaseSeconds: number): ClaimOutcome {
    const state = this.#grants.get(name({ profile, hash }));
    if (state === undefined) return { outcome: 'unknown' };
    if (state.usedAt !== null) return { outcome: 'used', grant: state.grant, usedAt: state.usedAt };
    if (state.releases >= MOST_RELEASES || state.grant.expiresAt * 1000 <= this.now()) return { outcome: 'ended' };
    if (state.claim !== null && state.claim.until > this.now()) return { outcome: 'claimed-elsewhere' };
    const claim: Claim = { profile, hash, id: randomUUID() };
    state.claim = { id: claim.id, until: this.now() + leaseSeconds * 1000 };
    return { outcome: 'claimed', claim, grant: state.grant };
  }

  release(claim: Claim): void {
    const state = this.#grants.get(name(claim));
    if (state?.claim?.id !== claim.id || state.usedAt !== null) return;
    state.claim = null;
    state.releases++;
  }

  end(claim: Claim): void {
    const state = this.#grants.get(name(claim));
    if (state?.claim?.id === claim.id) this.#use(state);
  }

  add(grant: NewGrant): void {
    this.#grants.set(name(grant), { grant, claim: null, releases: 0, usedAt: null });
  }

  has(grant: { readonly profile: string; readonly hash: Uint8Array }): boolean {
    return this.#grants.has(name(grant));
  }

  /** Uses a grant up as part of a commit; false when the claim is no longer held. */
  use(claim: Claim): boolean {
    const state = this.#grants.get(name(claim));
    if (state?.claim?.id !== claim.id || state.claim.until <= this.now() || state.usedAt !== null) return false;
    this.#use(state);
    return true;
  }

  deleteExpired(before: number, limit: number): number {
    const expired = [...this.#grants].filter(([, state]) => state.grant.expiresAt < before).slice(0, limit);
    for (const [key] of expired) this.#grants.delete(key);
    return expired.length;
  }

  #use(state: GrantState): void {
    state.claim = null;
    state.usedAt = Math.floor(this.now() / 1000);
  }
}

function name(grant: { readonly profile: string; readonly hash: Uint8Array }): string {
  return `${grant.profile}\n${Buffer.from(grant.hash).toString('hex')}`;
}
