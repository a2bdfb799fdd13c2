import type { AccountLink, AccountLinkStore, MaybePromise, NewAccount, NewAuditEvent, UpstreamPerson } from '#libs/oauth';
import { endSessions, insertAccount } from './account-store.ts';
import { auditInsertion } from './audit-store.ts';
import { then, type Database, type Query, type Row, type Script } from './database.ts';
import type { Dialect } from './dialect.ts';
import { isStorable } from './label.ts';
import { endWithSessions } from './session-end.ts';

const MOST_LISTED = 100;

type Linked = Parameters<AccountLinkStore['add']>[0];
type Removal = Parameters<AccountLinkStore['remove']>[1];

/** Who people are at other providers: the key of the table says that each is of one account. */
export class SqlAccountLinkStore implements AccountLinkStore {
  constructor(private readonly database: Database) {}

  find(person: UpstreamPerson): MaybePromise<AccountLink | null> {
    if (!isKept(person)) return null;
    return then(this.database.query(select(person)), ([row]) => (row === undefined ? null : linkOf(row)));
  }

  list(profile: string, account: string): MaybePromise<readonly AccountLink[]> {
    if (!isStorable(account)) return [];
    const query = {
      text: `select * from account_link where profile = $1 and account = $2 order by created_at, issuer, subject limit ${String(MOST_LISTED)}`,
      values: [profile, account],
    };
    return then(this.database.query(query), (rows) => rows.map(linkOf));
  }

  add(link: Linked, at: number, audit: NewAuditEvent): MaybePromise<boolean> {
    return isKept(link) && isStorable(link.account) && this.database.write(() => add(link, at, audit), 'durable');
  }

  create(
    person: UpstreamPerson,
    account: Omit<NewAccount, 'profile' | 'username'>,
    usernames: readonly string[],
    audit: (username: string) => NewAuditEvent,
  ): MaybePromise<AccountLink> {
    return this.database.write(() => create(person, account, usernames, audit), 'durable');
  }

  remove(link: Linked, how: Removal, audit: NewAuditEvent): MaybePromise<'removed' | 'missing' | 'last'> {
    if (!isKept(link) || !isStorable(link.account)) return 'missing';
    return this.database.write(() => remove(this.database.dialect, link, how, audit), 'durable');
  }
}

/** Whoever removes the account waits, or has done so. */
function* add(link: Linked, at: number, audit: NewAuditEvent): Script<boolean> {
  if ((yield heldAccount(link)).length === 0) return false;
  if ((yield insertion(link, false, at)).length === 0) return false;
  yield auditInsertion([audit], null);
  return true;
}

/** Of two at the same time one waits for the key of the link, and then reads what the other has made. */
function* create(
  person: UpstreamPerson,
  account: Omit<NewAccount, 'profile' | 'username'>,
  usernames: readonly string[],
  audit: (username: string) => NewAuditEvent,
): Script<AccountLink> {
  const { createdAt } = account;
  const [made] = yield insertion({ ...person, account: account.id }, true, createdAt);
  const [row] = made === undefined ? yield select(person) : [made];
  if (row === undefined) throw new Error('a link that was there is gone');
  if (made === undefined) return linkOf(row);
  for (const username of usernames) {
    const inserted = yield insertAccount({ ...account, profile: person.profile, username });
    if (inserted.length === 0) continue;
    yield auditInsertion([audit(username)], null);
    return linkOf(row);
  }
  throw new Error('none of the names for a new account is free');
}

function* remove(
  dialect: Dialect,
  link: Linked,
  { keeps, unlessLast }: Removal,
  audit: NewAuditEvent,
): Script<'removed' | 'missing' | 'last'> {
  const { profile, issuer, subject, account } = link;
  // Held, so that of two that go at the same time the second one sees itself to be the last.
  const [held] = yield heldAccount(link);
  if (held === undefined) return 'missing';
  const others = yield {
    text: 'select 1 as one from account_link where profile = $1 and account = $2 and (issuer <> $3 or subject <> $4) limit 1',
    values: [profile, account, issuer, subject],
  };
  if (unlessLast && held['password_hash'] === null && others.length === 0) return 'last';
  const removed = yield {
    text: 'delete from account_link where profile = $1 and issuer = $2 and subject = $3 and account = $4 returning account',
    values: [profile, issuer, subject, account],
  };
  if (removed.length === 0) return 'missing';
  yield auditInsertion([audit], null);
  // Whoever had got in by it keeps nothing.
  yield* endWithSessions(dialect, profile, yield* endSessions(profile, account, keeps));
  return 'removed';
}

function heldAccount({ profile, account }: Linked): Query {
  return {
    text: 'update account set updated_at = updated_at where profile = $1 and id = $2 returning password_hash',
    values: [profile, account],
  };
}

function insertion({ profile, issuer, subject, account }: Linked, madeAccount: boolean, at: number): Query {
  return {
    text: `insert into account_link (profile, issuer, subject, account, made_account, created_at, last_used_at)
      values ($1, $2, $3, $4, $5, $6, null) on conflict do nothing returning *`,
    values: [profile, issuer, subject, account, madeAccount ? 1 : 0, at],
  };
}

function select({ profile, issuer, subject }: UpstreamPerson): Query {
  return {
    text: 'select * from account_link where profile = $1 and issuer = $2 and subject = $3',
    values: [profile, issuer, subject],
  };
}

function isKept({ issuer, subject }: UpstreamPerson): boolean {
  return isStorable(issuer) && isStorable(subject);
}

function linkOf(row: Row): AccountLink {
  return {
    profile: row['profile'] as string,
    issuer: row['issuer'] as string,
    subject: row['subject'] as string,
    account: row['account'] as string,
    madeAccount: Boolean(row['made_account']),
    createdAt: row['created_at'] as number,
    lastUsedAt: row['last_used_at'] as number | null,
  };
}
