import type { ConsentRecord, ConsentStore, MaybePromise, NewConsent } from '#libs/oauth';
import { then, type Database, type InsertionTarget, type Query, type Row, type Script } from './database.ts';
import type { Dialect } from './dialect.ts';
import { isStorable } from './label.ts';
import { CONSENT, insertable } from './tables.ts';

/** Stands beside the scopes of a client, so that one that was allowed none of them is known too. No scope is empty. */
const NO_SCOPE = '';

const CONSENTS: InsertionTarget = {
  table: CONSENT.name,
  columns: insertable(CONSENT),
  conflict:
    'on conflict (profile, subject, client_id, scope) do update set created_at = excluded.created_at, expires_at = excluded.expires_at',
};

/** What people have allowed, a row a scope: the database adds to it, and nobody reads before. */
export class SqlConsentStore implements ConsentStore {
  constructor(private readonly database: Database) {}

  allow({ profile, subject, clientId, scopes, createdAt, expiresAt }: NewConsent): MaybePromise<void> {
    const rows = rowsOf(scopes).map((scope) => [profile, subject, clientId, scope, createdAt, expiresAt]);
    return this.database.write(() => insert({ into: CONSENTS, rows }), 'durable');
  }

  covers(profile: string, subject: string, clientId: string, scopes: readonly string[], at: number): MaybePromise<boolean> {
    const rows = this.database.query({
      text: `select scope from consent where profile = $1 and subject = $2 and client_id = $3 and (expires_at is null or expires_at > $4)`,
      values: [profile, subject, clientId, at],
    });
    return then(rows, (found) => {
      const allowed = new Set(found.map((row) => row['scope']));
      return rowsOf(scopes).every((scope) => allowed.has(scope));
    });
  }

  list(profile: string, subject: string, at: number): MaybePromise<readonly ConsentRecord[]> {
    const rows = this.database.query({
      text: `select client_id, scope, created_at from consent where profile = $1 and subject = $2 and (expires_at is null or expires_at > $3)
        order by client_id, scope`,
      values: [profile, subject, at],
    });
    return then(rows, (found) =>
      [...Map.groupBy(found, (row) => row['client_id'] as string)].map(([clientId, of]) => consentOf(profile, subject, clientId, of)),
    );
  }

  withdraw(profile: string, subject: string, clientId: string): MaybePromise<boolean> {
    if (!isStorable(clientId)) return false;
    const deletion = {
      text: 'delete from consent where profile = $1 and subject = $2 and client_id = $3 returning scope',
      values: [profile, subject, clientId],
    };
    return then(
      this.database.write(() => deleted(deletion), 'durable'),
      (count) => count > 0,
    );
  }

  deleteExpired(before: number, limit: number): MaybePromise<number> {
    return this.database.write(() => deleted(expired(this.database.dialect, before, limit)), 'fast');
  }
}

/** Sorted, so that no two that are given at the same time wait for each other. */
function rowsOf(scopes: readonly string[]): readonly string[] {
  return [...new Set([NO_SCOPE, ...scopes])].sort();
}

function expired({ skipLocked }: Dialect, before: number, limit: number): Query {
  return {
    text: `delete from consent where (profile, subject, client_id, scope) in (
      select profile, subject, client_id, scope from consent where expires_at < $1 order by expires_at limit $2 ${skipLocked})
      returning scope`,
    values: [before, limit],
  };
}

function* insert(insertion: {
  readonly into: InsertionTarget;
  readonly rows: readonly (readonly (string | number | null)[])[];
}): Script<void> {
  yield insertion;
}

function* deleted(query: Query): Script<number> {
  return (yield query).length;
}

function consentOf(profile: string, subject: string, clientId: string, rows: readonly Row[]): ConsentRecord {
  const scopes = rows.map((row) => row['scope'] as string).filter((scope) => scope !== NO_SCOPE);
  return { profile, subject, clientId, scopes, createdAt: Math.max(...rows.map((row) => row['created_at'] as number)) };
}
