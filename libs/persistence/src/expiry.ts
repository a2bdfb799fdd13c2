import type { Query, Script } from './database.ts';
import type { Dialect } from './dialect.ts';

/**
 * Deletes what ended before a time, tokens first, at most `limit` rows in all. A delegation stays as long as a token
 * hangs from it. Several nodes may do so at once: on PostgreSQL they pass each other's rows by.
 */
export function* deleteExpired(dialect: Dialect, before: number, limit: number): Script<number> {
  let deleted = 0;
  for (const statement of [tokens, grants, ofSessions, delegations]) {
    if (deleted < limit) deleted += (yield statement(dialect, before, limit - deleted)).length;
  }
  return deleted;
}

function tokens({ skipLocked }: Dialect, before: number, limit: number): Query {
  return {
    text: `delete from token where (period, hash) in (
      select period, hash from token where expires_at < $1 order by expires_at limit $2 ${skipLocked}) returning 1 as deleted`,
    values: [before, limit],
  };
}

function grants({ skipLocked }: Dialect, before: number, limit: number): Query {
  return {
    text: `delete from authorization_grant where (profile, hash) in (
      select profile, hash from authorization_grant where expires_at < $1 order by expires_at limit $2 ${skipLocked}) returning 1 as deleted`,
    values: [before, limit],
  };
}

function ofSessions({ skipLocked }: Dialect, before: number, limit: number): Query {
  return {
    text: `delete from session_delegation where (profile, session, delegation_id) in (
      select profile, session, delegation_id from session_delegation where expires_at < $1
      order by expires_at limit $2 ${skipLocked}) returning 1 as deleted`,
    values: [before, limit],
  };
}

function delegations({ skipLocked }: Dialect, before: number, limit: number): Query {
  return {
    text: `delete from delegation where (profile, id) in (
      select d.profile, d.id from delegation d where d.expires_at < $1
        and not exists (select 1 from token t where t.delegation_seq = d.seq)
      order by d.expires_at limit $2 ${skipLocked}) returning 1 as deleted`,
    values: [before, limit],
  };
}
