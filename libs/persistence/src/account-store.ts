import {
  lockSeconds,
  MOST_COUNTED_FAILURES,
  StoreError,
  usernameKey,
  type Account,
  type AccountChange,
  type AccountStore,
  type MaybePromise,
  type NewAccount,
  type Page,
  type PasswordChange,
} from '#libs/oauth';
import { then, type Database, type Query, type Row, type Script } from './database.ts';
import type { Dialect } from './dialect.ts';
import { isStorable } from './label.ts';
import { pageSize } from './listing.ts';
import { endWithSessions } from './session-end.ts';

/** Follows every name that begins as the text before it. */
const LAST = '\u{10ffff}';

/** People's accounts. */
export class SqlAccountStore implements AccountStore {
  constructor(private readonly database: Database) {}

  create(accounts: readonly NewAccount[]): MaybePromise<readonly boolean[]> {
    return this.database.write(() => create(accounts), 'durable');
  }

  find(profile: string, id: string): MaybePromise<Account | null> {
    return this.#one('select * from account where profile = $1 and id = $2', [profile, id]);
  }

  findByUsername(profile: string, username: string): MaybePromise<Account | null> {
    return this.#one('select * from account where profile = $1 and username_key = $2', [profile, usernameKey(username)]);
  }

  list(profile: string, beginning: string, page: { readonly after?: string; readonly limit: number }): MaybePromise<Page<Account>> {
    const key = usernameKey(beginning);
    if (!isStorable(key)) return { items: [], next: null };
    const limit = pageSize(page.limit);
    const rows = this.database.query({
      text: `select * from account where profile = $1 and username_key >= $2 and username_key < $3 and username_key > $4
        order by username_key limit $5`,
      values: [profile, key, key + LAST, page.after === undefined ? '' : parseCursor(page.after), limit + 1],
    });
    return then(rows, (found) => {
      const last = found.length > limit ? found[limit - 1] : undefined;
      const next = last === undefined ? null : Buffer.from(last['username_key'] as string).toString('base64url');
      return { items: found.slice(0, limit).map(accountOf), next };
    });
  }

  update(profile: string, id: string, change: AccountChange, at: number): MaybePromise<boolean> {
    return isStorable(id) && this.database.write(() => update(profile, id, change, at), 'durable');
  }

  setPassword(change: PasswordChange): MaybePromise<boolean> {
    return isStorable(change.id) && this.database.write(() => setPassword(this.database.dialect, change), 'durable');
  }

  rehash(profile: string, id: string, from: string, to: string): MaybePromise<void> {
    const query = {
      text: 'update account set password_hash = $4 where profile = $1 and id = $2 and password_hash = $3',
      values: [profile, id, from, to],
    };
    return then(this.database.query(query), () => undefined);
  }

  unlock(profile: string, id: string, at: number): MaybePromise<boolean> {
    const query = {
      text: 'update account set failures = 0, locked_until = 0, updated_at = $3 where profile = $1 and id = $2 returning id',
      values: [profile, id, at],
    };
    return isStorable(id) && this.database.write(() => isAnyRow(query), 'durable');
  }

  attempt(profile: string, id: string, at: number): MaybePromise<{ readonly failures: number; readonly lockedUntil: number } | null> {
    const rows = this.database.query({ text: ATTEMPT, values: [profile, id, at] });
    return then(rows, ([row]) =>
      row === undefined ? null : { failures: row['failures'] as number, lockedUntil: row['locked_until'] as number },
    );
  }

  succeed(profile: string, id: string, passwordHash: string): MaybePromise<boolean> {
    return this.database.write(() => isAnyRow(success(profile, id, passwordHash)), 'fast');
  }

  delete(profile: string, id: string): MaybePromise<boolean> {
    return isStorable(id) && this.database.write(() => deleteAccount(profile, id), 'durable');
  }

  #one(text: string, values: readonly string[]): MaybePromise<Account | null> {
    if (!values.every(isStorable)) return null;
    return then(this.database.query({ text, values }), ([row]) => (row === undefined ? null : accountOf(row)));
  }
}

/** Counts and locks in one statement: of many attempts at the same time each sees the one before. */
const ATTEMPT = `update account set failures = failures + 1, locked_until = case
    ${lockCases().join(' ')} else locked_until end
  where profile = $1 and id = $2 and locked_until <= $3 returning failures, locked_until`;

function lockCases(): readonly string[] {
  const counts = Array.from({ length: MOST_COUNTED_FAILURES }, (_, i) => i + 1).filter((failures) => lockSeconds(failures) > 0);
  return counts.reverse().map((failures) => `when failures + 1 >= ${failures} then cast($3 as bigint) + ${lockSeconds(failures)}`);
}

