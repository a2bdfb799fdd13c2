import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The first schema. What is written here has run on databases out there: change it by a new migration only. */
export class InitialSchema1767225600000 implements MigrationInterface {
  readonly name = 'InitialSchema1767225600000';

  async up(runner: QueryRunner): Promise<void> {
    const postgres = runner.dataSource.options.type === 'postgres';
    for (const statement of postgres ? onPostgres() : onSqlite()) await runner.query(statement);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('The first schema is not taken back: drop the database instead.'));
  }
}

interface Definition {
  readonly table: string;
  readonly columns: string;
  readonly references?: readonly Reference[];
}

type Reference = readonly [columns: string, table: string, targets: string];

const STORED = 'revision integer not null, position bigint not null';
const OF_PROFILE = ['profile', 'profile', 'id'] as const;

/** Configuration: the same columns in both databases. */
const CONFIGURATION: readonly Definition[] = [
  {
    table: 'profile',
    columns: `id text not null, issuer text not null, capabilities text not null, defaults text not null, allowed_audiences text,
      scopes text not null, origin text not null, ${STORED}, constraint profile_pkey primary key (id)`,
  },
  {
    table: 'endpoint',
    columns: `profile text not null, id text not null, kind text not null, path text not null, enabled boolean not null,
      advertised boolean not null, deployed_to text not null, revocation_lag integer, origin text not null, ${STORED},
      constraint endpoint_pkey primary key (profile, id)`,
    references: [OF_PROFILE],
  },
  {
    table: 'client',
    columns: `profile text not null, id text not null, name text not null, description text not null, enabled boolean not null,
      secrets text not null, capabilities text not null, scopes text not null, audiences text not null, properties text not null,
      access_token_format text, access_token_lifetime integer, introspection text not null, origin text not null, ${STORED},
      constraint client_pkey primary key (profile, id)`,
    references: [OF_PROFILE],
  },
  {
    table: 'token_issuer',
    columns: `profile text not null, id text not null, kind text not null, is_default boolean not null, enabled boolean not null,
      algorithm text, lifetime integer, allow_subject_change boolean not null, origin text not null, ${STORED},
      constraint token_issuer_pkey primary key (profile, id)`,
    references: [OF_PROFILE],
  },
  {
    table: 'signing_key',
    columns: `profile text not null, kid text not null, algorithm text not null, state text not null, public_jwk text not null,
      sealed_private_jwk text not null, created_at bigint not null, activated_at bigint, retired_at bigint, origin text not null, ${STORED},
      constraint signing_key_pkey primary key (profile, kid)`,
    references: [OF_PROFILE],
  },
  {
    table: 'procedure',
    columns: `id text not null, flow text not null, description text not null, active_version integer, origin text not null, ${STORED},
      constraint procedure_pkey primary key (id)`,
    references: [['id, active_version', 'procedure_version', 'procedure, version']],
  },
  {
    table: 'procedure_version',
    columns: `procedure text not null, version integer not null, language text not null, source text not null, digest text not null,
      note text not null, created_at bigint not null, created_by text not null, origin text not null, ${STORED},
      constraint procedure_version_pkey primary key (procedure, version)`,
    references: [['procedure', 'procedure', 'id']],
  },
  {
    table: 'binding',
    columns: `profile text not null, endpoint text not null, flow text not null, procedure text not null, version integer,
      origin text not null, ${STORED}, constraint binding_pkey primary key (profile, endpoint, flow)`,
    references: [
      ['profile, endpoint', 'endpoint', 'profile, id'],
      ['procedure', 'procedure', 'id'],
      ['procedure, version', 'procedure_version', 'procedure, version'],
    ],
  },
  {
    table: 'administrator',
    columns: `id text not null, role text not null, token_hash text not null, created_at bigint not null, origin text not null, ${STORED},
      constraint administrator_pkey primary key (id)`,
  },
];

const TOKEN = `profile text not null, purpose text not null, form text not null, client_id text not null, subject text,
  delegation_id text not null, delegation_seq bigint not null, data text not null, issued_at bigint not null, expires_at bigint not null, revoked_at bigint`;
const DELEGATION = `profile text not null, id text not null, client_id text not null, owner text not null, scope text not null,
  view text not null, status text not null, revoked_at bigint, created_at bigint not null, expires_at bigint not null`;
