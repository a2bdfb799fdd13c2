import {
  StoreError,
  tokenId,
  type Commit,
  type CommitOutcome,
  type DelegationFilter,
  type DelegationRecord,
  type DelegationsOf,
  type DelegationStatus,
  type FoundToken,
  type MaybePromise,
  type NewToken,
  type Page,
  type TokenFilter,
  type TokenKey,
  type TokenPurpose,
  type TokenRecord,
  type TokenStore,
} from '#libs/oauth';
import { commitAll, revocation } from './commit-script.ts';
import { then, type Database, type Row, type Script, type Value } from './database.ts';
import type { Dialect } from './dialect.ts';
import { deleteExpired } from './expiry.ts';
import { label } from './label.ts';
import { listPage, Where } from './listing.ts';
import { delegationRevoked, revocationEvents, tokenRevoked, type SqlRevocationEventStore } from './revocation-event-store.ts';
import { hashRange } from './token-key.ts';

/** The read that every introspection makes, which each database has its own way to do fast. */
export type TokenLookup = (keys: readonly TokenKey[]) => MaybePromise<readonly (FoundToken | null)[]>;

/** Tokens and the delegations they hang from. */
export class SqlTokenStore implements TokenStore {
  constructor(
    private readonly database: Database,
    readonly find: TokenLookup,
    private readonly events: SqlRevocationEventStore,
  ) {}

  commit(commits: readonly Commit[]): MaybePromise<readonly CommitOutcome[]> {
    if (commits.length === 0) return [];
    const committed = this.database.write(
      () => commitAll(this.database.dialect, commits),
      commits.some(endsSomething) ? 'durable' : 'fast',
    );
    return commits.some(endsDelegation) ? then(committed, (outcomes) => this.#told(outcomes)) : committed;
  }

  revokeToken(profile: string, key: TokenKey, at: number): MaybePromise<boolean> {
    return then(
      this.database.write(() => revokeToken(profile, key, at), 'durable'),
      (isRevoked) => this.#told(isRevoked),
    );
  }

  revokeDelegation(profile: string, id: string, at: number): MaybePromise<boolean> {
    if (id.includes('\0')) return false;
    return then(
      this.database.write(() => revokeDelegation(profile, id, at), 'durable'),
      (isRevoked) => this.#told(isRevoked),
    );
  }

  revokeDelegations(profile: string, whose: DelegationsOf, at: number, limit = Number.MAX_SAFE_INTEGER): MaybePromise<number> {
    return then(
      this.database.write(() => revokeDelegations(this.database.dialect, profile, whose, at, limit), 'durable'),
      (count) => this.#told(count),
    );
  }

  findDelegation(profile: string, id: string): MaybePromise<DelegationRecord | null> {
    if (id.includes('\0')) return null;
    const rows = this.database.query({ text: 'select * from delegation where profile = $1 and id = $2', values: [profile, id] });
    return then(rows, ([row]) => (row === undefined ? null : delegationRecord(row)));
  }

  listDelegations(
    filter: DelegationFilter,
    page: { readonly after?: string; readonly limit: number },
  ): MaybePromise<Page<DelegationRecord>> {
    const where = new Where();
    where.equal('t.profile', filter.profile);
    where.equal('t.client_id', filter.clientId);
    where.equal('t.owner', filter.owner);
    where.equal('t.status', filter.status);
    return listPage(this.database, 'delegation', where, page, delegationRecord);
  }

  listTokens(filter: TokenFilter, page: { readonly after?: string; readonly limit: number }): MaybePromise<Page<TokenRecord>> {
    const where = new Where();
    where.equal('t.profile', filter.profile);
    where.equal('t.client_id', filter.clientId);
    where.equal('t.subject', filter.subject);
    if (filter.delegationId !== undefined) {
      where.add((id) => `t.delegation_seq in (select seq from delegation where id = ${id})`, label(filter.delegationId));
    }
    if (filter.activeAt !== undefined) where.add(isActive, filter.activeAt);
    return listPage(this.database, 'token', where, page, tokenRecord);
  }

  deleteExpired(before: number, limit: number): MaybePromise<number> {
    return this.database.write(() => deleteExpired(this.database.dialect, before, limit), 'fast');
  }

  /** Events may have been committed. */
  #told<T>(result: T): T {
    this.events.written();
    return result;
  }
}

