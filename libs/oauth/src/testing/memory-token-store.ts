import { StoreError } from '../store-error.ts';
import type {
  Commit,
  CommitOutcome,
  DelegationFilter,
  DelegationRecord,
  DelegationsOf,
  FoundToken,
  NewDelegation,
  NewToken,
  Page,
  TokenFilter,
  TokenKey,
  TokenRecord,
  TokenStore,
} from '../stores.ts';
import { isDynamicClientId } from '../registration/dynamic-clients.ts';
import { tokenId } from '../token/opaque-token.ts';
import type { MemoryBucketStore } from './memory-bucket-store.ts';
import type { MemoryPeople } from './memory-people.ts';
import type { MemoryGrantStore } from './memory-grant-store.ts';
import type { MemoryPolledAuthorizationStore } from './memory-polled-authorization-store.ts';
import type { MemoryRevocationEventStore } from './memory-revocation-event-store.ts';
import { pageOf } from './memory-page.ts';

type StoredToken = NewToken & { readonly revokedAt: number | null };

export class MemoryTokenStore implements TokenStore {
  /** By whole key; maps keep the order in which things were made. */
  readonly #tokens = new Map<string, StoredToken>();
  readonly #delegations = new Map<string, DelegationRecord>();
  readonly #ofSessions = new Set<string>();

  constructor(
    private readonly grants: MemoryGrantStore,
    private readonly polled: MemoryPolledAuthorizationStore,
    private readonly buckets: MemoryBucketStore,
    private readonly events: MemoryRevocationEventStore,
    private readonly stands: MemoryPeople['stands'],
    private readonly isRegistered: (profile: string, clientId: string) => boolean,
  ) {}

  find(keys: readonly TokenKey[]): readonly (FoundToken | null)[] {
    return keys.map((key) => {
      const token = this.#token(key);
      if (token === undefined) return null;
      const { profile, purpose, form, clientId, delegationId, data, expiresAt, revokedAt } = token;
      const delegation = this.#delegations.get(delegationName({ profile, id: delegationId }));
      return {
        key: { period: token.key.period, hash: Buffer.from(token.key.hash) },
        ...{ profile, purpose, form, clientId, delegationId, data, expiresAt, revokedAt },
        delegation: delegation === undefined ? null : { status: delegation.status, view: delegation.view, expiresAt: delegation.expiresAt },
      };
    });
  }

