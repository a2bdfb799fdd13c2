import { randomUUID } from 'node:crypto';
import type { Claim, ClaimOutcome, GrantRemains, GrantStore, MaybePromise, NewGrant } from '#libs/oauth';
import type { Database, InsertionTarget, Row, Script, Value } from './database.ts';
import type { Dialect } from './dialect.ts';
import { GRANT, insertable } from './tables.ts';

const MOST_RELEASES = 5;

export const GRANTS: InsertionTarget = { table: GRANT.name, columns: insertable(GRANT) };

/** Authorization grants and the claims to them. Time is the database's, so that nodes need not agree on theirs. */
export class SqlGrantStore implements GrantStore {
  constructor(private readonly database: Database) {}

  claim(profile: string, hash: Uint8Array, leaseSeconds: number): MaybePromise<ClaimOutcome> {
    const claim: Claim = { profile, hash, id: randomUUID() };
    return this.database.write(() => take(this.database.dialect, claim, Math.round(leaseSeconds * 1000)), 'fast');
  }

  release(claim: Claim, { counted }: { readonly counted: boolean }): MaybePromise<void> {
    return this.database.write(() => giveBack(claim, counted ? 1 : 0), 'fast');
  }

  deleteExpired(kind: string, before: number, limit: number): MaybePromise<number> {
    return this.database.write(() => expired(this.database.dialect, kind, before, limit), 'fast');
  }

  deleteReplies(before: number, limit: number): MaybePromise<number> {
    return this.database.write(() => forget(this.database.dialect, before, limit), 'fast');
  }

  end(claim: Claim): MaybePromise<void> {
    return this.database.write(() => end(this.database.dialect, claim), 'durable');
  }
}

function* take(dialect: Dialect, claim: Claim, leaseMilliseconds: number): Script<ClaimOutcome> {
  const taken = yield {
    text: `update authorization_grant set claim_id = $3, claimed_until = ${dialect.now} + $4
      where profile = $1 and hash = $2 and used_at is null and releases < ${String(MOST_RELEASES)}
        and expires_at * 1000 > ${dialect.now} and (claim_id is null or claimed_until <= ${dialect.now})
      returning *`,
    values: [claim.profile, claim.hash, claim.id, leaseMilliseconds],
  };
  if (taken[0] !== undefined) return { outcome: 'claimed', claim, grant: grantOf(taken[0]) };
  const [grant] = yield {
    text: `select *, case when releases >= ${String(MOST_RELEASES)} or expires_at * 1000 <= ${dialect.now} then 1 else 0 end as ended,
        case when reply_until * 1000 > ${dialect.now} then reply end as kept
      from authorization_grant where profile = $1 and hash = $2`,
    values: [claim.profile, claim.hash],
  };
  if (grant === undefined) return { outcome: 'unknown' };
  if (typeof grant['used_at'] === 'number')
    return { outcome: 'used', grant: grantOf(grant), usedAt: grant['used_at'], reply: grant['kept'] as string | null };
  return { outcome: grant['ended'] === 1 ? 'ended' : 'claimed-elsewhere' };
}

function* giveBack(claim: Claim, count: number): Script<void> {
  yield {
    text: `update authorization_grant set claim_id = null, claimed_until = null, releases = releases + $4
      where profile = $1 and hash = $2 and claim_id = $3 and used_at is null`,
    values: [...identify(claim), count],
  };
}

/** Nobody else has taken it, so it may be used up although the lease is over. */
function* end(dialect: Dialect, claim: Claim): Script<void> {
  yield {
    text: `update authorization_grant set claim_id = null, claimed_until = null, used_at = ${dialect.now} / 1000
      where profile = $1 and hash = $2 and claim_id = $3 and used_at is null`,
    values: identify(claim),
  };
}

/** Marks a claimed grant used as part of a commit; false when the claim is no longer held. */
export function* useGrant(dialect: Dialect, claim: Claim, remains: GrantRemains | undefined): Script<boolean> {
  const { delegationId = null, reply = null } = remains ?? {};
  const used = yield {
    text: `update authorization_grant set claim_id = null, claimed_until = null, used_at = ${dialect.now} / 1000,
        delegation_id = coalesce($4, delegation_id), reply = $5, reply_until = $6
      where profile = $1 and hash = $2 and claim_id = $3 and claimed_until > ${dialect.now} and used_at is null
      returning used_at`,
    values: [...identify(claim), delegationId, reply?.sealed ?? null, reply?.until ?? null],
  };
  return used.length === 1;
}

function* expired({ skipLocked }: Dialect, kind: string, before: number, limit: number): Script<number> {
  const deleted = yield {
    text: `delete from authorization_grant where (profile, hash) in (
      select profile, hash from authorization_grant where kind = $1 and expires_at < $2 order by expires_at limit $3 ${skipLocked})
      returning 1 as done`,
    values: [kind, before, limit],
  };
  return deleted.length;
}

function* forget({ skipLocked }: Dialect, before: number, limit: number): Script<number> {
  const forgotten = yield {
    text: `update authorization_grant set reply = null, reply_until = null where (profile, hash) in (
      select profile, hash from authorization_grant where reply_until < $1 order by reply_until limit $2 ${skipLocked}) returning 1 as done`,
    values: [before, limit],
  };
  return forgotten.length;
}

function identify(claim: Claim): Value[] {
  return [claim.profile, claim.hash, claim.id];
}

/** A new grant as its table has it. */
export function grantRow(g: NewGrant): Value[] {
  return [g.profile, g.hash, g.kind, g.clientId, g.delegationId, g.data, g.expiresAt, 0, null, null, null, null, null];
}

function grantOf(row: Row): NewGrant {
  return {
    profile: row['profile'] as string,
    hash: row['hash'] as Uint8Array,
    kind: row['kind'] as string,
    clientId: row['client_id'] as string,
    delegationId: row['delegation_id'] as string,
    data: row['data'] as string,
    expiresAt: row['expires_at'] as number,
  };
}
