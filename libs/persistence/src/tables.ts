import type { ColumnType } from './database.ts';

/** A table that is not configuration: its columns in the order in which rows are inserted, and its keys. */
export interface Table {
  readonly name: string;
  /** A trailing `?` says that the column may be null. */
  readonly columns: Readonly<Record<string, ColumnType | `${ColumnType}?`>>;
  /** A column that the database counts up: the primary key, or indexed by itself. */
  readonly counter?: string;
  readonly primaryKey: { readonly sqlite: readonly string[]; readonly postgres: readonly string[] };
  readonly unique?: readonly string[];
  /** Texts that PostgreSQL, too, compares by their bytes. */
  readonly bytewise?: readonly string[];
  readonly indexes: readonly (readonly string[])[];
}

const both = (...columns: string[]) => ({ sqlite: columns, postgres: columns });

/**
 * `seq` is the order of issuance, by which lists are paged. On SQLite it is the row id: tokens are appended, and only
 * the narrow index over (period, hash) is touched at random, which makes inserts almost twice as fast as a table
 * ordered by its hash. On PostgreSQL the primary key must hold `period`, so that the table can be partitioned by it.
 *
 * `delegation_seq` is the delegation's `seq`: SQLite reaches the delegation by it in one step, and since a delegation is
 * mostly as new as its tokens, its index grows at the end, where an index by the random `delegation_id` costs a page each.
 */
export const TOKEN: Table = {
  name: 'token',
  columns: {
    period: 'integer',
    hash: 'bytes',
    profile: 'text',
    purpose: 'text',
    form: 'text',
    client_id: 'text',
    subject: 'text?',
    delegation_id: 'text',
    delegation_seq: 'bigint',
    data: 'json',
    issued_at: 'bigint',
    expires_at: 'bigint',
    revoked_at: 'bigint?',
  },
  counter: 'seq',
  primaryKey: { sqlite: ['seq'], postgres: ['period', 'hash'] },
  unique: ['period', 'hash'],
  indexes: [['profile', 'seq'], ['client_id', 'seq'], ['subject', 'seq'], ['delegation_seq', 'seq'], ['expires_at']],
};

export const DELEGATION: Table = {
  name: 'delegation',
  columns: {
    profile: 'text',
    id: 'text',
    client_id: 'text',
    owner: 'text',
    scope: 'text',
    view: 'json',
    status: 'text',
    revoked_at: 'bigint?',
    created_at: 'bigint',
    expires_at: 'bigint',
  },
  counter: 'seq',
  primaryKey: { sqlite: ['seq'], postgres: ['id', 'profile'] },
  unique: ['id', 'profile'],
  indexes: [['profile', 'seq'], ['client_id', 'seq'], ['owner', 'seq'], ['expires_at']],
};

/** A claim is held while `claim_id` is set and `claimed_until` (milliseconds on the database's clock) lies ahead. */
export const GRANT: Table = {
  name: 'authorization_grant',
  columns: {
    profile: 'text',
    hash: 'bytes',
    kind: 'text',
    client_id: 'text',
    delegation_id: 'text',
    data: 'json',
    expires_at: 'bigint',
    releases: 'integer',
    claim_id: 'text?',
    claimed_until: 'bigint?',
    used_at: 'bigint?',
    reply: 'text?',
    reply_until: 'bigint?',
  },
  primaryKey: both('profile', 'hash'),
  indexes: [['expires_at'], ['reply_until']],
};

/**
 * Authorizations that clients poll for; an approved one is a grant beside. `next_poll_at` is in milliseconds, `polled_early` tells the last
 * poll its outcome.
 */
export const POLLED_AUTHORIZATION: Table = {
  name: 'polled_authorization',
  columns: {
    profile: 'text',
    hash: 'bytes',
    kind: 'text',
    client_id: 'text',
    user_code: 'bytes?',
    subject: 'text?',
    bound_to: 'text?',
    data: 'json',
    created_at: 'bigint',
    expires_at: 'bigint',
    poll_interval: 'integer',
    next_poll_at: 'bigint',
    polled_early: 'integer',
    status: 'text',
  },
  primaryKey: both('profile', 'hash'),
  unique: ['profile', 'user_code'],
  indexes: [['profile', 'subject'], ['expires_at']],
};

