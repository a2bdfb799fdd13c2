import type { Change } from './configuration/configuration.ts';
import type { DynamicClientStore } from './registration-stores.ts';
import type { AdminSessionStore } from './admin-session-store.ts';
import type { AccountLinkStore, AccountStore, ConsentStore, SessionStore, PersonRequirement } from './people-stores.ts';
import type { Decision, ProposalStore } from './proposal-store.ts';
import type { UseStore } from './single-use-store.ts';
import type { NewPolledAuthorization, PolledAuthorizationStore } from './polled-authorization-store.ts';

/** Embedded SQLite answers at once, a database over the network later: callers await only what is a promise. */
export type MaybePromise<T> = T | Promise<T>;

// ---------------------------------------------------------------- configuration

export type StoredChange = Change & { readonly revision: number };

export interface ConfigurationStore {
  revision(): MaybePromise<number>;
  /** Every entity, read in one transaction, in the order in which they were made. */
  load(): Promise<{ readonly revision: number; readonly entities: readonly StoredChange[] }>;
  /** The present state (null: removed) of what has changed after a revision, each entity once. One transaction. */
  changesSince(revision: number): Promise<{ readonly revision: number; readonly changes: readonly StoredChange[] }>;
  /**
   * Stores changes and their audit events, and raises the revision, in one transaction,
   * but only if the revision still is `base`: else nothing is stored and the answer is `conflict`.
   * A bucket that is removed takes its entries along, and one that is made has none.
   *
   * @param decision approves the proposal that the changes are of, in the same transaction: of simultaneous decisions one wins
   */
  apply(base: number, changes: readonly Change[], audit: readonly NewAuditEvent[], decision?: Decision): Promise<AppliedChanges>;
}

/** `conflict`: the configuration was changed meanwhile. `decided`: the proposal is decided or over, and nothing was stored. */
export type AppliedChanges =
  { readonly outcome: 'applied'; readonly revision: number } | { readonly outcome: 'conflict' } | { readonly outcome: 'decided' };

export interface NewAuditEvent {
  /** Seconds since 1970. */
  readonly at: number;
  /** Administrator id, `file`, `cli` or `system`. */
  readonly actor: string;
  /** Verb such as `client.create`, `procedure.activate`, `delegation.revoke`. */
  readonly action: string;
  readonly kind: string;
  readonly key: string;
  /** The entity before and after, without secrets, hashes and private keys; null where there is none. */
  readonly before: unknown;
  readonly after: unknown;
}

export interface AuditEvent extends NewAuditEvent {
  readonly id: number;
  /** The configuration revision it made; null for what is not configuration. */
  readonly revision: number | null;
}

export interface AuditStore {
  append(events: readonly NewAuditEvent[]): MaybePromise<void>;
  /**
   * Newest first: as they were appended, or, where nothing but a time and a kind is asked for, by their time, which several nodes may not
   * agree on. `before` is the id of the last one of the page before.
   */
  list(filter: {
    readonly kind?: string;
    readonly key?: string;
    readonly actor?: string;
    readonly action?: string;
    /** From this time on, in seconds since 1970. */
    readonly since?: number;
    /** Before this time, in seconds since 1970. */
    readonly until?: number;
    readonly before?: number;
    readonly limit: number;
  }): MaybePromise<readonly AuditEvent[]>;
}

// ---------------------------------------------------------------- tokens and delegations

/** Names the row of a token: the day its period field names, and the SHA-256 of its value (or of what stands for it). */
export interface TokenKey {
  /** Days since 1970 of the partition. */
  readonly period: number;
  /** 32 bytes: exactly this token. 16 bytes: the token with this public id. */
  readonly hash: Uint8Array;
}

export type TokenPurpose = 'access_token' | 'refresh_token';

