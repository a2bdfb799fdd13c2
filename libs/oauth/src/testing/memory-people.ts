import { mergedAttributes } from '../people/upstream/merged-attributes.ts';
import type {
  Account,
  AccountStore,
  ConsentStore,
  FoundSession,
  NewAccount,
  NewConsent,
  NewSession,
  SessionRecord,
  SessionStore,
} from '../people-stores.ts';
import { lockSeconds } from '../people/lockout.ts';
import { usernameKey } from '../people/username.ts';
import { StoreError } from '../store-error.ts';
import type { Stores } from '../stores.ts';
import type { PersonRequirement } from '../people-stores.ts';
import type { MemoryAuditStore } from './memory-audit-store.ts';
import { MemoryLinks } from './memory-links.ts';
import { clampPage } from './memory-page.ts';

/** Accounts with what hangs from them, in memory. */
export function memoryPeople(audit: MemoryAuditStore, onEnded: (profile: string, session: string) => void): MemoryPeople {
  const accounts = new Map<string, Account>();
  const sessions = new Map<string, SessionRecord>();
  const consents = new MemoryConsents();
  const links = new MemoryLinks(accounts, audit, (profile, id, keeps) =>
    sessionsOf.endOf(profile, id, keeps === undefined ? {} : { except: keeps }),
  );
  const accountsOf = accountStore(accounts, sessions, consents, links, onEnded);
  const sessionsOf = sessionStore(accounts, sessions, links, onEnded);
  return {
    accounts: accountsOf,
    sessions: sessionsOf,
    links,
    consents,
    stands: ({ profile, subject, session, consentTo }, at) =>
      (session === null
        ? accounts.get(nameOf(profile, subject))?.enabled === true
        : [...sessions.values()].some((s) => s.profile === profile && s.subject === subject && s.id === session && s.endsAt > at)) &&
      (consentTo === null || consents.list(profile, subject, 0).some(({ clientId }) => clientId === consentTo)),
  };
}

export type MemoryPeople = Pick<Stores, 'accounts' | 'sessions' | 'consents' | 'links'> & {
  /** Whether what a commit requires of a person is so. */
  readonly stands: (person: PersonRequirement, at: number) => boolean;
};

const nameOf = (profile: string, id: string | Uint8Array) =>
  JSON.stringify([profile, typeof id === 'string' ? id : Buffer.from(id).toString('hex')]);

function removeWhere<T>(map: Map<string, T>, matches: (value: T) => boolean): number {
  const names = [...map].filter(([, value]) => matches(value)).map(([name]) => name);
  for (const name of names) map.delete(name);
  return names.length;
}

const isSame = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