export const AUDIT_EVENT: Table = {
  name: 'audit_event',
  columns: {
    at: 'bigint',
    actor: 'text',
    action: 'text',
    kind: 'text',
    key: 'text',
    before: 'json?',
    after: 'json?',
    revision: 'integer?',
  },
  counter: 'id',
  primaryKey: both('id'),
  indexes: [
    ['kind', 'key', 'id'],
    ['actor', 'id'],
    ['action', 'id'],
    ['at', 'id'],
  ],
};

/** What procedures keep in buckets, read and written by its whole key. */
export const BUCKET_ENTRY: Table = {
  name: 'bucket_entry',
  columns: { profile: 'text', bucket: 'text', subject: 'text', purpose: 'text', attributes: 'json', updated_at: 'bigint' },
  primaryKey: both('profile', 'bucket', 'subject', 'purpose'),
  indexes: [],
};

/** One row: the revision that every change of the configuration raises. */
export const CONFIGURATION: Table = {
  name: 'configuration',
  columns: { id: 'integer', revision: 'integer' },
  primaryKey: both('id'),
  indexes: [],
};

/** For each entity there ever was, the revision that last changed it, and whether that removed it. */
export const CONFIGURATION_CHANGE: Table = {
  name: 'configuration_change',
  columns: { kind: 'text', key: 'text', revision: 'integer', removed: 'boolean' },
  primaryKey: both('kind', 'key'),
  indexes: [['revision']],
};

/**
 * What those who keep answers must hear of, with its position once it has one. `follows` is the mark of the event before it, so that a
 * reader sees whether it has missed one.
 */
export const REVOCATION_EVENT: Table = {
  name: 'revocation_event',
  columns: { profile: 'text', kind: 'text', data: 'json', at: 'bigint', position: 'bigint?', mark: 'text?', follows: 'text?' },
  counter: 'seq',
  primaryKey: both('seq'),
  indexes: [['position']],
};

/** One row: position and mark of the newest event that has them, also when the event itself is gone. */
export const REVOCATION_EVENT_HEAD: Table = {
  name: 'revocation_event_head',
  columns: { id: 'integer', position: 'bigint', mark: 'text' },
  primaryKey: both('id'),
  indexes: [],
};

/** Delegations that end with the login session they were given in. */
export const SESSION_DELEGATION: Table = {
  name: 'session_delegation',
  columns: { profile: 'text', session: 'text', delegation_id: 'text', expires_at: 'bigint' },
  primaryKey: both('profile', 'session', 'delegation_id'),
  indexes: [['expires_at']],
};

/** What was used once and must not be used again; `period` is the minute in which an entry ends, by which entries are deleted. */
export const SINGLE_USE: Table = {
  name: 'single_use',
  columns: { period: 'integer', hash: 'bytes' },
  primaryKey: both('period', 'hash'),
  indexes: [],
};

/** People. `username_key` is what names are told apart and listed by. */
export const ACCOUNT: Table = {
  name: 'account',
  columns: {
    profile: 'text',
    id: 'text',
    username: 'text',
    username_key: 'text',
    password_hash: 'text?',
    attributes: 'json',
    enabled: 'boolean',
    created_at: 'bigint',
    updated_at: 'bigint',
    password_changed_at: 'bigint?',
    failures: 'integer',
    locked_until: 'bigint',
  },
  primaryKey: both('profile', 'id'),
  unique: ['profile', 'username_key'],
  bytewise: ['username_key'],
  indexes: [],
};

/** Who is signed in, by the hash of what the browser holds. */
export const LOGIN_SESSION: Table = {
  name: 'login_session',
  columns: {
    profile: 'text',
    hash: 'bytes',
    id: 'text',
    subject: 'text',
    authenticated_at: 'bigint',
    acr: 'text',
    amr: 'json',
    created_at: 'bigint',
    last_seen: 'bigint',
    expires_at: 'bigint',
    ends_at: 'bigint',
  },
  primaryKey: both('profile', 'hash'),
  indexes: [['profile', 'subject'], ['ends_at']],
};

/** Who people are at other providers. */
export const ACCOUNT_LINK: Table = {
  name: 'account_link',
  columns: {
    profile: 'text',
    issuer: 'text',
    subject: 'text',
    account: 'text',
    made_account: 'boolean',
    created_at: 'bigint',
    last_used_at: 'bigint?',
  },
  primaryKey: both('profile', 'issuer', 'subject'),
  indexes: [['profile', 'account']],
};

