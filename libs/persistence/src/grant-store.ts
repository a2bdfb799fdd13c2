import { randomUUID } from 'node:crypto';
import type { Claim, ClaimOutcome, GrantStore, MaybePromise, NewGrant } from '#libs/oauth';
import type { Database, Row, Script, Value } from './database.ts';
import type { Dialect } from './dialect.ts';

const MOST_RELEASES = 5;

/** Authorization grants and the claims to them. Time is the database's, so that nodes need not agree on theirs. */
export class SqlGrantStore implements GrantStore {
  constructor(private readonly database: Database) {}

  claim(profile: string, hash: Uint8Array, leaseSeconds: number): MaybePromise<ClaimOutcome> {
    const claim: Claim = { profile, hash, id: randomUUID() };
    return this.database.write(() => take(this.database.dialect, claim, Math.round(leaseSeconds * 1000)), 'fast');
  }

  release(claim: Claim): MaybePromise<void> {
    return this.database.write(() => giveBack(claim), 'fast');
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
    text: `select *, case when releases >= ${String(MOST_RELEASES)} or expires_at * 1000 <= ${dialect.now} then 1 else 0 end as ended
      from authorization_grant where profile = $1 and hash = $2`,
    values: [claim.profile, claim.hash],
  };
  if (grant === undefined) return { outcome: 'unknown' };
  if (typeof grant['used_at'] === 'number') return { outcome: 'used', grant: grantOf(grant), usedAt: grant['used_at'] };
  return { outcome: grant['ended'] === 1 ? 'ended' : 'claimed-elsewhere' };
}

function* giveBack(claim: Claim): Script<void> {
  yield {
    text: `update authorization_grant set claim_id = null, claimed_until = null, releases = releases + 1
      where profile = $1 and hash = $2 and claim_id = $3 and used_at is null`,
    values: identify(claim),
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
export function* useGrant(dialect: Dialect, claim: Claim): Script<boolean> {
  const used = yield {
    text: `update authorization_grant set claim_id = null, claimed_until = null, used_at = ${dialect.now} / 1000
      where profile = $1 and hash = $2 and claim_id = $3 and claimed_until > ${dialect.now} and used_at is null
      returning used_at`,
    values: identify(claim),
  };
  return used.length === 1;
}

function identify(claim: Claim): Value[] {
  return [claim.profile, claim.hash, claim.id];
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
