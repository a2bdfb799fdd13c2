import {
  ENTITY_KINDS,
  keyOf,
  StoreError,
  type AppliedChanges,
  type Change,
  type ConfigurationStore,
  type Decision,
  type EntityKind,
  type MaybePromise,
  type NewAuditEvent,
  type StoredChange,
} from '#libs/oauth';
import { auditInsertion } from './audit-store.ts';
import { forsakenEntries } from './bucket-store.ts';
import {
  alteredVersion,
  decodeEntity,
  ENTITY_INSERTIONS,
  encodeEntity,
  removal,
  selectEntities,
  type EntityRow,
} from './configuration-rows.ts';
import { then, type Database, type InsertionTarget, type Row, type Script } from './database.ts';
import { decideProposal } from './proposal-store.ts';
import { keysChanged, type SqlRevocationEventStore } from './revocation-event-store.ts';
import { CONFIGURATION_CHANGE, insertable } from './tables.ts';

/** Positions made by one change leave room for the next ones of the same revision. */
const POSITIONS_PER_REVISION = 1_000_000;

const LOG: InsertionTarget = {
  table: CONFIGURATION_CHANGE.name,
  columns: insertable(CONFIGURATION_CHANGE),
  conflict: 'on conflict (kind, key) do update set revision = excluded.revision, removed = excluded.removed',
};

/** The configuration, a table per kind of entity, and the log by which other nodes catch up. */
export class SqlConfigurationStore implements ConfigurationStore {
  constructor(
    private readonly database: Database,
    private readonly events: SqlRevocationEventStore,
  ) {}

  revision(): MaybePromise<number> {
    return then(this.database.query(REVISION), revisionOf);
  }

  async load(): Promise<{ readonly revision: number; readonly entities: readonly StoredChange[] }> {
    const { revision, rows } = await this.database.read(readEntities);
    return { revision, entities: rows.map(({ kind, row }) => storedChange(kind, row)) };
  }

  async changesSince(since: number): Promise<{ readonly revision: number; readonly changes: readonly StoredChange[] }> {
    const { revision, rows, removed } = await this.database.read(() => readChanges(since));
    return { revision, changes: [...removed.map(removedChange), ...rows.map(({ kind, row }) => storedChange(kind, row))] };
  }

  async apply(base: number, changes: readonly Change[], audit: readonly NewAuditEvent[], decision?: Decision): Promise<AppliedChanges> {
    const applied = await this.database.write(() => apply(base, changes, audit, decision), 'durable');
    this.events.written();
    return applied;
  }
}

const REVISION = { text: 'select revision from configuration where id = 1', values: [] };

function revisionOf(rows: readonly Row[]): number {
  const revision = rows[0]?.['revision'];
  if (typeof revision !== 'number') throw new StoreError('failed', 'The database has no configuration revision: restore a backup.');
  return revision;
}

interface KindRow {
  readonly kind: EntityKind;
  readonly row: EntityRow;
}

function* readEntities(): Script<{ revision: number; rows: KindRow[] }> {
  const revision = revisionOf(yield REVISION);
  const rows = yield* entitiesAfter(-1);
  return { revision, rows };
}

function* readChanges(since: number): Script<{ revision: number; rows: KindRow[]; removed: readonly Row[] }> {
  const revision = revisionOf(yield REVISION);
  const removed = yield { text: 'select kind, key, revision from configuration_change where revision > $1 and removed', values: [since] };
  const rows = yield* entitiesAfter(since);
  return { revision, rows, removed };
}

/** In the order in which they were made, whatever their kinds. */
function* entitiesAfter(since: number): Script<KindRow[]> {
  const found: KindRow[] = [];
  for (const kind of ENTITY_KINDS) {
    for (const row of yield selectEntities(kind, since)) found.push({ kind, row: row as EntityRow });
  }
  return found.sort((a, b) => a.row.position - b.row.position);
}

function storedChange(kind: EntityKind, row: EntityRow): StoredChange {
  const value = decodeEntity(kind, row);
  return { kind, key: keyOf(kind, value as never), value, revision: row.revision } as StoredChange;
}

function removedChange(row: Row): StoredChange {
  return { kind: row['kind'], key: row['key'], value: null, revision: row['revision'] } as StoredChange;
}

function* apply(
  base: number,
  changes: readonly Change[],
  audit: readonly NewAuditEvent[],
  decision: Decision | undefined,
): Script<AppliedChanges> {
  const raised = yield {
    text: 'update configuration set revision = revision + 1 where id = 1 and revision = $1 returning revision',
    values: [base],
  };
  if (raised.length === 0) return { outcome: 'conflict' };
  const revision = revisionOf(raised);
  if (decision !== undefined && !(yield* decideProposal(decision))) {
    // Whoever else decides waits for this row only: nobody has seen the revision, and nobody will.
    yield { text: 'update configuration set revision = $1 where id = 1', values: [base] };
    return { outcome: 'decided' };
  }

  const last = new Map<string, Change>();
  const removed = new Map<string, Change>();
  for (const change of changes) {
    const name = `${change.kind} ${change.key}`;
    // Removed and made again in one go: it is a new one and goes to the end.
    if (change.value === null) last.delete(name);
    if (change.value === null) removed.set(name, change);
    last.set(name, change);
  }
  const put = [...last.values()].filter((change) => change.value !== null);

  yield* checkVersions(put);
  for (const change of removed.values()) yield removal(change.kind, change.key);
  // Of one that is made there may be some by a run that began while an earlier one of its id was there, and ended later.
  for (const change of last.values()) if (change.kind === 'bucket') yield forsakenEntries(change.key);
  for (const kind of ENTITY_KINDS) {
    const rows = [...put.entries()]
      .filter(([, change]) => change.kind === kind)
      .map(([index, change]) => [...encodeEntity(change), revision, revision * POSITIONS_PER_REVISION + index]);
    if (rows.length > 0) yield { into: ENTITY_INSERTIONS[kind], rows };
  }
  yield { into: LOG, rows: [...last.values()].map((change) => [change.kind, change.key, revision, change.value === null ? 1 : 0]) };
  yield* keysChanged(profilesOfKeys(changes), Math.floor(Date.now() / 1000));
  yield auditInsertion(audit, revision);
  return { outcome: 'applied', revision };
}

/** The profiles of which a signing key is put or removed. */
function profilesOfKeys(changes: readonly Change[]): ReadonlySet<string> {
  const keys = changes.filter(({ kind }) => kind === 'signing-key').map(({ key }) => key.split('/')[0] ?? '');
  return new Set(keys.map(decodeURIComponent));
}

/** A version that was stored once stays what it was, since executions and people refer to it. */
function* checkVersions(put: readonly Change[]): Script<void> {
  for (const change of put) {
    if ((change.kind !== 'procedure-version' && change.kind !== 'library-version') || change.value === null) continue;
    const named = change.kind === 'procedure-version' ? `procedure "${change.value.procedure}"` : `library "${change.value.library}"`;
    const altered = yield alteredVersion(change);
    if (altered.length > 0) {
      throw new StoreError(
        'immutable',
        `Version ${String(change.value.version)} of ${named} is stored already and cannot be changed: make a new version.`,
      );
    }
  }
}
