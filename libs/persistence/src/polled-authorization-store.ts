import {
  LONGEST_POLL_INTERVAL,
  POLL_TOLERANCE,
  type MaybePromise,
  type NewPolledAuthorization,
  type PollDecision,
  type PolledAuthorization,
  type PolledAuthorizationStore,
  type Poller,
  type PollOutcome,
} from '#libs/oauth';
import { then, type Database, type Query, type Row, type Script } from './database.ts';
import type { Dialect } from './dialect.ts';
import { GRANTS, grantRow } from './grant-store.ts';
import { label } from './label.ts';
import { insertable, POLLED_AUTHORIZATION } from './tables.ts';

const COLUMNS = insertable(POLLED_AUTHORIZATION).map(({ name }) => name);

/** Authorizations that clients poll for. Time is the database's, so that nodes need not agree on theirs. */
export class SqlPolledAuthorizationStore implements PolledAuthorizationStore {
  constructor(private readonly database: Database) {}

  poll(profile: string, hash: Uint8Array, by: Poller): MaybePromise<PollOutcome> {
    const { dialect } = this.database;
    const polled = this.database.query(pollOf(dialect, profile, hash, by));
    return then(polled, ([pending]): MaybePromise<PollOutcome> => {
      if (pending !== undefined) return pending['polled_early'] === 1 ? 'slow-down' : 'pending';
      // What is no longer pending stays as it is, so it may be read by itself.
      return then(this.database.query(stateOf(profile, hash)), ([found]) => outcomeOf(found, by));
    }) as MaybePromise<PollOutcome>;
  }

  findByUserCode(profile: string, userCode: Uint8Array): MaybePromise<PolledAuthorization | null> {
    return this.#one({
      text: `select * from polled_authorization where profile = $1 and user_code = $2 and ${waiting(this.database.dialect)}`,
      values: [profile, userCode],
    });
  }

  find(profile: string, hash: Uint8Array): MaybePromise<PolledAuthorization | null> {
    return this.#one({ text: 'select * from polled_authorization where profile = $1 and hash = $2', values: [profile, hash] });
  }

  pendingOf(profile: string, subject: string): MaybePromise<readonly PolledAuthorization[]> {
    const rows = this.database.query({
      text: `select * from polled_authorization where profile = $1 and subject = $2 and ${waiting(this.database.dialect)}
        order by created_at, hash limit 100`,
      values: [profile, label(subject)],
    });
    return then(rows, (found) => found.map(authorizationOf));
  }

  decide(profile: string, hash: Uint8Array, decision: PollDecision): MaybePromise<boolean> {
    return this.database.write(() => decide(this.database.dialect, profile, hash, decision), 'durable');
  }

  deleteExpired(before: number, limit: number): MaybePromise<number> {
    return this.database.write(() => expired(this.database.dialect, before, limit), 'fast');
  }

  #one(query: Query): MaybePromise<PolledAuthorization | null> {
    return then(this.database.query(query), ([row]) => (row === undefined ? null : authorizationOf(row)));
  }
}

/** Inserts one as part of a commit; false where its user code is another's. */
export function* makePolled(authorization: NewPolledAuthorization): Script<boolean> {
  const { profile, hash, kind, clientId, userCode, subject, boundTo, data, createdAt, expiresAt, interval } = authorization;
  const asked = subject === null ? null : label(subject);
  const made = yield {
    text: `insert into polled_authorization (${COLUMNS.join(', ')}) values (${COLUMNS.map((_, i) => `$${String(i + 1)}`).join(', ')})
      on conflict do nothing returning 1 as done`,
    values: [profile, hash, kind, clientId, userCode, asked, boundTo, data, createdAt, expiresAt, interval, 0, 0, 'pending'],
  };
  return made.length === 1;
}

/** The time is read once, else a poll could be early by one reading and not by the next. */
function pollOf(dialect: Dialect, profile: string, hash: Uint8Array, { clientId, keys }: Poller): Query {
  const interval = `case when next_poll_at > clock.now and poll_interval < ${String(LONGEST_POLL_INTERVAL)}
    then poll_interval + 5 else poll_interval end`;
  return {
    text: `update polled_authorization set polled_early = case when next_poll_at > clock.now then 1 else 0 end,
        poll_interval = ${interval}, next_poll_at = clock.now + 1000 * (${interval}) - ${String(POLL_TOLERANCE)}
      from (select ${dialect.now} as now) as clock
      where profile = $1 and hash = $2 and client_id = $3 and (bound_to is null or bound_to = $4 or bound_to = $5)
        and status = 'pending' and expires_at * 1000 > clock.now
      returning polled_early`,
    values: [profile, hash, clientId, keys[0] ?? null, keys[1] ?? null],
  };
}

function stateOf(profile: string, hash: Uint8Array): Query {
  return {
    text: `select client_id, bound_to, status from polled_authorization where profile = $1 and hash = $2`,
    values: [profile, hash],
  };
}

function outcomeOf(found: Row | undefined, { clientId, keys }: Poller): PollOutcome {
  if (found?.['client_id'] !== clientId) return 'unknown';
  if (typeof found['bound_to'] === 'string' && !keys.includes(found['bound_to'])) return 'other-key';
  const status = found['status'] as PolledAuthorization['status'];
  return status === 'pending' ? 'expired' : status;
}

function waiting({ now }: Dialect): string {
  return `status = 'pending' and expires_at * 1000 > ${now}`;
}

function* decide(dialect: Dialect, profile: string, hash: Uint8Array, decision: PollDecision): Script<boolean> {
  const [decided] = yield {
    text: `update polled_authorization set status = $3, user_code = null where profile = $1 and hash = $2 and ${waiting(dialect)} returning *`,
    values: [profile, hash, decision.approved ? 'approved' : 'denied'],
  };
  if (decided === undefined) return false;
  const { kind, clientId, expiresAt } = authorizationOf(decided);
  if (decision.approved)
    yield { into: GRANTS, rows: [grantRow({ profile, hash, kind, clientId, delegationId: '', data: decision.data, expiresAt })] };
  return true;
}

function* expired({ skipLocked }: Dialect, before: number, limit: number): Script<number> {
  const deleted = yield {
    text: `delete from polled_authorization where (profile, hash) in (
      select profile, hash from polled_authorization where expires_at < $1 order by expires_at limit $2 ${skipLocked}) returning 1 as done`,
    values: [before, limit],
  };
  return deleted.length;
}

function authorizationOf(row: Row): PolledAuthorization {
  return {
    profile: row['profile'] as string,
    hash: row['hash'] as Uint8Array,
    kind: row['kind'] as string,
    clientId: row['client_id'] as string,
    userCode: row['user_code'] as Uint8Array | null,
    subject: row['subject'] as string | null,
    boundTo: row['bound_to'] as string | null,
    data: row['data'] as string,
    createdAt: row['created_at'] as number,
    expiresAt: row['expires_at'] as number,
    interval: row['poll_interval'] as number,
    status: row['status'] as PolledAuthorization['status'],
  };
}