const GRANT = `kind text not null, client_id text not null, delegation_id text not null, data text not null, expires_at bigint not null,
  releases integer not null, claim_id text, claimed_until bigint, used_at bigint,
  constraint authorization_grant_pkey primary key (profile, hash)`;
const AUDIT = `at bigint not null, actor text not null, action text not null, kind text not null, key text not null,
  before text, after text, revision integer, constraint audit_event_pkey primary key`;

const INDEXES: readonly (readonly [table: string, columns: string])[] = [
  ...CONFIGURATION.map(({ table }) => [table, 'revision'] as const),
  ['token', 'profile, seq'],
  ['token', 'client_id, seq'],
  ['token', 'subject, seq'],
  ['token', 'delegation_seq, seq'],
  ['token', 'expires_at'],
  ['delegation', 'profile, seq'],
  ['delegation', 'client_id, seq'],
  ['delegation', 'owner, seq'],
  ['delegation', 'expires_at'],
  ['authorization_grant', 'expires_at'],
  ['audit_event', 'kind, key, id'],
  ['audit_event', 'actor, id'],
  ['configuration_change', 'revision'],
];

/** SQLite takes foreign keys with the table only, and lets them name tables that come later. */
function onSqlite(): readonly string[] {
  return [
    ...CONFIGURATION.map(({ table, columns, references = [] }) => {
      const constraints = references.map((reference) => `, ${foreignKey(table, reference)}`).join('');
      return `create table ${table} (${columns}${constraints})`;
    }),
    `create table token (seq integer not null, period integer not null, hash blob not null, ${TOKEN},
      constraint token_pkey primary key (seq), ${unique('token', 'period, hash')})`,
    `create table delegation (seq integer not null, ${DELEGATION},
      constraint delegation_pkey primary key (seq), ${unique('delegation', 'id, profile')})`,
    `create table authorization_grant (profile text not null, hash blob not null, ${GRANT})`,
    `create table audit_event (id integer not null, ${AUDIT} (id))`,
    ...rest(),
  ];
}

/** PostgreSQL takes foreign keys once both tables are there. */
function onPostgres(): readonly string[] {
  return [
    ...CONFIGURATION.map(({ table, columns }) => `create table ${table} (${columns})`),
    ...CONFIGURATION.flatMap(({ table, references = [] }) =>
      references.map((reference) => `alter table ${table} add ${foreignKey(table, reference)}`),
    ),
    `create table token (seq bigint generated by default as identity, period integer not null, hash bytea not null, ${TOKEN},
      constraint token_pkey primary key (period, hash))`,
    `create table delegation (seq bigint generated by default as identity, ${DELEGATION}, constraint delegation_pkey primary key (id, profile))`,
    `create table authorization_grant (profile text not null, hash bytea not null, ${GRANT})`,
    `create table audit_event (id bigint generated by default as identity, ${AUDIT} (id))`,
    `create index token_seq_index on token (seq)`,
    `create index delegation_seq_index on delegation (seq)`,
    ...rest(),
  ];
}

function rest(): readonly string[] {
  return [
    `create table configuration (id integer not null, revision integer not null, constraint configuration_pkey primary key (id))`,
    `insert into configuration (id, revision) values (1, 0)`,
    `create table configuration_change (kind text not null, key text not null, revision integer not null, removed boolean not null,
      constraint configuration_change_pkey primary key (kind, key))`,
    ...INDEXES.map(([table, columns]) => `create index ${table}_${columns.replaceAll(', ', '_')}_index on ${table} (${columns})`),
  ];
}

// Written as TypeORM writes them, since it reads the names of these constraints from SQLite's copy of the statement.
function foreignKey(table: string, [columns, target, targets]: Reference): string {
  const name = `${table}_${columns.replaceAll(', ', '_')}_fkey`;
  return `CONSTRAINT "${name}" FOREIGN KEY (${quoted(columns)}) REFERENCES "${target}" (${quoted(targets)}) DEFERRABLE INITIALLY DEFERRED`;
}

function unique(table: string, columns: string): string {
  return `CONSTRAINT "${table}_${columns.replaceAll(', ', '_')}_key" UNIQUE (${quoted(columns)})`;
}

function quoted(columns: string): string {
  return columns.replace(/\w+/g, '"$&"');
}