  commit(commits: readonly Commit[]): readonly CommitOutcome[] {
    commits.forEach(checkDelegations);
    this.#checkUnique(commits);
    return commits.map((commit) => this.#commit(commit));
  }

  revokeToken(profile: string, key: TokenKey, at: number): boolean {
    const token = this.#token(key);
    if (token?.profile !== profile || token.revokedAt !== null) return false;
    this.#tokens.set(tokenName(token.key), { ...token, revokedAt: at });
    this.events.tokenRevoked(profile, token.key, at);
    return true;
  }

  revokeDelegation(profile: string, id: string, at: number): boolean {
    const delegation = this.findDelegation(profile, id);
    if (delegation?.status !== 'active') return false;
    this.#delegations.set(delegationName(delegation), { ...delegation, status: 'revoked', revokedAt: at });
    this.events.delegationRevoked(profile, id, at);
    return true;
  }

  revokeDelegations(profile: string, { owner, clientId, session }: DelegationsOf, at: number, limit = Infinity): number {
    if (owner === undefined && clientId === undefined && session === undefined)
      throw new StoreError('failed', 'Neither an owner nor a client nor a session says whose delegations to revoke: nothing was revoked.');
    const whose = { profile, owner, clientId, status: 'active' };
    const active = [...this.#delegations.values()]
      .filter(
        (delegation) =>
          matches(delegation, whose) && (session === undefined || this.#ofSessions.has(`${profile}\n${session}\n${delegation.id}`)),
      )
      .slice(0, limit);
    for (const { id } of active) this.revokeDelegation(profile, id, at);
    return active.length;
  }

  findDelegation(profile: string, id: string): DelegationRecord | null {
    return this.#delegations.get(delegationName({ profile, id })) ?? null;
  }

  listDelegations(filter: DelegationFilter, page: { readonly after?: string; readonly limit: number }): Page<DelegationRecord> {
    return pageOf(this.#delegations.values(), (delegation) => matches(delegation, filter), page);
  }

  listTokens(filter: TokenFilter, page: { readonly after?: string; readonly limit: number }): Page<TokenRecord> {
    const { activeAt, ...equal } = filter;
    const { items, next } = pageOf(
      this.#tokens.values(),
      (token) => matches(token, equal) && (activeAt === undefined || this.#isActive(token, activeAt)),
      page,
    );
    return { items: items.map(({ key, ...token }) => ({ id: tokenId(key), ...token })), next };
  }

  deleteExpired(before: number, limit: number): number {
    let left = limit;
    for (const [name, token] of this.#tokens) {
      if (left > 0 && token.expiresAt < before && this.#tokens.delete(name)) left--;
    }
    left -= this.grants.deleteAllExpired(before, left);
    const inUse = new Set([...this.#tokens.values()].map((token) => delegationName({ profile: token.profile, id: token.delegationId })));
    for (const [name, delegation] of this.#delegations) {
      if (left > 0 && delegation.expiresAt < before && !inUse.has(name) && this.#delegations.delete(name)) left--;
    }
    return limit - left;
  }

  #commit({ at, effects, requires, claim, remains, person, polled }: Commit): CommitOutcome {
    if (person !== undefined && !this.stands(person, at)) return 'inactive';
    for (const effect of effects) {
      const made = effect.effect === 'delegation' ? effect.delegation : effect.effect === 'token' ? effect.token : null;
      if (made !== null && isDynamicClientId(made.clientId) && !this.isRegistered(made.profile, made.clientId)) return 'inactive';
    }
    if (!requires.every((required) => this.#isDelegationActive(required, at))) return 'inactive';
    if (claim !== null && !this.grants.use(claim, remains ?? null)) return 'lost-claim';
    if (polled !== undefined && !this.polled.add(polled)) return 'taken';
    for (const effect of effects) {
      if (effect.effect === 'delegation') {
        this.#delegations.set(delegationName(effect.delegation), { ...effect.delegation, status: 'active', revokedAt: null });
      } else if (effect.effect === 'renewed-delegation') this.#renew(effect.delegation);
      else if (effect.effect === 'token') {
        const { token } = effect;
        const key = { period: token.key.period, hash: Buffer.from(token.key.hash) };
        this.#tokens.set(tokenName(key), { ...token, key, revokedAt: null });
      } else if (effect.effect === 'grant') this.grants.add({ ...effect.grant, hash: Buffer.from(effect.grant.hash) });
      else if (effect.effect === 'bucket-store') this.buckets.store(effect, effect.attributes, at);
      else if (effect.effect === 'bucket-clear') this.buckets.remove(effect);
      else if (effect.effect === 'session-delegation') this.#ofSessions.add(`${effect.profile}\n${effect.session}\n${effect.delegationId}`);
      else if (effect.effect === 'rotated-token') this.#end(effect.key, at);
      else this.revokeDelegation(effect.profile, effect.id, at);
    }
    return 'committed';
  }

  #renew({ profile, id, scope, view, expiresAt }: NewDelegation): void {
    const before = this.findDelegation(profile, id);
    if (before?.status === 'active')
      this.#delegations.set(delegationName(before), { ...before, scope, view, expiresAt: Math.max(before.expiresAt, expiresAt) });
  }

  #end(key: TokenKey, at: number): void {
    const token = this.#token(key);
    if (token !== undefined) this.#tokens.set(tokenName(token.key), { ...token, revokedAt: at });
  }

  #token(key: TokenKey): StoredToken | undefined {
    const exact = this.#tokens.get(tokenName(key));
    if (exact !== undefined || key.hash.length >= 32) return exact;
    const prefix = tokenName(key);
    for (const [name, token] of this.#tokens) if (name.startsWith(prefix)) return token;
    return undefined;
  }

  #isActive(token: StoredToken, at: number): boolean {
    return (
      token.revokedAt === null && token.expiresAt > at && this.#isDelegationActive({ profile: token.profile, id: token.delegationId }, at)
    );
  }

  #isDelegationActive(named: { readonly profile: string; readonly id: string }, at: number): boolean {
    const delegation = this.#delegations.get(delegationName(named));
    return delegation?.status === 'active' && delegation.expiresAt > at;
  }

  /** What unique keys guard in a database. */
  #checkUnique(commits: readonly Commit[]): void {
    const seen = new Set<string>();
    const check = (name: string, isTaken: boolean) => {
      if (isTaken || seen.has(name)) throw new StoreError('failed', 'A commit makes something that is there already: nothing was stored.');
      seen.add(name);
    };
    for (const effect of commits.flatMap((commit) => commit.effects)) {
      if (effect.effect === 'token') check(`token ${tokenName(effect.token.key)}`, this.#token(effect.token.key) !== undefined);
      if (effect.effect === 'grant')
        check(`grant ${effect.grant.profile} ${Buffer.from(effect.grant.hash).toString('hex')}`, this.grants.has(effect.grant));
      if (effect.effect === 'delegation') {
        const name = delegationName(effect.delegation);
        check(`delegation ${name}`, this.#delegations.has(name));
      }
    }
  }
}

/** A token or grant without a delegation could never be revoked: that is a mistake of the caller, not an outcome. */
function checkDelegations(commit: Commit): void {
  if (commit.polled !== undefined && commit.claim !== null)
    throw new StoreError('failed', 'A commit cannot claim a grant and make an authorization that is polled for: nothing was stored.');
  const known = new Set(commit.requires.map(delegationName));
  for (const effect of commit.effects) {
    if (effect.effect === 'delegation') known.add(delegationName(effect.delegation));
    if (effect.effect === 'renewed-delegation' && !known.has(delegationName(effect.delegation)))
      throw new StoreError('dangling', 'A commit renews a delegation that it does not require: nothing was stored.');
    const made = effect.effect === 'token' ? effect.token : effect.effect === 'grant' ? effect.grant : null;
    if (
      made !== null &&
      (made.delegationId !== '' || effect.effect === 'token') &&
      !known.has(delegationName({ profile: made.profile, id: made.delegationId }))
    ) {
      throw new StoreError(
        'dangling',
        `A commit has a ${effect.effect} whose delegation it neither makes nor requires: nothing was stored.`,
      );
    }
  }
}

function matches(item: object, filter: object): boolean {
  return Object.entries(filter).every(([name, value]) => value === undefined || item[name as keyof typeof item] === value);
}

function delegationName(delegation: { readonly profile: string; readonly id: string }): string {
  return `${delegation.profile}\n${delegation.id}`;
}

function tokenName(key: TokenKey): string {
  return `${String(key.period)}\n${Buffer.from(key.hash).toString('hex')}`;
}
