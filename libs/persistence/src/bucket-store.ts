import type { BucketEntry, BucketKey, BucketStore, Commit, MaybePromise } from '#libs/oauth';
import { then, type Database, type InsertionTarget, type Query, type Row, type Script } from './database.ts';
import { isStorable } from './label.ts';
import { BUCKET_ENTRY, insertable } from './tables.ts';

const MOST_LISTED = 1000;

const ENTRIES: InsertionTarget = {
  table: BUCKET_ENTRY.name,
  columns: insertable(BUCKET_ENTRY),
  conflict:
    'on conflict (profile, bucket, subject, purpose) do update set attributes = excluded.attributes, updated_at = excluded.updated_at',
};

/** Attributes that procedures keep between runs. */
export class SqlBucketStore implements BucketStore {
  constructor(private readonly database: Database) {}

  get(profile: string, bucket: string, subject: string, purpose: string): MaybePromise<string | null> {
    if (!isStorable(subject) || !isStorable(purpose)) return null;
    const rows = this.database.query({
      text: 'select attributes from bucket_entry where profile = $1 and bucket = $2 and subject = $3 and purpose = $4',
      values: [profile, bucket, subject, purpose],
    });
    return then(rows, ([row]) => (row === undefined ? null : (row['attributes'] as string)));
  }

  list(profile: string, bucket: string, subject: string): MaybePromise<readonly BucketEntry[]> {
    if (!isStorable(subject)) return [];
    const rows = this.database.query({
      text: `select * from bucket_entry where profile = $1 and bucket = $2 and subject = $3 order by purpose limit ${String(MOST_LISTED)}`,
      values: [profile, bucket, subject],
    });
    // Again, since databases differ in what comes first.
    return then(rows, (found) => found.map(entryOf).sort((a, b) => (a.purpose < b.purpose ? -1 : 1)));
  }

  clear(profile: string, bucket: string, subject?: string): MaybePromise<number> {
    if (subject !== undefined && !isStorable(subject)) return 0;
    const [where, values] = subject === undefined ? ['', [profile, bucket]] : [' and subject = $3', [profile, bucket, subject]];
    const query = { text: `delete from bucket_entry where profile = $1 and bucket = $2${where} returning 1 as deleted`, values };
    return this.database.write(() => deleted(query), 'durable');
  }
}

function* deleted(query: Query): Script<number> {
  return (yield query).length;
}

/** Deletes the entries of a bucket, named by its key as an entity, that is not there any more or not yet. */
export function forsakenEntries(key: string): Query {
  return {
    text: 'delete from bucket_entry where profile = $1 and bucket = $2 and not exists (select 1 from bucket where profile = $1 and id = $2)',
    values: key.split('/').map(decodeURIComponent),
  };
}

/**
 * The buckets' part of commits that are already accepted: of each entry only the last state is written, and entries in one
 * order, so that no two groups wait for each other.
 */
export function* writeBuckets(commits: readonly Commit[]): Script<void> {
  const last = new Map<string, { readonly key: BucketKey; readonly attributes: string | null; readonly at: number }>();
  for (const { at, effects } of commits)
    for (const effect of effects) {
      if (effect.effect !== 'bucket-store' && effect.effect !== 'bucket-clear') continue;
      const { profile, bucket, subject, purpose } = effect;
      const attributes = effect.effect === 'bucket-store' ? effect.attributes : null;
      last.set(JSON.stringify([profile, bucket, subject, purpose]), { key: { profile, bucket, subject, purpose }, attributes, at });
    }
  if (last.size === 0) return;
  const ordered = [...last].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  for (const { key, attributes, at } of ordered) {
    const { profile, bucket, subject, purpose } = key;
    if (attributes !== null) yield { into: ENTRIES, rows: [[profile, bucket, subject, purpose, attributes, at]] };
    else
      yield {
        text: 'delete from bucket_entry where profile = $1 and bucket = $2 and subject = $3 and purpose = $4',
        values: [profile, bucket, subject, purpose],
      };
  }
}

function entryOf(row: Row): BucketEntry {
  return {
    profile: row['profile'] as string,
    bucket: row['bucket'] as string,
    subject: row['subject'] as string,
    purpose: row['purpose'] as string,
    attributes: row['attributes'] as string,
    updatedAt: row['updated_at'] as number,
  };
}