/** Unlocks an enabled account that still has the password that was verified. */
export function success(profile: string, id: string, passwordHash: string): Query {
  return {
    text: `update account set failures = 0, locked_until = 0
      where profile = $1 and id = $2 and enabled and password_hash = $3 returning id`,
    values: [profile, id, passwordHash],
  };
}

/** In one order, so that no two imports wait for each other. */
function* create(accounts: readonly NewAccount[]): Script<readonly boolean[]> {
  const made = accounts.map(() => false);
  const keys = accounts.map(({ username }) => usernameKey(username));
  const order = accounts.map((_, i) => i).sort((a, b) => ((keys[a] ?? '') < (keys[b] ?? '') ? -1 : 1));
  for (const i of order) {
    made[i] = (yield insertAccount(accounts[i] as NewAccount)).length > 0;
  }
  return made;
}

/** Answers no row where the id or the name is taken. */
export function insertAccount({ profile, id, username, passwordHash, attributes, enabled, createdAt }: NewAccount): Query {
  return {
    text: `insert into account (profile, id, username, username_key, password_hash, attributes, enabled, created_at, updated_at,
        password_changed_at, failures, locked_until) values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, 0, 0)
      on conflict do nothing returning id`,
    values: [
      ...[profile, id, username, usernameKey(username), passwordHash, JSON.stringify(attributes), enabled ? 1 : 0, createdAt],
      passwordHash === null ? null : createdAt,
    ],
  };
}

function* update(profile: string, id: string, { attributes, enabled }: AccountChange, at: number): Script<boolean> {
  const isThere = yield* isAnyRow({
    text: `update account set attributes = coalesce($3, attributes), enabled = coalesce($4, enabled), updated_at = $5
      where profile = $1 and id = $2 returning id`,
    values: [profile, id, attributes === undefined ? null : JSON.stringify(attributes), enabled === undefined ? null : enabled ? 1 : 0, at],
  });
  if (isThere && enabled === false) yield* endSessions(profile, id);
  return isThere;
}

function* setPassword(dialect: Dialect, { profile, id, passwordHash, at, replaces, keeps }: PasswordChange): Script<boolean> {
  const isSet = yield* isAnyRow({
    text: `update account set password_hash = $3, password_changed_at = $4, updated_at = $4, failures = 0, locked_until = 0
      where profile = $1 and id = $2 ${replaces === undefined ? '' : 'and password_hash = $5'} returning id`,
    values: [profile, id, passwordHash, at, ...(replaces === undefined ? [] : [replaces])],
  });
  // Whoever had got in by the old one keeps nothing.
  if (isSet) yield* endWithSessions(dialect, profile, yield* endSessions(profile, id, keeps));
  return isSet;
}

function* deleteAccount(profile: string, id: string): Script<boolean> {
  const isDeleted = yield* isAnyRow({ text: 'delete from account where profile = $1 and id = $2 returning id', values: [profile, id] });
  yield* endSessions(profile, id);
  yield { text: 'delete from consent where profile = $1 and subject = $2', values: [profile, id] };
  yield { text: 'delete from account_link where profile = $1 and account = $2', values: [profile, id] };
  return isDeleted;
}

/** Answers the ids of those that are over. */
export function* endSessions(profile: string, subject: string, except?: Uint8Array): Script<readonly Row[]> {
  return yield {
    text: `delete from login_session where profile = $1 and subject = $2 ${except === undefined ? '' : 'and hash <> $3'} returning id`,
    values: [profile, subject, ...(except === undefined ? [] : [except])],
  };
}

function* isAnyRow(query: Query): Script<boolean> {
  return (yield query).length > 0;
}

function parseCursor(text: string): string {
  const key = Buffer.from(text, 'base64url').toString();
  if (key === '' || !isStorable(key) || Buffer.from(key).toString('base64url') !== text)
    throw new StoreError('bad-cursor', 'The page cursor is not one that was given: start from the first page.');
  return key;
}

function accountOf(row: Row): Account {
  return {
    profile: row['profile'] as string,
    id: row['id'] as string,
    username: row['username'] as string,
    passwordHash: row['password_hash'] as string | null,
    attributes: JSON.parse(row['attributes'] as string) as Account['attributes'],
    enabled: Boolean(row['enabled']),
    createdAt: row['created_at'] as number,
    updatedAt: row['updated_at'] as number,
    passwordChangedAt: row['password_changed_at'] as number | null,
    failures: row['failures'] as number,
    lockedUntil: row['locked_until'] as number,
  };
}
