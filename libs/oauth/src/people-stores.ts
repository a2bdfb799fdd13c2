import type { MaybePromise, NewAuditEvent, Page } from './stores.ts';

// ---------------------------------------------------------------- accounts

export interface NewAccount {
  readonly profile: string;
  /** The subject: random, and the same for as long as the account is there. */
  readonly id: string;
  /** As it is shown; unique in the profile by its `usernameKey`. */
  readonly username: string;
  /** In a form that `verifyPassword` knows; null for one that nobody can sign in to by password. */
  readonly passwordHash: string | null;
  /** What is known of the person, for claims. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly enabled: boolean;
  readonly createdAt: number;
}

export interface Account extends NewAccount {
  readonly updatedAt: number;
  readonly passwordChangedAt: number | null;
  /** Attempts since the last one that succeeded. */
  readonly failures: number;
  /** Until then no password is right. Seconds since 1970; 0 for never locked. */
  readonly lockedUntil: number;
}

export interface AccountStore {
  /** For each, whether it was made: not where its id or its username is taken. Durable when it returns. */
  create(accounts: readonly NewAccount[]): MaybePromise<readonly boolean[]>;
  find(profile: string, id: string): MaybePromise<Account | null>;
  /** However the name is written, see `usernameKey`. */
  findByUsername(profile: string, username: string): MaybePromise<Account | null>;
  /** By username, those whose names begin in a way. */
  list(profile: string, beginning: string, page: { readonly after?: string; readonly limit: number }): MaybePromise<Page<Account>>;
  /** Who is disabled is signed out everywhere, in the same transaction. False where there is no such account. */
  update(profile: string, id: string, change: AccountChange, at: number): MaybePromise<boolean>;
  /** Sets the password, unlocks the account and ends its sessions, all of it or nothing. False where there is no such account. */
  setPassword(change: PasswordChange): MaybePromise<boolean>;
  /** Keeps the same password in another form, if the account still has it. */
  rehash(profile: string, id: string, from: string, to: string): MaybePromise<void>;
  unlock(profile: string, id: string, at: number): MaybePromise<boolean>;
  /**
   * The right to try one password, counted as a failure at once and taken back by success: however many try at the same time, on any
   * number of nodes, no more have it than may. Null while the account is locked.
   */
  attempt(profile: string, id: string, at: number): MaybePromise<{ readonly failures: number; readonly lockedUntil: number } | null>;
  /**
   * An attempt has succeeded: unlocks an enabled account that still has this password hash. False, and nothing is changed, where the
   * account is not so.
   */
  succeed(profile: string, id: string, passwordHash: string): MaybePromise<boolean>;
  /** With its links, sessions and consents. False where there is no such account. */
  delete(profile: string, id: string): MaybePromise<boolean>;
}

/** What is left out stays. */
export interface AccountChange {
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly enabled?: boolean;
}

export interface PasswordChange {
  readonly profile: string;
  readonly id: string;
  readonly passwordHash: string | null;
  readonly at: number;
  /** What the account must still have, where the person has proved to know it. */
  readonly replaces?: string;
  /** The hash of the one session that goes on. */
  readonly keeps?: Uint8Array;
}

// ---------------------------------------------------------------- who people are at other providers

/** Names somebody at an upstream provider. OpenID Connect Core section 5.7. */
export interface UpstreamPerson {
  readonly profile: string;
  readonly issuer: string;
  /** Of the provider, as it tells people apart. */
  readonly subject: string;
}

/** Somebody at an upstream provider is the person of an account. In a profile each is of one account only. */
export interface AccountLink extends UpstreamPerson {
  /** Its id. */
  readonly account: string;
  /** Whether the account was made for it. */
  readonly madeAccount: boolean;
  readonly createdAt: number;
  /** Null before anybody has signed in by it. */
  readonly lastUsedAt: number | null;
}

/** Audit events are stored in the transaction of what they tell of. */
export interface AccountLinkStore {
  find(person: UpstreamPerson): MaybePromise<AccountLink | null>;
  /** Those of an account, oldest first; at most 100. */
  list(profile: string, account: string): MaybePromise<readonly AccountLink[]>;
  /** Links an account. False, and nothing is changed, where the person is linked already or there is no such account. Durable when it returns. */
  add(link: UpstreamPerson & { readonly account: string }, at: number, audit: NewAuditEvent): MaybePromise<boolean>;
  /**
   * Makes an account for somebody who is linked to none, under the first of the names that is free: the last one must be. Of many at the
   * same time one makes it; all hear of the one link that there is then. Durable when it returns.
   */
  create(
    person: UpstreamPerson,
    account: Omit<NewAccount, 'profile' | 'username'>,
    usernames: readonly string[],
    audit: (username: string) => NewAuditEvent,
  ): MaybePromise<AccountLink>;
  /**
   * Takes a link away and ends the sessions of the account, with what was given in them. `last`, and nothing is changed, where it was asked
   * to leave a way to sign in and there is no password and no other link. Durable when it returns.
   */
  remove(
    link: UpstreamPerson & { readonly account: string },
    how: { readonly keeps?: Uint8Array; readonly unlessLast: boolean },
    audit: NewAuditEvent,
  ): MaybePromise<'removed' | 'missing' | 'last'>;
}

