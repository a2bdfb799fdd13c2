import { randomBytes } from 'node:crypto';
import {
  StoreError,
  tokenId,
  type EventPlace,
  type KeysAtPlace,
  type RevocationEvent,
  type RevocationEventKind,
  type RevocationEventStore,
  type TokenKey,
} from '#libs/oauth';
import type { Database, Insertion, InsertionTarget, Query, Row, Script } from './database.ts';
import type { Dialect } from './dialect.ts';
import { insertable, REVOCATION_EVENT } from './tables.ts';

/** Events that get their positions in one transaction. */
const MOST_NUMBERED = 1000;

const EVENTS: InsertionTarget = { table: REVOCATION_EVENT.name, columns: insertable(REVOCATION_EVENT) };

/** An event as the transaction that it tells of writes it. */
export interface NewRevocationEvent {
  readonly profile: string;
  readonly kind: RevocationEventKind;
  /** JSON text. */
  readonly data: string;
  readonly at: number;
}

export function tokenRevoked(profile: string, key: TokenKey, at: number): NewRevocationEvent {
  const data = JSON.stringify({ id: tokenId(key), hash: Buffer.from(key.hash).toString('base64url') });
  return { profile, kind: 'token', data, at };
}

export function delegationRevoked(profile: string, id: string, at: number): NewRevocationEvent {
  return { profile, kind: 'delegation', data: JSON.stringify({ id }), at };
}

/**
 * Events as part of the transaction that they tell of. They get their positions later, when they can be seen: to give them here,
 * each revocation would have to wait for the one before it to end.
 */
export function revocationEvents(events: readonly NewRevocationEvent[]): Insertion {
  return { into: EVENTS, rows: events.map(({ profile, kind, data, at }) => [profile, kind, data, at, null, null, null]) };
}

/** One `keys` event for each profile, with the keys that it has at this point of the transaction. */
export function* keysChanged(profiles: Iterable<string>, at: number): Script<void> {
  const events: NewRevocationEvent[] = [];
  for (const profile of profiles) {
    const kids = kidsOf(yield publishedKeys(profile));
    events.push({ profile, kind: 'keys', data: JSON.stringify({ kids }), at });
  }
  if (events.length > 0) yield revocationEvents(events);
}

/** What was revoked, in an order that all readers see alike. */
export class SqlRevocationEventStore implements RevocationEventStore {
  readonly #listeners = new Set<() => void>();

  constructor(private readonly database: Database) {}

  async newest(profile: string): Promise<KeysAtPlace> {
    await this.#number();
    return this.database.read(() => readNewest(profile));
  }

  async after(place: EventPlace, limit: number): Promise<readonly RevocationEvent[] | null> {
    for (;;) {
      const found = followers(place, await this.database.query(selectAfter(place, limit)));
      if (found !== 'unnumbered') return found;
      await this.#number();
    }
  }

  async deleteBefore(at: number, limit: number): Promise<number> {
    return this.database.write(() => deleteBefore(this.database.dialect, at, limit), 'fast');
  }