/** Such a commit must not be forgotten when the power fails; a token that nobody got to use may be. */
function endsSomething(commit: Commit): boolean {
  return (
    commit.claim !== null || commit.effects.some((effect) => effect.effect === 'revoke-delegation' || effect.effect === 'bucket-clear')
  );
}

function endsDelegation({ effects }: Commit): boolean {
  return effects.some(({ effect }) => effect === 'revoke-delegation');
}

function* revokeToken(profile: string, key: TokenKey, at: number): Script<boolean> {
  const [low, high] = hashRange(key.hash);
  const revoked = yield {
    text: `update token set revoked_at = $5
      where period = $1 and hash >= $2 and hash <= $3 and profile = $4 and revoked_at is null returning hash`,
    values: [key.period, low, high, profile, at],
  };
  const events = revoked.map((row) => tokenRevoked(profile, { period: key.period, hash: row['hash'] as Uint8Array }, at));
  if (events.length > 0) yield revocationEvents(events);
  return events.length > 0;
}

function* revokeDelegation(profile: string, id: string, at: number): Script<boolean> {
  const isRevoked = (yield revocation(profile, id, at)).length > 0;
  if (isRevoked) yield revocationEvents([delegationRevoked(profile, id, at)]);
  return isRevoked;
}

/** Locks them in the order in which commits lock theirs, so that neither waits for the other. */
export function* revokeDelegations(
  { lock }: Dialect,
  profile: string,
  { owner, clientId, session }: DelegationsOf,
  at: number,
  limit: number,
): Script<number> {
  if (owner === undefined && clientId === undefined && session === undefined)
    throw new StoreError('failed', 'Neither an owner nor a client nor a session says whose delegations to revoke: nothing was revoked.');
  const values: Value[] = [profile, at, limit];
  const same = (column: string, value: string | undefined) =>
    value === undefined ? '' : `and ${column} = $${String(values.push(label(value)))}`;
  const inSession =
    session === undefined
      ? ''
      : `and (profile, id) in (select profile, delegation_id from session_delegation where profile = $1 and session = $${String(values.push(label(session)))})`;
  const revoked = yield {
    text: `update delegation set status = 'revoked', revoked_at = $2 where status = 'active' and (profile, id) in (
      select profile, id from delegation where profile = $1 and status = 'active' ${same('owner', owner)} ${same('client_id', clientId)} ${inSession}
      order by profile, id limit $3 ${lock.exclusive}) returning id`,
    values,
  };
  if (revoked.length > 0) yield revocationEvents(revoked.map((row) => delegationRevoked(profile, row['id'] as string, at)));
  return revoked.length;
}

/** A token is as active as what it hangs from. */
function isActive(at: string): string {
  return `t.revoked_at is null and t.expires_at > ${at} and exists (
    select 1 from delegation d where d.profile = t.profile and d.id = t.delegation_id and d.status = 'active' and d.expires_at > ${at})`;
}

function delegationRecord(row: Row): DelegationRecord {
  return {
    profile: row['profile'] as string,
    id: row['id'] as string,
    clientId: row['client_id'] as string,
    owner: row['owner'] as string,
    scope: row['scope'] as string,
    view: row['view'] as string,
    status: row['status'] as DelegationStatus,
    revokedAt: row['revoked_at'] as number | null,
    createdAt: row['created_at'] as number,
    expiresAt: row['expires_at'] as number,
  };
}

function tokenRecord(row: Row): TokenRecord {
  return {
    id: tokenId({ period: row['period'] as number, hash: row['hash'] as Uint8Array }),
    profile: row['profile'] as string,
    purpose: row['purpose'] as TokenPurpose,
    form: row['form'] as NewToken['form'],
    clientId: row['client_id'] as string,
    subject: row['subject'] as string | null,
    delegationId: row['delegation_id'] as string,
    data: row['data'] as string,
    issuedAt: row['issued_at'] as number,
    expiresAt: row['expires_at'] as number,
    revokedAt: row['revoked_at'] as number | null,
  };
}
