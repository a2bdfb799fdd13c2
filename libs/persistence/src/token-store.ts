import {
  tokenId,
  type Commit,
  type CommitOutcome,
  type DelegationFilter,
  type DelegationRecord,
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
import { then, type Database, type Row, type Script } from './database.ts';
import { deleteExpired } from './expiry.ts';
import { label } from './label.ts';
import { listPage, Where } from './listing.ts';
import { hashRange } from './token-key.ts';

/** The read that every introspection makes, which each database has its own way to do fast. */
export type TokenLookup = (keys: readonly TokenKey[]) => MaybePromise<readonly (FoundToken | null)[]>;

/** Tokens and the delegations they hang from. */
export class SqlTokenStore implements TokenStore {
  constructor(
    private readonly database: Database,
    readonly find: TokenLookup,
  ) {}

  commit(commits: readonly Commit[]): MaybePromise<readonly CommitOutcome[]> {
    if (commits.length === 0) return [];
    return this.database.write(() => commitAll(this.database.dialect, commits), commits.some(endsSomething) ? 'durable' : 'fast');
  }

  revokeToken(profile: string, key: TokenKey, at: number): MaybePromise<boolean> {
    return this.database.write(() => revokeToken(profile, key, at), 'durable');
  }

  revokeDelegation(profile: string, id: string, at: number): MaybePromise<boolean> {
    if (id.includes('\0')) return false;
    return this.database.write(() => revokeDelegation(profile, id, at), 'durable');
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
}

/** Such a commit must not be forgotten when the power fails; a token that nobody got to use may be. */
function endsSomething(commit: Commit): boolean {
  return (
    commit.claim !== null || commit.effects.some((effect) => effect.effect === 'revoke-delegation' || effect.effect === 'bucket-clear')
  );
}

function* revokeToken(profile: string, key: TokenKey, at: number): Script<boolean> {
  const [low, high] = hashRange(key.hash);
  const revoked = yield {
    text: `update token set revoked_at = $5
      where period = $1 and hash >= $2 and hash <= $3 and profile = $4 and revoked_at is null returning period`,
    values: [key.period, low, high, profile, at],
  };
  return revoked.length > 0;
}

function* revokeDelegation(profile: string, id: string, at: number): Script<boolean> {
  return (yield revocation(profile, id, at)).length > 0;
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
