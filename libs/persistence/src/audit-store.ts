import type { AuditEvent, AuditStore, MaybePromise, NewAuditEvent } from '#libs/oauth';
import { then, type Database, type Insertion, type InsertionTarget, type Query, type Row, type Script, type Value } from './database.ts';
import { label } from './label.ts';
import { pageSize, Where } from './listing.ts';
import { AUDIT_EVENT, insertable } from './tables.ts';

const EVENTS: InsertionTarget = { table: AUDIT_EVENT.name, columns: insertable(AUDIT_EVENT) };

/** Who changed what: only ever appended to. */
export class SqlAuditStore implements AuditStore {
  constructor(private readonly database: Database) {}

  append(events: readonly NewAuditEvent[]): MaybePromise<void> {
    return this.database.write(() => append(events), 'durable');
  }

  list(filter: Filter): MaybePromise<readonly AuditEvent[]> {
    if (isByTime(filter)) return this.database.read(() => listByTime(filter));
    const { before } = filter;
    const query = select(filter, 'id desc', (where) => before === undefined || where.add((id) => `id < ${id}`, before));
    return then(this.database.query(query), (rows) => rows.map(auditEvent));
  }
}

type Filter = Parameters<AuditStore['list']>[0];

const BY_TIME = 'at desc, id desc';

/** Whether the index over times serves best: there is no other to go by, and what is in the time may be anywhere in the trail. */
function isByTime({ since, until, actor, action, key }: Filter): boolean {
  return (since ?? until) !== undefined && (actor ?? action ?? key) === undefined;
}

/** After the last event of the page before come those of an earlier time, or of the same time with a smaller id: a range of the index. */
function* listByTime(filter: Filter): Script<readonly AuditEvent[]> {
  const { before, until = Infinity } = filter;
  if (before === undefined) return (yield select(filter, BY_TIME)).map(auditEvent);
  const [last] = yield { text: 'select at from audit_event where id = $1', values: [before] };
  if (last === undefined) return [];
  const at = last['at'] as number;
  const query = select({ ...filter, until: Math.min(until, at + 1) }, BY_TIME, (where) =>
    where.addBoth((time, id) => `(at < ${time} or id < ${id})`, at, before),
  );
  return (yield query).map(auditEvent);
}

function* append(events: readonly NewAuditEvent[]): Script<void> {
  yield auditInsertion(events, null);
}

/** Events as part of a larger transaction. */
export function auditInsertion(events: readonly NewAuditEvent[], revision: number | null): Insertion {
  const rows = events.map((e) => [
    e.at,
    label(e.actor),
    label(e.action),
    label(e.kind),
    label(e.key),
    json(e.before),
    json(e.after),
    revision,
  ]);
  return { into: EVENTS, rows };
}

function select(filter: Filter, order: string, further?: (where: Where) => unknown): Query {
  const where = new Where();
  where.equal('kind', filter.kind);
  where.equal('key', filter.key);
  where.equal('actor', filter.actor);
  where.equal('action', filter.action);
  if (filter.since !== undefined) where.add((value) => `at >= ${value}`, filter.since);
  if (filter.until !== undefined) where.add((value) => `at < ${value}`, filter.until);
  further?.(where);
  return where.query(
    (condition, limit) => `select * from audit_event where ${condition} order by ${order} limit ${limit}`,
    pageSize(filter.limit),
  );
}

function auditEvent(row: Row): AuditEvent {
  return {
    id: row['id'] as number,
    at: row['at'] as number,
    actor: row['actor'] as string,
    action: row['action'] as string,
    kind: row['kind'] as string,
    key: row['key'] as string,
    before: parse(row['before']),
    after: parse(row['after']),
    revision: row['revision'] as number | null,
  };
}

function json(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

function parse(text: Value | undefined): unknown {
  return typeof text === 'string' ? (JSON.parse(text) as unknown) : null;
}