function accountStore(
  accounts: Map<string, Account>,
  sessions: Map<string, SessionRecord>,
  consents: MemoryConsents,
  links: MemoryLinks,
  onEnded: (profile: string, session: string) => void,
): AccountStore {
  const endSessions = (profile: string, id: string, except?: Uint8Array): readonly string[] => {
    const ended = [...sessions.values()].filter(
      (s) => s.profile === profile && s.subject === id && (except === undefined || !isSame(s.hash, except)),
    );
    removeWhere(sessions, (s) => ended.includes(s));
    return ended.map((s) => s.id);
  };
  const change = (profile: string, id: string, changed: (account: Account) => Partial<Account>): boolean => {
    const account = accounts.get(nameOf(profile, id));
    if (account === undefined) return false;
    accounts.set(nameOf(profile, id), { ...account, ...changed(account) });
    return true;
  };
  const byName = (profile: string, username: string) =>
    [...accounts.values()].find((a) => a.profile === profile && usernameKey(a.username) === usernameKey(username)) ?? null;
  const create = (account: NewAccount): boolean => {
    const { profile, id, username, passwordHash, createdAt } = account;
    if (accounts.has(nameOf(profile, id)) || byName(profile, username) !== null) return false;
    const passwordChangedAt = passwordHash === null ? null : createdAt;
    accounts.set(nameOf(profile, id), { ...account, updatedAt: createdAt, passwordChangedAt, failures: 0, lockedUntil: 0 });
    return true;
  };
  return {
    create: (made) => made.map(create),
    find: (profile, id) => accounts.get(nameOf(profile, id)) ?? null,
    findByUsername: byName,
    list(profile, beginning, page) {
      const after = page.after === undefined ? '' : Buffer.from(page.after, 'base64url').toString();
      if (Buffer.from(after).toString('base64url') !== (page.after ?? ''))
        throw new StoreError('bad-cursor', 'The page cursor is not one that was given: start from the first page.');
      const limit = clampPage(page.limit);
      const found = [...accounts.values()]
        .map((account) => ({ account, key: usernameKey(account.username) }))
        .filter(({ account, key }) => account.profile === profile && key.startsWith(usernameKey(beginning)) && key > after)
        .sort((a, b) => (a.key < b.key ? -1 : 1));
      const last = found.length > limit ? found[limit - 1] : undefined;
      return {
        items: found.slice(0, limit).map(({ account }) => account),
        next: last === undefined ? null : Buffer.from(last.key).toString('base64url'),
      };
    },
    update(profile, id, { attributes, enabled }, at) {
      const isThere = change(profile, id, (account) => ({
        attributes: attributes ?? account.attributes,
        enabled: enabled ?? account.enabled,
        updatedAt: at,
      }));
      if (enabled === false) endSessions(profile, id);
      return isThere;
    },
    setPassword({ profile, id, passwordHash, at, replaces, keeps }) {
      if (replaces !== undefined && accounts.get(nameOf(profile, id))?.passwordHash !== replaces) return false;
      for (const session of endSessions(profile, id, keeps)) onEnded(profile, session);
      return change(profile, id, () => ({ passwordHash, passwordChangedAt: at, updatedAt: at, failures: 0, lockedUntil: 0 }));
    },
    rehash(profile, id, from, to) {
      change(profile, id, ({ passwordHash }) => ({ passwordHash: passwordHash === from ? to : passwordHash }));
    },
    unlock: (profile, id, at) => change(profile, id, () => ({ failures: 0, lockedUntil: 0, updatedAt: at })),
    attempt(profile, id, at) {
      const account = accounts.get(nameOf(profile, id));
      if (account === undefined || account.lockedUntil > at) return null;
      const failures = account.failures + 1;
      const lock = lockSeconds(failures);
      const lockedUntil = lock > 0 ? at + lock : account.lockedUntil;
      change(profile, id, () => ({ failures, lockedUntil }));
      return { failures, lockedUntil };
    },
    succeed(profile, id, passwordHash) {
      const account = accounts.get(nameOf(profile, id));
      if (account?.enabled !== true || account.passwordHash !== passwordHash) return false;
      return change(profile, id, () => ({ failures: 0, lockedUntil: 0 }));
    },
    delete(profile, id) {
      endSessions(profile, id);
      consents.forget(profile, id);
      links.forget(profile, id);
      return accounts.delete(nameOf(profile, id));
    },
  };
}

