import { hash } from 'node:crypto';
import type { MaybePromise, Use, UseStore } from '#libs/oauth';
import { then, type Database, type Query, type Row, type Script } from './database.ts';
import type { Dialect } from './dialect.ts';

/** Remembers what was used, each entry until its minute is over: the key of the table says who was first. */
export class SqlUseStore implements UseStore {
  constructor(private readonly database: Database) {}

  once(uses: readonly Use[]): MaybePromise<readonly boolean[]> {
    if (uses.length === 0) return [];
    const keys = uses.map(keyOf);
    const insertion = insert(this.database.dialect, keys);
    const inserted = uses.some(isDurable) ? this.database.write(() => all(insertion), 'durable') : this.database.query(insertion);
    return then(inserted, (rows) => {
      const first = new Set(rows.map((row) => Buffer.from(row['hash'] as Uint8Array).toString('hex')));
      // Of one batch the first that names it has it.
      return keys.map(({ hash }) => first.delete(hash));
    });
  }

  deleteExpired(before: number, limit: number): MaybePromise<number> {
    const { skipLocked } = this.database.dialect;
    const deletion: Query = {
      text: `delete from single_use where (period, hash) in (
        select period, hash from single_use where period < $1 order by period limit $2 ${skipLocked}) returning 1 as deleted`,
      values: [minuteOf(before), limit],
    };
    return then(
      this.database.write(() => all(deletion), 'fast'),
      (rows) => rows.length,
    );
  }
}

/** An assertion is good for long enough that the power may come back meanwhile; a proof is not. */
function isDurable({ kind }: Use): boolean {
  return kind !== 'dpop-proof';
}

interface Key {
  readonly period: number;
  /** Hex, since it travels as JSON. */
  readonly hash: string;
}

function keyOf({ profile, kind, hash: named, expiresAt }: Use): Key {
  return { period: minuteOf(expiresAt), hash: hash('sha256', `${profile}\n${kind}\n${Buffer.from(named).toString('hex')}`, 'hex') };
}

function minuteOf(seconds: number): number {
  return Math.floor(seconds / 60);
}

/** One statement, in the order of the keys, so that no two batches wait for each other. Answers the hashes that were not there. */
function insert(dialect: Dialect, keys: readonly Key[]): Query {
  const ordered = keys.toSorted((a, b) => (a.hash < b.hash ? -1 : 1)).map(({ period, hash }) => [period, hash]);
  return {
    text: `with used(period, hash) as (${dialect.pairs('$1')})
      insert into single_use (period, hash) select cast(period as integer), ${dialect.bytes('hash')} from used where true
      on conflict do nothing returning hash`,
    values: [JSON.stringify(ordered)],
  };
}

function* all(query: Query): Script<readonly Row[]> {
  return yield query;
}