  onWritten(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The other stores say that they have committed events. */
  written(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Durable, since readers remember the places that they are told. */
  async #number(): Promise<void> {
    const [waiting] = await this.database.query({
      text: 'select 1 as waits from revocation_event where position is null limit 1',
      values: [],
    });
    if (waiting === undefined) return;
    while ((await this.database.write(() => number(this.database.dialect), 'durable')) === MOST_NUMBERED);
  }
}

function* readNewest(profile: string): Script<KeysAtPlace> {
  const place = placeOf(yield { text: 'select position, mark from revocation_event_head where id = 1', values: [] });
  return { place, kids: kidsOf(yield publishedKeys(profile)) };
}

function publishedKeys(profile: string): Query {
  return { text: 'select kid from signing_key where profile = $1 order by kid', values: [profile] };
}

function kidsOf(rows: readonly Row[]): readonly string[] {
  return rows.map((row) => row['kid'] as string);
}

/** Gives positions to events that have none; answers how many. Whoever else does so waits for us, and sees what we did. */
function* number(dialect: Dialect): Script<number> {
  const head = yield* lockHead(dialect);
  const mark = newMark();
  const numbered = yield {
    text: `update revocation_event set position = $1 + fresh.n, mark = $2, follows = case when fresh.n = 1 then $3 else $2 end
      from (select seq as fresh_seq, row_number() over (order by seq) as n from revocation_event where position is null
        order by seq limit ${String(MOST_NUMBERED)}) as fresh
      where seq = fresh.fresh_seq returning 1 as numbered`,
    values: [head.position, mark, head.mark],
  };
  if (numbered.length > 0) yield moveHead({ position: head.position + numbered.length, mark });
  return numbered.length;
}

/**
 * The oldest first, so that what is left has no gaps. Events that nobody has waited for go without ever having had a position;
 * the head gets another mark for them, by which a reader that comes back sees that something is missing.
 */
function* deleteBefore(dialect: Dialect, at: number, limit: number): Script<number> {
  const head = yield* lockHead(dialect);
  const unnumbered = yield {
    text: `delete from revocation_event where seq in (
      select seq from revocation_event where position is null and at < $1 order by seq limit $2) returning 1 as deleted`,
    values: [at, limit],
  };
  if (unnumbered.length > 0) yield moveHead({ position: head.position, mark: newMark() });
  const [young] = yield {
    text: 'select position from revocation_event where position is not null and at >= $1 order by position limit 1',
    values: [at],
  };
  const numbered = yield {
    text: `delete from revocation_event where seq in (
      select seq from revocation_event where position < $1 order by position limit $2) returning 1 as deleted`,
    values: [young?.['position'] ?? head.position + 1, limit - unnumbered.length],
  };
  return unnumbered.length + numbered.length;
}

function* lockHead({ lock }: Dialect): Script<EventPlace> {
  return placeOf(yield { text: `select position, mark from revocation_event_head where id = 1 ${lock.exclusive}`, values: [] });
}

function moveHead({ position, mark }: EventPlace): Query {
  return { text: 'update revocation_event_head set position = $1, mark = $2 where id = 1', values: [position, mark] };
}

function newMark(): string {
  return randomBytes(6).toString('base64url');
}

function placeOf([row]: readonly Row[]): EventPlace {
  if (row === undefined) throw new StoreError('failed', 'The database has no head of the revocation events: restore a backup.');
  return { position: row['position'] as number, mark: row['mark'] as string };
}

const MEMBERS = 'seq, profile, kind, data, position, mark, follows';

/**
 * In one statement, so that it is seen in one state whether anything is missing: the head, with an event that has no position yet and
 * those after the place. Apart, since SQLite would look at all events for either the one or the other.
 */
function selectAfter({ position }: EventPlace, limit: number): Query {
  return {
    text: `select h.position as head_position, h.mark as head_mark, e.* from revocation_event_head h left join (
        select * from (select ${MEMBERS} from revocation_event where position is null limit 1) as unnumbered
        union all
        select * from (select ${MEMBERS} from revocation_event where position > $1 order by position limit $2) as later
      ) as e on true where h.id = 1 order by e.position nulls first`,
    values: [position, limit],
  };
}

/** The events that follow a place; null when they are not all there, or another event stands at the place. */
function followers(place: EventPlace, rows: readonly Row[]): readonly RevocationEvent[] | 'unnumbered' | null {
  const [first] = rows;
  if (first === undefined) return null;
  if (first['seq'] === null) return first['head_position'] === place.position && first['head_mark'] === place.mark ? [] : null;
  if (first['position'] === null) return 'unnumbered';
  if (first['position'] !== place.position + 1 || first['follows'] !== place.mark) return null;
  return rows.map((row) => ({
    place: { position: row['position'] as number, mark: row['mark'] as string },
    profile: row['profile'] as string,
    kind: row['kind'] as RevocationEventKind,
    data: row['data'] as string,
  }));
}