function sessionStore(
  accounts: Map<string, Account>,
  sessions: Map<string, SessionRecord>,
  links: MemoryLinks,
  onEnded: (profile: string, session: string) => void,
): SessionStore {
  const endWhere = (matches: (session: SessionRecord) => boolean): number => {
    const ended = [...sessions.values()].filter(matches);
    removeWhere(sessions, (session) => ended.includes(session));
    for (const { profile, id } of ended) onEnded(profile, id);
    return ended.length;
  };
  const live = (profile: string, hash: Uint8Array, at: number) => {
    const session = sessions.get(nameOf(profile, hash));
    return session !== undefined && session.endsAt > at ? session : null;
  };
  const insert = (session: NewSession, replaces: Uint8Array | null) => {
    const { profile, subject } = session;
    const replaced = replaces === null ? undefined : sessions.get(nameOf(profile, replaces));
    if (replaces !== null) sessions.delete(nameOf(profile, replaces));
    if (replaced !== undefined && replaced.subject !== subject) onEnded(profile, replaced.id);
    const id = replaced?.subject === subject ? replaced.id : session.id;
    sessions.set(nameOf(profile, session.hash), { ...session, id, lastSeen: session.createdAt });
  };
  return {
    begin(session, passwordHash, replaces) {
      const { profile, subject } = session;
      const account = accounts.get(nameOf(profile, subject));
      if (account?.enabled !== true || account.passwordHash !== passwordHash) return false;
      accounts.set(nameOf(profile, subject), { ...account, failures: 0, lockedUntil: 0 });
      insert(session, replaces);
      return true;
    },
    beginLinked(session, { issuer, subject: person, attributes }, replaces) {
      const { profile, subject, createdAt } = session;
      const account = accounts.get(nameOf(profile, subject));
      if (account?.enabled !== true || (account.passwordHash !== null && account.lockedUntil > createdAt)) return false;
      const link = links.used({ profile, issuer, subject: person }, subject, createdAt);
      if (link === null) return false;
      if (link.madeAccount)
        accounts.set(nameOf(profile, subject), { ...account, attributes: mergedAttributes(account.attributes, attributes) });
      insert(session, replaces);
      return true;
    },
    find(profile, hash, at): FoundSession | null {
      const session = live(profile, hash, at);
      const account = session === null ? undefined : accounts.get(nameOf(profile, session.subject));
      if (session === null || account?.enabled !== true) return null;
      return { ...session, username: account.username, attributes: account.attributes };
    },
    seen(profile, hash, at, endsAt, unless) {
      const session = live(profile, hash, at);
      if (session !== null && session.lastSeen < unless) sessions.set(nameOf(profile, hash), { ...session, lastSeen: at, endsAt });
    },
    list: (profile, subject, at) =>
      [...sessions.values()]
        .filter((s) => s.profile === profile && s.subject === subject && s.endsAt > at)
        .sort((a, b) => b.createdAt - a.createdAt)
        .slice(0, 100),
    end: (profile, hash) => endWhere((s) => s.profile === profile && isSame(s.hash, hash)) > 0,
    endOf: (profile, subject, { id, except }) =>
      endWhere(
        (s) =>
          s.profile === profile &&
          s.subject === subject &&
          (id === undefined || s.id === id) &&
          (except === undefined || !isSame(s.hash, except)),
      ),
    deleteExpired(before, limit) {
      const ended = [...sessions].filter(([, { endsAt }]) => endsAt < before).slice(0, limit);
      for (const [name] of ended) sessions.delete(name);
      return ended.length;
    },
  };
}

type ConsentRow = Omit<NewConsent, 'scopes'> & { readonly scope: string };

class MemoryConsents implements ConsentStore {
  readonly #rows = new Map<string, ConsentRow>();

  allow({ scopes, ...rest }: NewConsent): void {
    const { profile, subject, clientId } = rest;
    for (const scope of ['', ...scopes]) this.#rows.set(JSON.stringify([profile, subject, clientId, scope]), { ...rest, scope });
  }

  covers(profile: string, subject: string, clientId: string, scopes: readonly string[], at: number): boolean {
    const allowed = new Set(this.#of(profile, subject, at).flatMap((row) => (row.clientId === clientId ? [row.scope] : [])));
    return ['', ...scopes].every((scope) => allowed.has(scope));
  }

  list(profile: string, subject: string, at: number) {
    const byClient = Map.groupBy(this.#of(profile, subject, at), ({ clientId }) => clientId);
    return [...byClient]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([clientId, rows]) => ({
        ...{ profile, subject, clientId },
        scopes: rows.flatMap(({ scope }) => (scope === '' ? [] : [scope])).sort(),
        createdAt: Math.max(...rows.map(({ createdAt }) => createdAt)),
      }));
  }

  withdraw(profile: string, subject: string, clientId: string): boolean {
    return removeWhere(this.#rows, (row) => row.profile === profile && row.subject === subject && row.clientId === clientId) > 0;
  }

  forget(profile: string, subject: string): void {
    removeWhere(this.#rows, (row) => row.profile === profile && row.subject === subject);
  }

  deleteExpired(before: number, limit: number): number {
    const ended = [...this.#rows].filter(([, { expiresAt }]) => expiresAt !== null && expiresAt < before).slice(0, limit);
    for (const [name] of ended) this.#rows.delete(name);
    return ended.length;
  }

  #of(profile: string, subject: string, at: number): readonly ConsentRow[] {
    return [...this.#rows.values()].filter(
      (row) => row.profile === profile && row.subject === subject && (row.expiresAt === null || row.expiresAt > at),
    );
  }
}
