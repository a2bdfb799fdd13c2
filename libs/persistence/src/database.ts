import type { MaybePromise } from '#libs/oauth';
import type { Dialect } from './dialect.ts';

/** What a column holds, as both drivers take and give it. Booleans go in as 0 and 1. */
export type Value = string | number | boolean | null | Uint8Array;
export type Row = Readonly<Record<string, Value>>;

/** One statement with `$1`, `$2`, ... in its text. Texts must be few and constant: each is prepared once and kept. */
export interface Query {
  readonly text: string;
  readonly values: readonly Value[];
}

/** Many rows for one table: a prepared statement run per row on SQLite, one statement with arrays on PostgreSQL. */
export interface Insertion {
  readonly into: InsertionTarget;
  readonly rows: readonly (readonly Value[])[];
}

export interface InsertionTarget {
  readonly table: string;
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
  /** An `on conflict` clause, or nothing. */
  readonly conflict?: string;
  /** The column that the database counts up, when its numbers are wanted: then each row's comes back with the columns named. */
  readonly counted?: { readonly counter: string; readonly by: readonly string[] };
}

/** `json` is text that holds JSON: it comes back byte for byte, in both dialects. */
export type ColumnType = 'text' | 'json' | 'integer' | 'bigint' | 'boolean' | 'bytes';

/**
 * The work of one transaction: it yields statements and is given their rows.
 * Written once and run by both databases: at a stretch on SQLite, where a transaction must never span an `await`
 * because the connection is shared, and with a client of its own on PostgreSQL.
 */
export type Script<T> = Generator<Query | Insertion, T, readonly Row[]>;

/** `durable`: on the disk when it returns. `fast`: survives the end of the process, though perhaps not of the machine. */
export type Durability = 'durable' | 'fast';

/** A database as the stores use it. What goes wrong in it is thrown as a `StoreError`. */
export interface Database {
  readonly dialect: Dialect;
  /** One statement in a transaction of its own. */
  query(query: Query): MaybePromise<readonly Row[]>;
  /** All statements see the same state. */
  read<T>(script: () => Script<T>): MaybePromise<T>;
  /** All or nothing. May run the script again from its start when the database asks for it. */
  write<T>(script: () => Script<T>, durability: Durability): MaybePromise<T>;
  close(): Promise<void>;
}

/** Continues with a value or, when it is a promise, with what it becomes. */
export function then<T, U>(value: MaybePromise<T>, next: (value: T) => U): MaybePromise<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}
