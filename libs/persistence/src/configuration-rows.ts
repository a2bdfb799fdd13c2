import { ENTITY_KINDS, keyOf, StoreError, type Change, type Entities, type EntityKind } from '#libs/oauth';
import { columnOf, CONFIGURATION_TABLES, type ConfigurationTable } from './configuration-tables.ts';
import type { ColumnType, InsertionTarget, Query, Row, Value } from './database.ts';

export type EntityRow = Row & { readonly revision: number; readonly position: number };

interface Codec {
  readonly table: string;
  readonly members: readonly { readonly name: string; readonly column: string; readonly type: ColumnType }[];
  readonly key: readonly string[];
  readonly select: string;
  readonly remove: string;
}

const CODECS = byKind((kind): Codec => {
  const table = CONFIGURATION_TABLES[kind] as unknown as ConfigurationTable;
  const members = Object.entries(table.fields).map(([name, field]) => ({ name, column: columnOf(name), type: field.type }));
  const key = table.key as readonly string[];
  return {
    table: table.name,
    members,
    key,
    select: `select ${members.map((member) => member.column).join(', ')}, revision, position from ${table.name} where revision > $1 order by position`,
    remove: `delete from ${table.name} where ${key.map((member, index) => `${columnOf(member)} = $${String(index + 1)}`).join(' and ')}`,
  };
});

/** Puts entities: a new one at its position, a known one in its old place. */
export const ENTITY_INSERTIONS = byKind((kind): InsertionTarget => {
  const { table, members, key } = CODECS[kind];
  const kept = members.filter((member) => !key.includes(member.name)).map((member) => member.column);
  return {
    table,
    columns: [
      ...members.map((member) => ({ name: member.column, type: member.type })),
      { name: 'revision', type: 'integer' },
      { name: 'position', type: 'bigint' },
    ],
    conflict: `on conflict (${key.map(columnOf).join(', ')}) do update set ${[...kept, 'revision'].map((column) => `${column} = excluded.${column}`).join(', ')}`,
  };
});

/** Entities of a kind that changed after a revision; -1 for all. */
export function selectEntities(kind: EntityKind, after: number): Query {
  return { text: CODECS[kind].select, values: [after] };
}

/** Removes the entity with a key, as `keyOf` writes it. */
export function removal(kind: EntityKind, key: string): Query {
  const { table, key: members, remove } = CODECS[kind];
  const ids = key.split('/').map(decodeURIComponent);
  if (ids.length !== members.length) throw new StoreError('failed', `"${key}" is not a key of ${table}: it needs ${members.join('/')}.`);
  return { text: remove, values: ids.map((id, index) => (members[index] === 'version' ? Number(id) : id)) };
}

/** What may never change of a stored version: all that decides what runs. */
const FIXED = ['language', 'source', 'script', 'libraries', 'secrets', 'digest'];

/** Finds a row when the version that is to be put is stored already as another one. */
export function alteredVersion(change: Change): Query {
  const { table, members, key } = CODECS[change.kind];
  const values = encodeEntity(change);
  const used: Value[] = [];
  const compare = (names: readonly string[], operator: string) =>
    members.flatMap(({ name, column }, i) =>
      names.includes(name) ? [`${column} ${operator} $${String(used.push(values[i] ?? null))}`] : [],
    );
  const same = compare(key, '=').join(' and ');
  const altered = compare(FIXED, '<>').join(' or ');
  return { text: `select 1 as altered from ${table} where ${same} and (${altered})`, values: used };
}

/** The values of an entity's columns, without revision and position. */
export function encodeEntity(change: Change): Value[] {
  const value = change.value as Record<string, unknown> | null;
  if (value === null || keyOf(change.kind, value as never) !== change.key) {
    throw new StoreError('failed', `The key "${change.key}" does not belong to the ${change.kind} that is to be stored under it.`);
  }
  return CODECS[change.kind].members.map(({ name, type }) => encode(type, value[name]));
}

export function decodeEntity(kind: EntityKind, row: EntityRow): Entities[EntityKind] {
  const value: Record<string, unknown> = {};
  for (const { name, column, type } of CODECS[kind].members) value[name] = decode(type, row[column] ?? null);
  return value as unknown as Entities[EntityKind];
}

function encode(type: ColumnType, value: unknown): Value {
  if (value === null || value === undefined) return null;
  if (type === 'json') return JSON.stringify(value);
  return type === 'boolean' ? Number(value) : (value as Value);
}

function decode(type: ColumnType, value: Value): unknown {
  if (value === null) return null;
  if (type === 'json') return JSON.parse(value as string);
  return type === 'boolean' ? Boolean(value) : value;
}

function byKind<T>(make: (kind: EntityKind) => T): Readonly<Record<EntityKind, T>> {
  return Object.fromEntries(ENTITY_KINDS.map((kind) => [kind, make(kind)])) as Record<EntityKind, T>;
}
