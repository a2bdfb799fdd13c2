import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Global scripts, TypeScript procedures, outgoing HTTP clients, secrets and buckets.
 * Versions stored before ran as they were written, in JavaScript, without libraries and secrets.
 */
export class LibrariesAndHttpClients1795219200000 implements MigrationInterface {
  readonly name = 'LibrariesAndHttpClients1795219200000';

  async up(runner: QueryRunner): Promise<void> {
    const postgres = runner.dataSource.options.type === 'postgres';
    for (const statement of postgres ? onPostgres() : onSqlite()) await runner.query(statement);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('What was stored since would be lost: restore the backup made before the upgrade instead.'));
  }
}

const STORED = 'origin text not null, revision integer not null, position bigint not null';
const VERSION = 'language text not null, source text not null, script text not null';
const UPLOAD = 'digest text not null, note text not null, created_at bigint not null, created_by text not null';

interface Definition {
  readonly table: string;
  readonly columns: string;
  readonly reference: readonly [columns: string, table: string, targets: string];
}

const OF_PROFILE = ['profile', 'profile', 'id'] as const;

const TABLES: readonly Definition[] = [
  {
    table: 'http_client',
    columns: `profile text not null, id text not null, allowed_hosts text not null, allow_http boolean not null,
      allowed_networks text not null, credentials text, tls text not null, timeout_milliseconds integer not null,
      maximum_response_bytes integer not null, maximum_redirects integer not null, ${STORED},
      constraint http_client_pkey primary key (profile, id)`,
    reference: OF_PROFILE,
  },
  {
    table: 'secret',
    columns: `profile text not null, id text not null, sealed_value text not null, created_at bigint not null, updated_at bigint not null,
      ${STORED}, constraint secret_pkey primary key (profile, id)`,
    reference: OF_PROFILE,
  },
  {
    table: 'bucket',
    columns: `profile text not null, id text not null, description text not null, ${STORED},
      constraint bucket_pkey primary key (profile, id)`,
    reference: OF_PROFILE,
  },
  {
    table: 'library',
    columns: `id text not null, description text not null, active_version integer, ${STORED}, constraint library_pkey primary key (id)`,
    reference: ['id, active_version', 'library_version', 'library, version'],
  },
  {
    table: 'library_version',
    columns: `library text not null, version integer not null, ${VERSION}, ${UPLOAD}, ${STORED},
      constraint library_version_pkey primary key (library, version)`,
    reference: ['library', 'library', 'id'],
  },
];

const INDEXES = TABLES.map(({ table }) => revisionIndex(table));

/**
 * SQLite adds no column that may not be null, so the table of procedure versions is made anew.
 * What refers to its rows is counted as dangling when they go and as mended when they are back, before the transaction ends.
 */
function onSqlite(): readonly string[] {
  return [
    ...TABLES.map((definition) => `create table ${definition.table} (${definition.columns}, ${foreignKey(definition)})`),
    ...INDEXES,
    'create temporary table earlier_procedure_version as select * from procedure_version',
    'drop table procedure_version',
    `create table procedure_version (procedure text not null, version integer not null, ${VERSION}, libraries text not null,
      secrets text not null, ${UPLOAD}, ${STORED}, constraint procedure_version_pkey primary key (procedure, version),
      ${foreignKey({ table: 'procedure_version', reference: ['procedure', 'procedure', 'id'] })})`,
    `insert into procedure_version (procedure, version, language, source, script, libraries, secrets, digest, note, created_at, created_by,
      origin, revision, position) select procedure, version, language, source, source, '[]', '[]', digest, note, created_at, created_by,
      origin, revision, position from earlier_procedure_version`,
    'drop table earlier_procedure_version',
    revisionIndex('procedure_version'),
  ];
}

function onPostgres(): readonly string[] {
  return [
    ...TABLES.map(({ table, columns }) => `create table ${table} (${columns})`),
    ...TABLES.map((definition) => `alter table ${definition.table} add ${foreignKey(definition)}`),
    ...INDEXES,
    'alter table procedure_version add script text, add libraries text, add secrets text',
    `update procedure_version set script = source, libraries = '[]', secrets = '[]'`,
    `set constraints all immediate`,
    'alter table procedure_version alter script set not null, alter libraries set not null, alter secrets set not null',
  ];
}

// Written as TypeORM writes them, since it reads the names of these constraints from SQLite's copy of the statement.
function foreignKey({ table, reference: [columns, target, targets] }: Pick<Definition, 'table' | 'reference'>): string {
  const name = `${table}_${columns.replaceAll(', ', '_')}_fkey`;
  return `CONSTRAINT "${name}" FOREIGN KEY (${quoted(columns)}) REFERENCES "${target}" (${quoted(targets)}) DEFERRABLE INITIALLY DEFERRED`;
}

function revisionIndex(table: string): string {
  return `create index ${table}_revision_index on ${table} (revision)`;
}

function quoted(columns: string): string {
  return columns.replace(/\w+/g, '"$&"');
}