/** Who has shown to be the person of an account by an upstream provider. */
export interface LinkProof {
  readonly issuer: string;
  readonly subject: string;
  /** What it says of the person, for an account that it has made; null for what the account shall have no more. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

// ---------------------------------------------------------------- who is signed in

/** A browser in which somebody is signed in. The cookie holds a value, this its hash. */
export interface NewSession {
  readonly profile: string;
  /** SHA-256 of the cookie's value. */
  readonly hash: Uint8Array;
  /** Names the session to others. */
  readonly id: string;
  readonly subject: string;
  readonly authenticatedAt: number;
  readonly acr: string;
  readonly amr: readonly string[];
  readonly createdAt: number;
  /** The last moment of it, however much it is used. */
  readonly expiresAt: number;
  /** When it ends if it is not used before. */
  readonly endsAt: number;
}

export interface SessionRecord extends NewSession {
  readonly lastSeen: number;
}

/** A session with what is known of its person. */
export interface FoundSession extends SessionRecord {
  readonly username: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A session that ends takes along the delegations that end with it, in one transaction; but for those of accounts that are disabled. */
export interface SessionStore {
  /**
   * Begins a session of an enabled account that still has this password hash, and unlocks the account. It takes the place of the one that
   * the browser had; where that was the same person's, its id goes on, else it ends. False, and nothing is changed, where the account is not so.
   */
  begin(session: NewSession, passwordHash: string, replaces: Uint8Array | null): MaybePromise<boolean>;
  /**
   * The same for an enabled account that is linked so; one that has a password must not be locked. Notes that the link was used, and what the
   * provider says of the person.
   */
  beginLinked(session: NewSession, proof: LinkProof, replaces: Uint8Array | null): MaybePromise<boolean>;
  /** Null where it has ended, or its account is disabled or gone. */
  find(profile: string, hash: Uint8Array, at: number): MaybePromise<FoundSession | null>;
  /** It was used, and is not noted so since `unless`. */
  seen(profile: string, hash: Uint8Array, at: number, endsAt: number, unless: number): MaybePromise<void>;
  /** Those of an account, newest first; at most 100. */
  list(profile: string, subject: string, at: number): MaybePromise<readonly SessionRecord[]>;
  /** Durable when it returns. */
  end(profile: string, hash: Uint8Array): MaybePromise<boolean>;
  /** Ends those of an account: the one with this id, or all but the one with this hash; answers how many. Durable when it returns. */
  endOf(profile: string, subject: string, which: { readonly id?: string; readonly except?: Uint8Array }): MaybePromise<number>;
  deleteExpired(before: number, limit: number): MaybePromise<number>;
}

// ---------------------------------------------------------------- what people have allowed

export interface NewConsent {
  readonly profile: string;
  readonly subject: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly createdAt: number;
  /** Null for until it is taken back. */
  readonly expiresAt: number | null;
}

/** All that a person has allowed a client, `createdAt` of the latest. */
export type ConsentRecord = Omit<NewConsent, 'expiresAt'>;

export interface ConsentStore {
  /** Adds to what was allowed before. Durable when it returns. */
  allow(consent: NewConsent): MaybePromise<void>;
  /** Whether all of these scopes are allowed, or for none of them anything at all. */
  covers(profile: string, subject: string, clientId: string, scopes: readonly string[], at: number): MaybePromise<boolean>;
  /** By client. */
  list(profile: string, subject: string, at: number): MaybePromise<readonly ConsentRecord[]>;
  /** Takes back all that was allowed. Durable when it returns; false where there was nothing. */
  withdraw(profile: string, subject: string, clientId: string): MaybePromise<boolean>;
  deleteExpired(before: number, limit: number): MaybePromise<number>;
}

// ---------------------------------------------------------------- what redeeming a grant asks of its person

/** Somebody is signed in, or still may, and has not taken back what a client was allowed. */
export interface PersonRequirement {
  readonly profile: string;
  readonly subject: string;
  /** Id of the login session; null where it is enough that the account is there, and enabled. */
  readonly session: string | null;
  /** Whom something must be allowed; null where nobody was asked. */
  readonly consentTo: string | null;
}
