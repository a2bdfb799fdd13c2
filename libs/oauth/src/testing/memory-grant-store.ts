import { randomUUID } from 'node:crypto';
import type { Claim, ClaimOutcome, GrantRemains, GrantStore, NewGrant } from '../stores.ts';

const MOST_RELEASES = 5;

interface GrantState {
  readonly grant: NewGrant;
  claim: { readonly id: string; readonly until: number } | null;
  releases: number;
  usedAt: number | null;
  remains: GrantRemains | null;
}

export class MemoryGrantStore implements GrantStore {
  readonly #grants = new Map<string, GrantState>();

  constructor(private readonly now: () => number) {}

  claim(profile: string, hash: Uint8Array, leaseSeconds: number): ClaimOutcome {
    const state = this.#grants.get(name({ profile, hash }));
    if (state === undefined) return { outcome: 'unknown' };
    if (state.usedAt !== null) return this.#used(state, state.usedAt);
    if (state.releases >= MOST_RELEASES || state.grant.expiresAt * 1000 <= this.now()) return { outcome: 'ended' };
    if (state.claim !== null && state.claim.until > this.now()) return { outcome: 'claimed-elsewhere' };
    const claim: Claim = { profile, hash, id: randomUUID() };
    state.claim = { id: claim.id, until: this.now() + leaseSeconds * 1000 };
    return { outcome: 'claimed', claim, grant: state.grant };
  }

  release(claim: Claim, { counted }: { readonly counted: boolean }): void {
    const state = this.#grants.get(name(claim));
    if (state?.claim?.id !== claim.id || state.usedAt !== null) return;
    state.claim = null;
    if (counted) state.releases++;
  }

  end(claim: Claim): void {
    const state = this.#grants.get(name(claim));
    if (state?.claim?.id === claim.id) this.#use(state);
  }

  deleteReplies(before: number, limit: number): number {
    const over = [...this.#grants.values()].filter(({ remains }) => (remains?.reply?.until ?? Infinity) < before).slice(0, limit);
    for (const state of over) state.remains = state.remains === null ? null : { ...state.remains, reply: null };
    return over.length;
  }

  add(grant: NewGrant): void {
    this.#grants.set(name(grant), { grant, claim: null, releases: 0, usedAt: null, remains: null });
  }

  has(grant: { readonly profile: string; readonly hash: Uint8Array }): boolean {
    return this.#grants.has(name(grant));
  }

  /** Uses a grant up as part of a commit; false when the claim is no longer held. */
  use(claim: Claim, remains: GrantRemains | null): boolean {
    const state = this.#grants.get(name(claim));
    if (state?.claim?.id !== claim.id || state.claim.until <= this.now() || state.usedAt !== null) return false;
    this.#use(state);
    state.remains = remains;
    return true;
  }

  deleteExpired(kind: string, before: number, limit: number): number {
    return this.#delete((grant) => grant.kind === kind && grant.expiresAt < before, limit);
  }

  deleteAllExpired(before: number, limit: number): number {
    return this.#delete((grant) => grant.expiresAt < before, limit);
  }

  #delete(has: (grant: NewGrant) => boolean, limit: number): number {
    const ended = [...this.#grants].filter(([, { grant }]) => has(grant)).slice(0, limit);
    for (const [name] of ended) this.#grants.delete(name);
    return ended.length;
  }

  #used({ grant, remains }: GrantState, usedAt: number): ClaimOutcome {
    const { delegationId = grant.delegationId, reply = null } = remains ?? {};
    const kept = reply !== null && reply.until * 1000 > this.now() ? reply.sealed : null;
    return { outcome: 'used', grant: { ...grant, delegationId }, usedAt, reply: kept };
  }

  #use(state: GrantState): void {
    state.claim = null;
    state.usedAt = Math.floor(this.now() / 1000);
  }
}

function name(grant: { readonly profile: string; readonly hash: Uint8Array }): string {
  return `${grant.profile}\n${Buffer.from(grant.hash).toString('hex')}`;
}
