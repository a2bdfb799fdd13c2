import {
  mergedAttributes,
  type FoundSession,
  type LinkProof,
  type MaybePromise,
  type NewSession,
  type SessionRecord,
  type SessionStore,
} from '#libs/oauth';
import { success } from './account-store.ts';
import { then, type Database, type InsertionTarget, type Query, type Row, type Script, type Value } from './database.ts';
import type { Dialect } from './dialect.ts';
import { isStorable } from './label.ts';
import { endWithSessions } from './session-end.ts';
import { insertable, LOGIN_SESSION } from './tables.ts';

const MOST_LISTED = 100;
const SESSIONS: InsertionTarget = { table: LOGIN_SESSION.name, columns: insertable(LOGIN_SESSION) };

/** Who is signed in, and in which browser. */
export class SqlSessionStore implements SessionStore {
  constructor(private readonly database: Database) {}

  begin(session: NewSession, passwordHash: string, replaces: Uint8Array | null): MaybePromise<boolean> {
    return this.database.write(() => begin(this.database.dialect, session, passwordHash, replaces), 'fast');
  }

  beginLinked(session: NewSession, proof: LinkProof, replaces: Uint8Array | null): MaybePromise<boolean> {
    return this.database.write(() => beginLinked(this.database.dialect, session, proof, replaces), 'fast');
  }

  find(profile: string, hash: Uint8Array, at: number): MaybePromise<FoundSession | null> {
    const rows = this.database.query({
      text: `select s.*, a.username, a.attributes from login_session s join account a on a.profile = s.profile and a.id = s.subject
        where s.profile = $1 and s.hash = $2 and s.ends_at > $3 and a.enabled`,
      values: [profile, hash, at],
    });
    return then(rows, ([row]) => (row === undefined ? null : foundSession(row)));
  }

  seen(profile: string, hash: Uint8Array, at: number, endsAt: number, unless: number): MaybePromise<void> {
    const update = {
      text: 'update login_session set last_seen = $3, ends_at = $4 where profile = $1 and hash = $2 and last_seen < $5 and ends_at > $3',
      values: [profile, hash, at, endsAt, unless],
    };
    return then(this.database.query(update), () => undefined);
  }

  list(profile: string, subject: string, at: number): MaybePromise<readonly SessionRecord[]> {
    const rows = this.database.query({
      text: `select * from login_session where profile = $1 and subject = $2 and ends_at > $3
        order by created_at desc limit ${String(MOST_LISTED)}`,
      values: [profile, subject, at],
    });
    return then(rows, (found) => found.map(sessionOf));
  }

  end(profile: string, hash: Uint8Array): MaybePromise<boolean> {
    const deletion = { text: 'delete from login_session where profile = $1 and hash = $2 returning id', values: [profile, hash] };
    return then(
      this.database.write(() => ended(this.database.dialect, profile, deletion), 'durable'),
      (count) => count > 0,
    );
  }

  endOf(profile: string, subject: string, { id, except }: { readonly id?: string; readonly except?: Uint8Array }): MaybePromise<number> {
    if (!isStorable(id ?? '')) return 0;
    const values: Value[] = [profile, subject];
    const and = (column: string, value: Value | undefined) => (value === undefined ? '' : ` and ${column} $${String(values.push(value))}`);
    const text = `delete from login_session where profile = $1 and subject = $2${and('id =', id)}${and('hash <>', except)} returning id`;
    return this.database.write(() => ended(this.database.dialect, profile, { text, values }), 'durable');
  }

  deleteExpired(before: number, limit: number): MaybePromise<number> {
    return this.database.write(() => deleted(expired(this.database.dialect, before, limit)), 'fast');
  }
}

/** The account is changed first: on PostgreSQL whoever disables it or sets its password waits, and then finds the session. */
function* begin(dialect: Dialect, session: NewSession, passwordHash: string, replaces: Uint8Array | null): Script<boolean> {
  const unlocked = yield success(session.profile, session.subject, passwordHash);
  if (unlocked.length === 0) return false;
  yield* insertSession(dialect, session, replaces);
  return true;
}

/** Who guesses passwords keeps nobody out who has none. */
function* beginLinked(
  dialect: Dialect,
  session: NewSession,
  { issuer, subject: person, attributes }: LinkProof,
  replaces: Uint8Array | null,
): Script<boolean> {
  const { profile, subject, createdAt } = session;
  const [account] = yield {
    text: `update account set updated_at = updated_at where profile = $1 and id = $2 and enabled
      and (password_hash is null or locked_until <= $3) returning attributes`,
    values: [profile, subject, createdAt],
  };
  if (account === undefined) return false;
  const [link] = yield {
    text: `update account_link set last_used_at = $5 where profile = $1 and issuer = $2 and subject = $3 and account = $4
      returning made_account`,
    values: [profile, issuer, person, subject, createdAt],
  };
  if (link === undefined) return false;
  if (link['made_account']) {
    const before = account['attributes'] as string;
    const after = JSON.stringify(mergedAttributes(JSON.parse(before) as Record<string, unknown>, attributes));
    if (after !== before)
      yield {
        text: 'update account set attributes = $3, updated_at = $4 where profile = $1 and id = $2',
        values: [profile, subject, after, createdAt],
      };
  }
  yield* insertSession(dialect, session, replaces);
  return true;
}

function* insertSession(dialect: Dialect, session: NewSession, replaces: Uint8Array | null): Script<void> {
  const { profile, hash, subject, authenticatedAt, acr, amr, createdAt, expiresAt, endsAt } = session;
  const [replaced] =
    replaces === null
      ? []
      : yield { text: 'delete from login_session where profile = $1 and hash = $2 returning id, subject', values: [profile, replaces] };
  // Somebody else has signed in at this browser.
  if (replaced !== undefined && replaced['subject'] !== subject) yield* endWithSessions(dialect, profile, [replaced]);
  const id = replaced?.['subject'] === subject ? (replaced['id'] as string) : session.id;
  const row = [profile, hash, id, subject, authenticatedAt, acr, JSON.stringify(amr), createdAt, createdAt, expiresAt, endsAt];
  yield { into: SESSIONS, rows: [row] };
}

function expired({ skipLocked }: Dialect, before: number, limit: number): Query {
  return {
    text: `delete from login_session where (profile, hash) in (
      select profile, hash from login_session where ends_at < $1 order by ends_at limit $2 ${skipLocked}) returning id`,
    values: [before, limit],
  };
}

function* deleted(query: Query): Script<number> {
  return (yield query).length;
}

function* ended(dialect: Dialect, profile: string, deletion: Query): Script<number> {
  const sessions = yield deletion;
  yield* endWithSessions(dialect, profile, sessions);
  return sessions.length;
}

function foundSession(row: Row): FoundSession {
  return {
    ...sessionOf(row),
    username: row['username'] as string,
    attributes: JSON.parse(row['attributes'] as string) as FoundSession['attributes'],
  };
}

function sessionOf(row: Row): SessionRecord {
  return {
    profile: row['profile'] as string,
    hash: row['hash'] as Uint8Array,
    id: row['id'] as string,
    subject: row['subject'] as string,
    authenticatedAt: row['authenticated_at'] as number,
    acr: row['acr'] as string,
    amr: JSON.parse(row['amr'] as string) as readonly string[],
    createdAt: row['created_at'] as number,
    lastSeen: row['last_seen'] as number,
    expiresAt: row['expires_at'] as number,
    endsAt: row['ends_at'] as number,
  };
}
