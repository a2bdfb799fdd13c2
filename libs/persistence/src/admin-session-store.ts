import type {
  AdministratorRole,
  AdminSession,
  AdminSessionStore,
  EndingAdminSessions,
  MaybePromise,
  NewAdminSession,
  NewAuditEvent,
} from '#libs/oauth';
import { auditInsertion } from './audit-store.ts';
import { then, type Database, type InsertionTarget, type Query, type Row, type Script, type Value } from './database.ts';
import { isStorable } from './label.ts';
import { ADMIN_SESSION, insertable } from './tables.ts';

const MOST_LISTED = 100;
const SESSIONS: InsertionTarget = { table: ADMIN_SESSION.name, columns: insertable(ADMIN_SESSION) };

/** Administrators who are signed in to the pages of the admin API. */
export class SqlAdminSessionStore implements AdminSessionStore {
  constructor(private readonly database: Database) {}

  begin(session: NewAdminSession, replaces: Uint8Array | null, audit: NewAuditEvent): MaybePromise<void> {
    return this.database.write(() => begin(session, replaces, audit), 'durable');
  }

  find(hash: Uint8Array, at: number): MaybePromise<AdminSession | null> {
    const rows = this.database.query({ text: 'select * from admin_session where hash = $1 and ends_at > $2', values: [hash, at] });
    return then(rows, ([row]) => (row === undefined ? null : sessionOf(row)));
  }

  seen(hash: Uint8Array, at: number, endsAt: number, unless: number): MaybePromise<void> {
    const update = {
      text: 'update admin_session set last_seen = $2, ends_at = $3 where hash = $1 and last_seen < $4 and ends_at > $2',
      values: [hash, at, endsAt, unless],
    };
    return then(this.database.query(update), () => undefined);
  }

  list(administrator: string | null, at: number): MaybePromise<readonly AdminSession[]> {
    if (!isStorable(administrator ?? '')) return [];
    const values: Value[] = administrator === null ? [at] : [at, administrator];
    const rows = this.database.query({
      text: `select * from admin_session where ends_at > $1${administrator === null ? '' : ' and administrator = $2'}
        order by created_at desc, id limit ${String(MOST_LISTED)}`,
      values,
    });
    return then(rows, (found) => found.map(sessionOf));
  }

  end(hash: Uint8Array, audit: NewAuditEvent): MaybePromise<boolean> {
    const deletion = { text: 'delete from admin_session where hash = $1 returning id', values: [hash] };
    return then(
      this.database.write(() => ended(deletion, () => audit), 'durable'),
      (count) => count > 0,
    );
  }

  endOf({ administrator, id }: EndingAdminSessions, audit: (ended: number) => NewAuditEvent): MaybePromise<number> {
    if (!isStorable(administrator) || !isStorable(id ?? '')) return 0;
    const values: Value[] = id === undefined ? [administrator] : [administrator, id];
    const text = `delete from admin_session where administrator = $1${id === undefined ? '' : ' and id = $2'} returning id`;
    return this.database.write(() => ended({ text, values }, audit), 'durable');
  }

  deleteExpired(before: number, limit: number): MaybePromise<number> {
    const deletion = {
      text: `delete from admin_session where hash in (
        select hash from admin_session where ends_at < $1 order by ends_at limit $2 ${this.database.dialect.skipLocked}) returning id`,
      values: [before, limit],
    };
    return this.database.write(() => deleted(deletion), 'fast');
  }
}

function* begin(session: NewAdminSession, replaces: Uint8Array | null, audit: NewAuditEvent): Script<void> {
  if (replaces !== null) yield { text: 'delete from admin_session where hash = $1', values: [replaces] };
  const { hash, id, administrator, name, role, tokenHash, address, createdAt, endsAt, expiresAt } = session;
  yield { into: SESSIONS, rows: [[hash, id, administrator, name, role, tokenHash, address, createdAt, createdAt, endsAt, expiresAt]] };
  yield auditInsertion([audit], null);
}

function* ended(deletion: Query, audit: (ended: number) => NewAuditEvent): Script<number> {
  const { length } = yield deletion;
  if (length > 0) yield auditInsertion([audit(length)], null);
  return length;
}

function* deleted(deletion: Query): Script<number> {
  return (yield deletion).length;
}

function sessionOf(row: Row): AdminSession {
  return {
    hash: row['hash'] as Uint8Array,
    id: row['id'] as string,
    administrator: row['administrator'] as string,
    name: row['name'] as string,
    role: row['role'] as AdministratorRole,
    tokenHash: row['token_hash'] as string | null,
    address: row['address'] as string,
    createdAt: row['created_at'] as number,
    lastSeen: row['last_seen'] as number,
    endsAt: row['ends_at'] as number,
    expiresAt: row['expires_at'] as number,
  };
}