/** What people have allowed clients, a row a scope. */
export const CONSENT: Table = {
  name: 'consent',
  columns: { profile: 'text', subject: 'text', client_id: 'text', scope: 'text', created_at: 'bigint', expires_at: 'bigint?' },
  primaryKey: both('profile', 'subject', 'client_id', 'scope'),
  indexes: [['expires_at']],
};

/** Clients that have registered themselves; what they are is their metadata, in the words of RFC 7591. */
export const DYNAMIC_CLIENT: Table = {
  name: 'dynamic_client',
  columns: {
    profile: 'text',
    id: 'text',
    endpoint: 'text',
    template: 'text',
    registered_by: 'text',
    metadata: 'json',
    properties: 'json',
    secrets: 'json',
    token_hash: 'text',
    version: 'integer',
    created_at: 'bigint',
    updated_at: 'bigint',
    expires_at: 'bigint?',
  },
  counter: 'seq',
  primaryKey: { sqlite: ['seq'], postgres: ['id', 'profile'] },
  unique: ['id', 'profile'],
  indexes: [['profile', 'seq'], ['expires_at']],
};

/** How many clients of a template there are: the row by which registrations of it wait for each other. */
export const DYNAMIC_CLIENT_COUNT: Table = {
  name: 'dynamic_client_count',
  columns: { profile: 'text', template: 'text', clients: 'integer' },
  primaryKey: both('profile', 'template'),
  indexes: [],
};

/** By which clients may be registered, as often as each is good for. */
export const INITIAL_ACCESS_TOKEN: Table = {
  name: 'initial_access_token',
  columns: {
    profile: 'text',
    id: 'text',
    hash: 'bytes',
    endpoint: 'text',
    template: 'text?',
    note: 'text',
    maximum_uses: 'integer',
    uses: 'integer',
    created_at: 'bigint',
    created_by: 'text',
    expires_at: 'bigint',
  },
  counter: 'seq',
  primaryKey: { sqlite: ['seq'], postgres: ['id', 'profile'] },
  unique: ['id', 'profile'],
  indexes: [['profile', 'hash'], ['profile', 'seq'], ['expires_at']],
};

/** Changes of configuration that another administrator is to approve. */
export const PROPOSAL: Table = {
  name: 'proposal',
  columns: {
    id: 'text',
    author: 'text',
    action: 'text',
    kind: 'text',
    key: 'text',
    note: 'text',
    changes: 'json',
    base: 'json',
    review: 'json',
    created_at: 'bigint',
    expires_at: 'bigint',
    decision: 'text',
    decided_by: 'text?',
    decided_at: 'bigint?',
    reason: 'text',
  },
  counter: 'seq',
  primaryKey: { sqlite: ['seq'], postgres: ['id'] },
  unique: ['id'],
  indexes: [['decision', 'seq'], ['expires_at']],
};

/** Administrators who are signed in to the pages of the admin API, by the hash of what the browser holds. */
export const ADMIN_SESSION: Table = {
  name: 'admin_session',
  columns: {
    hash: 'bytes',
    id: 'text',
    administrator: 'text',
    name: 'text',
    role: 'text',
    token_hash: 'text?',
    address: 'text',
    created_at: 'bigint',
    last_seen: 'bigint',
    ends_at: 'bigint',
    expires_at: 'bigint',
  },
  primaryKey: both('hash'),
  indexes: [['administrator'], ['ends_at']],
};

export const TABLES: readonly Table[] = [
  TOKEN,
  DELEGATION,
  GRANT,
  POLLED_AUTHORIZATION,
  BUCKET_ENTRY,
  AUDIT_EVENT,
  CONFIGURATION,
  CONFIGURATION_CHANGE,
  REVOCATION_EVENT,
  REVOCATION_EVENT_HEAD,
  SINGLE_USE,
  SESSION_DELEGATION,
  ACCOUNT,
  LOGIN_SESSION,
  ACCOUNT_LINK,
  CONSENT,
  DYNAMIC_CLIENT,
  DYNAMIC_CLIENT_COUNT,
  INITIAL_ACCESS_TOKEN,
  PROPOSAL,
  ADMIN_SESSION,
];

/** The columns that an insertion fills, without null marks. */
export function insertable(table: Table): readonly { readonly name: string; readonly type: ColumnType }[] {
  return Object.entries(table.columns).map(([name, type]) => ({ name, type: type.replace('?', '') as ColumnType }));
}
