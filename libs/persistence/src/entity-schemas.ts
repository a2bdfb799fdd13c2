import { EntitySchema, EntitySchemaOptions, type EntitySchemaColumnOptions } from 'typeorm';
import { ENTITY_KINDS } from '#libs/oauth';
import { columnOf, CONFIGURATION_TABLES, type ConfigurationTable } from './configuration-tables.ts';
import type { ColumnType } from './database.ts';
import type { Dialect } from './dialect.ts';
import { TABLES, type Table } from './tables.ts';

type DialectName = Dialect['name'];
type Columns = Record<string, EntitySchemaColumnOptions>;
type Options = EntitySchemaOptions<Record<string, unknown>>;

/**
 * The whole schema as TypeORM knows it. The tables are made by migrations and never synchronised;
 * a spec compares what the migrations make with what is declared here.
 */
export function entitySchemas(dialect: DialectName): EntitySchema[] {
  const configuration = ENTITY_KINDS.map((kind) => configurationSchema(CONFIGURATION_TABLES[kind] as unknown as ConfigurationTable));
  return [...configuration, ...TABLES.map((table) => tableSchema(table, dialect))];
}

function configurationSchema(table: ConfigurationTable): EntitySchema {
  const columns: Columns = {};
  for (const [member, field] of Object.entries(table.fields)) {
    const name = columnOf(member);
    const primary = (table.key as readonly string[]).includes(member);
    columns[name] = {
      type: columnType(field.type, 'sqlite'),
      nullable: field.nullable,
      ...(field.default === undefined ? {} : { default: field.default }),
      ...(primary ? { primary, primaryKeyConstraintName: `${table.name}_pkey` } : {}),
    };
  }
  columns['revision'] = { type: 'integer' };
  columns['position'] = { type: 'bigint' };
  return schema(table.name, columns, {
    foreignKeys: table.references.map((reference) => ({
      name: `${table.name}_${reference.members.map(columnOf).join('_')}_fkey`,
      target: CONFIGURATION_TABLES[reference.kind].name,
      columnNames: reference.members.map(columnOf),
      referencedColumnNames: reference.targets.map(columnOf),
      deferrable: 'INITIALLY DEFERRED',
    })),
    indices: [index(table.name, ['revision'])],
  });
}

function tableSchema(table: Table, dialect: DialectName): EntitySchema {
  const columns: Columns = {};
  const key = table.primaryKey[dialect];
  const primary = (name: string) => (key.includes(name) ? { primary: true, primaryKeyConstraintName: `${table.name}_pkey` } : {});
  if (table.counter !== undefined) {
    columns[table.counter] =
      dialect === 'sqlite'
        ? { type: 'integer', ...primary(table.counter) }
        : { type: 'bigint', generated: 'increment', ...primary(table.counter) };
  }
  for (const [name, type] of Object.entries(table.columns)) {
    const collation = dialect === 'postgres' && table.bytewise?.includes(name) === true ? { collation: 'C' } : {};
    columns[name] = {
      type: columnType(type.replace('?', '') as ColumnType, dialect),
      nullable: type.endsWith('?'),
      ...primary(name),
      ...collation,
    };
  }
  const counterIndex = table.counter === undefined || key.includes(table.counter) ? [] : [[table.counter]];
  const isKey = table.unique?.join() === key.join();
  return schema(table.name, columns, {
    uniques:
      table.unique === undefined || isKey ? [] : [{ name: `${table.name}_${table.unique.join('_')}_key`, columns: [...table.unique] }],
    indices: [...table.indexes, ...counterIndex].map((names) => index(table.name, names)),
  });
}

function schema(name: string, columns: Columns, rest: Pick<Options, 'foreignKeys' | 'indices' | 'uniques'>): EntitySchema {
  return new EntitySchema(
    Object.assign(new EntitySchemaOptions<Record<string, unknown>>(), { name, tableName: name, columns, ...rest }),
  ) as EntitySchema;
}

function index(table: string, columns: readonly string[]): { name: string; columns: string[] } {
  return { name: `${table}_${columns.join('_')}_index`, columns: [...columns] };
}

function columnType(type: ColumnType, dialect: DialectName): EntitySchemaColumnOptions['type'] {
  if (type === 'bytes') return dialect === 'sqlite' ? 'blob' : 'bytea';
  return type === 'json' ? 'text' : type;
}