export interface NewToken {
  readonly key: TokenKey;
  readonly profile: string;
  readonly purpose: TokenPurpose;
  readonly form: 'opaque' | 'jwt' | 'wrapped-opaque';
  readonly clientId: string;
  readonly subject: string | null;
  readonly delegationId: string;
  /** Token data: JSON object text as `JSON.stringify` writes it, handed to procedures unparsed. */
  readonly data: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** What introspection needs of a token, in one read. */
export interface FoundToken {
  readonly key: TokenKey;
  readonly profile: string;
  readonly purpose: TokenPurpose;
  readonly form: NewToken['form'];
  readonly clientId: string;
  readonly delegationId: string;
  readonly data: string;
  readonly expiresAt: number;
  readonly revokedAt: number | null;
  /** Null only if the row is gone. */
  readonly delegation: { readonly status: DelegationStatus; readonly view: string; readonly expiresAt: number } | null;
}

export type DelegationStatus = 'active' | 'revoked';

export interface NewDelegation {
  readonly profile: string;
  readonly id: string;
  readonly clientId: string;
  /** The resource owner: the client id for client credentials. */
  readonly owner: string;
  /** Space separated. */
  readonly scope: string;
  /** What procedures see of it (`id`, `clientId`, `owner`, `scope`, `claims`, ...): JSON object text. */
  readonly view: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface DelegationRecord extends NewDelegation {
  readonly status: DelegationStatus;
  readonly revokedAt: number | null;
}

/** A token as the admin API lists it: never its value or hash. */
export interface TokenRecord extends Omit<NewToken, 'key'> {
  readonly id: string;
  readonly revokedAt: number | null;
}

/** What a procedure's run did, in order; each may refer only to earlier ones. */
export type Effect =
  | { readonly effect: 'delegation'; readonly delegation: NewDelegation }
  /**
   * An active delegation that the commit requires becomes what this one is: scope, view, and the end, which is never moved nearer. Its
   * tokens hang from it as before.
   */
  | { readonly effect: 'renewed-delegation'; readonly delegation: NewDelegation }
  | { readonly effect: 'token'; readonly token: NewToken }
  | { readonly effect: 'grant'; readonly grant: NewGrant }
  | { readonly effect: 'revoke-delegation'; readonly profile: string; readonly id: string }
  /** A delegation ends with the login session that it was given in. Said again, the later end counts. */
  | {
      readonly effect: 'session-delegation';
      readonly profile: string;
      readonly session: string;
      readonly delegationId: string;
      readonly expiresAt: number;
    }
  /** A refresh token ends, since another has taken its place. */
  | { readonly effect: 'rotated-token'; readonly key: TokenKey }
  /** Takes the place of what the entry held. */
  | ({ readonly effect: 'bucket-store'; readonly attributes: string } & BucketKey)
  | ({ readonly effect: 'bucket-clear' } & BucketKey);

/** One commit: all of it or nothing. */
export interface Commit {
  readonly at: number;
  readonly effects: readonly Effect[];
  /** Delegations not made in this commit that its tokens hang from: each must be active and unexpired, else `inactive`. */
  readonly requires: readonly { readonly profile: string; readonly id: string }[];
  /** The claimed grant that this commit uses up: the claim must still be held, else `lost-claim`. */
  readonly claim: Claim | null;
  /** What stays of the claimed grant. */
  readonly remains?: GrantRemains;
  /** What must still be so of the person who gave the grant, else `inactive`; nobody ends it while the commit goes on. */
  readonly person?: PersonRequirement;
  /** What the client will poll for, else `taken`: never in a commit that claims a grant. */
  readonly polled?: NewPolledAuthorization;
}

/** What is kept of a used grant for when it is presented again. */
export interface GrantRemains {
  /** What its tokens hang from, to be ended when the grant turns out to be stolen; empty for nothing. */
  readonly delegationId: string;
  /** The answer, sealed so that the database alone cannot open it; null to keep none. */
  readonly reply: { readonly sealed: string; /** Seconds since 1970. */ readonly until: number } | null;
}

/** `taken`: another authorization has the user code. */
export type CommitOutcome = 'committed' | 'inactive' | 'lost-claim' | 'taken';

export interface Page<T> {
  readonly items: readonly T[];
  /** Opaque; null on the last page. */
  readonly next: string | null;
}

export interface DelegationFilter {
  readonly profile?: string;
  readonly clientId?: string;
  readonly owner?: string;
  readonly status?: DelegationStatus;
}

/** Whose delegations: those that have every member given, of which there is at least one. */
export type DelegationsOf = Whose & (Required<Pick<Whose, 'owner'>> | Required<Pick<Whose, 'clientId'>> | Required<Pick<Whose, 'session'>>);

interface Whose {
  readonly owner?: string;
  readonly clientId?: string;
  /** The login session that they end with: see the effect `session-delegation`. */
  readonly session?: string;
}

export interface TokenFilter {
  readonly profile?: string;
  readonly clientId?: string;
  readonly subject?: string;
  readonly delegationId?: string;
  /** Leaves revoked and expired ones out, as of this time in seconds. */
  readonly activeAt?: number;
}

export interface TokenStore {
  /** Answers in the order of the keys, null for none. One read transaction for the whole batch. */
  find(keys: readonly TokenKey[]): MaybePromise<readonly (FoundToken | null)[]>;
  /**
   * Commits each of several independent commits atomically; one durable write may carry them all.
   * A throw means that none of them is stored.
   */
  commit(commits: readonly Commit[]): MaybePromise<readonly CommitOutcome[]>;
  /** Durable when it returns (`synchronous=FULL` on SQLite). False when there was nothing left to revoke. */
  revokeToken(profile: string, key: TokenKey, at: number): MaybePromise<boolean>;
  /** Ends the delegation and with it every token that hangs from it. Durable when it returns. */
  revokeDelegation(profile: string, id: string, at: number): MaybePromise<boolean>;
  /**
   * The same for every active one of an owner, a client, a session, or what is all of these, in one conditional update: all that there are at that moment, or none.
   * One that is being made meanwhile may come after it. Answers how many.
   *
   * @param limit of how many, for those who would rather do it in portions than have a large one block embedded SQLite
   */
  revokeDelegations(profile: string, whose: DelegationsOf, at: number, limit?: number): MaybePromise<number>;
  findDelegation(profile: string, id: string): MaybePromise<DelegationRecord | null>;
  listDelegations(
    filter: DelegationFilter,
    page: { readonly after?: string; readonly limit: number },
  ): MaybePromise<Page<DelegationRecord>>;
  listTokens(filter: TokenFilter, page: { readonly after?: string; readonly limit: number }): MaybePromise<Page<TokenRecord>>;
  /**
   * Deletes at most `limit` tokens, grants and delegations that ended before a time; answers how many.
   */
  deleteExpired(before: number, limit: number): MaybePromise<number>;
}

// ---------------------------------------------------------------- authorization grants (codes, refresh tokens, device codes)

/** Something a client redeems once. Only its hash is stored. */
export interface NewGrant {
  readonly profile: string;
  /** SHA-256 of its value. */
  readonly hash: Uint8Array;
  readonly kind: string;
  readonly clientId: string;
  /** Empty where there is none before the grant is redeemed. */
  readonly delegationId: string;
  /** JSON object text. */
  readonly data: string;
  readonly expiresAt: number;
}

/** The right to redeem a grant, until its lease ends. */
export interface Claim {
  readonly profile: string;
  readonly hash: Uint8Array;
  /** Unique for this claim. */
  readonly id: string;
}

export type ClaimOutcome =
  | { readonly outcome: 'claimed'; readonly claim: Claim; readonly grant: NewGrant }
  /** Somebody else holds it: wait and ask again. */
  | { readonly outcome: 'claimed-elsewhere' }
  /** Its delegation and its reply are those of its `GrantRemains`; the reply is null once its time is over on the database's clock. */
  | { readonly outcome: 'used'; readonly grant: NewGrant; readonly usedAt: number; readonly reply: string | null }
  /** Expired, or released too often. */
  | { readonly outcome: 'ended' }
  | { readonly outcome: 'unknown' };

export interface GrantStore {
  /** One conditional update on the database's clock: of many simultaneous claims one wins. The lease is in seconds. */
  claim(profile: string, hash: Uint8Array, leaseSeconds: number): MaybePromise<ClaimOutcome>;
  /** Gives a grant back unused; after the fifth release that is counted it is ended. */
  release(claim: Claim, how: { readonly counted: boolean }): MaybePromise<void>;
  /** Uses a grant up without a commit (a rejection by the procedure). */
  end(claim: Claim): MaybePromise<void>;
  /** Deletes at most `limit` grants of a kind that ended before a time; answers how many. */
  deleteExpired(kind: string, before: number, limit: number): MaybePromise<number>;
  /** Deletes at most `limit` replies whose time was over before a time; their grants stay, so that they are not used again. Answers how many. */
  deleteReplies(before: number, limit: number): MaybePromise<number>;
}

// ---------------------------------------------------------------- attributes that procedures keep

/** Names one entry of a bucket. */
export interface BucketKey {
  readonly profile: string;
  readonly bucket: string;
  readonly subject: string;
  readonly purpose: string;
}

export interface BucketEntry extends BucketKey {
  /** JSON object text, as it was stored. */
  readonly attributes: string;
  /** Seconds since 1970. */
  readonly updatedAt: number;
}

/** Reads and empties buckets; their entries are written by commits, see `Effect`. */
export interface BucketStore {
  /** The attributes as JSON object text; null when there are none. */
  get(profile: string, bucket: string, subject: string, purpose: string): MaybePromise<string | null>;
  /** What a bucket holds for a subject, by purpose; at most 1000 entries. */
  list(profile: string, bucket: string, subject: string): MaybePromise<readonly BucketEntry[]>;
  /** Deletes the entries of a subject, or all of the bucket; answers how many. Durable when it returns. */
  clear(profile: string, bucket: string, subject?: string): MaybePromise<number>;
}

// ---------------------------------------------------------------- what was revoked, for those who keep answers

/** Names an event by the order in which all readers see them. */
export interface EventPlace {
  /** Without gaps. */
  readonly position: number;
  /** Tells it from another event at the position: in a database that was restored, positions are given again. */
  readonly mark: string;
}

export type RevocationEventKind = 'token' | 'delegation' | 'keys';

export interface RevocationEvent {
  readonly place: EventPlace;
  readonly profile: string;
  readonly kind: RevocationEventKind;
  /**
   * JSON object text. `token`: `id`, its public id, and `hash`, the SHA-256 of its opaque value (or of what stands for it), base64url.
   * `delegation`: `id`. `keys`: `kids`, the ids of all keys that count from then on.
   */
  readonly data: string;
}

/** A place, with the ids of the keys that a profile has by then. */
export interface KeysAtPlace {
  readonly place: EventPlace;
  readonly kids: readonly string[];
}

/** Events are written by the other stores, in the transaction of what they tell of. */
export interface RevocationEventStore {
  /** The place of the newest event, or from which the first one follows. */
  newest(profile: string): Promise<KeysAtPlace>;
  /**
   * Events of all profiles after a place, oldest first; one that has committed is never left out. Null when it is not known what came
   * after the place: too much time has passed, or it was never there.
   */
  after(place: EventPlace, limit: number): Promise<readonly RevocationEvent[] | null>;
  /** Deletes at most `limit` events from before a time, the oldest first; answers how many. */
  deleteBefore(at: number, limit: number): Promise<number>;
  /** Called when this process has committed events. @returns ends it */
  onWritten(listener: () => void): () => void;
}

/** All stores over one database. */
export interface Stores {
  readonly dialect: 'memory' | 'sqlite' | 'postgres';
  readonly configuration: ConfigurationStore;
  readonly audit: AuditStore;
  readonly tokens: TokenStore;
  readonly grants: GrantStore;
  readonly polled: PolledAuthorizationStore;
  readonly buckets: BucketStore;
  readonly uses: UseStore;
  readonly revocationEvents: RevocationEventStore;
  readonly accounts: AccountStore;
  readonly links: AccountLinkStore;
  readonly sessions: SessionStore;
  readonly consents: ConsentStore;
  readonly dynamicClients: DynamicClientStore;
  readonly proposals: ProposalStore;
  readonly adminSessions: AdminSessionStore;
  /** Whether the database answers now; throws when it does not. */
  ping(): MaybePromise<void>;
  close(): Promise<void>;
}
