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
  },
  primaryKey: both('profile', 'hash'),
  indexes: [['expires_at']],
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

export const TABLES: readonly Table[] = [TOKEN, DELEGATION, GRANT, BUCKET_ENTRY, AUDIT_EVENT, CONFIGURATION, CONFIGURATION_CHANGE];

/** The columns that an insertion fills, without null marks. */
export function insertable(table: Table): readonly { readonly name: string; readonly type: ColumnType }[] {
  return Object.entries(table.columns).map(([name, type]) => ({ name, type: type.replace('?', '') as ColumnType }));
}
