import type { Account, AccountLink, AccountLinkStore, NewAccount, UpstreamPerson } from '../people-stores.ts';
import { usernameKey } from '../people/username.ts';
import type { NewAuditEvent } from '../stores.ts';
import type { MemoryAuditStore } from './memory-audit-store.ts';

type Linked = UpstreamPerson & { readonly account: string };

const nameOf = ({ profile, issuer, subject }: UpstreamPerson) => JSON.stringify([profile, issuer, subject]);

/** Links of accounts to people at other providers, in memory. */
export class MemoryLinks implements AccountLinkStore {
  readonly #links = new Map<string, AccountLink>();

  /** @param accounts by the JSON text of profile and id */
  constructor(
    private readonly accounts: Map<string, Account>,
    private readonly audit: MemoryAuditStore,
    private readonly endSessions: (profile: string, account: string, keeps?: Uint8Array) => unknown,
  ) {}

  find(person: UpstreamPerson): AccountLink | null {
    return this.#links.get(nameOf(person)) ?? null;
  }

  list(profile: string, account: string): readonly AccountLink[] {
    return [...this.#links.values()].filter((link) => link.profile === profile && link.account === account);
  }

  add({ profile, issuer, subject, account }: Linked, at: number, audit: NewAuditEvent): boolean {
    const link = { profile, issuer, subject, account, madeAccount: false, createdAt: at, lastUsedAt: null };
    if (this.find(link) !== null || !this.accounts.has(JSON.stringify([profile, account]))) return false;
    this.#links.set(nameOf(link), link);
    this.audit.append([audit]);
    return true;
  }

  create(
    { profile, issuer, subject }: UpstreamPerson,
    account: Omit<NewAccount, 'profile' | 'username'>,
    usernames: readonly string[],
    audit: (username: string) => NewAuditEvent,
  ): AccountLink {
    const person = { profile, issuer, subject };
    const known = this.find(person);
    if (known !== null) return known;
    const names = new Set([...this.accounts.values()].filter((a) => a.profile === profile).map((a) => usernameKey(a.username)));
    const username = usernames.find((name) => !names.has(usernameKey(name)));
    if (username === undefined) throw new Error('none of the names for a new account is free');
    const { id, createdAt } = account;
    this.accounts.set(JSON.stringify([profile, id]), {
      ...{ ...account, profile, username, updatedAt: createdAt, failures: 0, lockedUntil: 0 },
      passwordChangedAt: account.passwordHash === null ? null : createdAt,
    });
    const link = { ...person, account: id, madeAccount: true, createdAt, lastUsedAt: null };
    this.#links.set(nameOf(link), link);
    this.audit.append([audit(username)]);
    return link;
  }

  remove(
    link: Linked,
    { keeps, unlessLast }: Parameters<AccountLinkStore['remove']>[1],
    audit: NewAuditEvent,
  ): 'removed' | 'missing' | 'last' {
    const account = this.accounts.get(JSON.stringify([link.profile, link.account]));
    if (account === undefined) return 'missing';
    const others = this.list(link.profile, link.account).filter((other) => nameOf(other) !== nameOf(link));
    if (unlessLast && account.passwordHash === null && others.length === 0) return 'last';
    if (this.find(link)?.account !== link.account) return 'missing';
    this.#links.delete(nameOf(link));
    this.audit.append([audit]);
    this.endSessions(link.profile, link.account, keeps);
    return 'removed';
  }

  /** Notes that somebody has come by a link to an account; null where there is none such. */
  used(person: UpstreamPerson, account: string, at: number): AccountLink | null {
    const link = this.find(person);
    if (link?.account !== account) return null;
    const used = { ...link, lastUsedAt: at };
    this.#links.set(nameOf(person), used);
    return used;
  }

  forget(profile: string, account: string): void {
    for (const link of this.list(profile, account)) this.#links.delete(nameOf(link));
  }
}
