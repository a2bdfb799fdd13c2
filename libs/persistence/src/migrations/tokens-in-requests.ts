import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether the requests of an outgoing HTTP client may carry tokens. Those stored before may not, as they could not before. */
export class TokensInRequests1795219320000 implements MigrationInterface {
  readonly name = 'TokensInRequests1795219320000';

  async up(runner: QueryRunner): Promise<void> {
    const postgres = runner.dataSource.options.type === 'postgres';
    for (const statement of postgres ? ON_POSTGRES : ON_SQLITE) await runner.query(statement);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('What was stored since would be lost: restore the backup made before the upgrade instead.'));
  }
}

const KEPT = `profile, id, allowed_hosts, allow_http, allowed_networks, credentials, tls, timeout_milliseconds, maximum_response_bytes,
  maximum_redirects, origin, revision, position`;

// SQLite adds no column without a default. The constraint is written as TypeORM writes it, which reads its name from this statement.
const ON_SQLITE: readonly string[] = [
  'create temporary table earlier_http_client as select * from http_client',
  'drop table http_client',
  `create table http_client (profile text not null, id text not null, allowed_hosts text not null, allow_http boolean not null,
    allowed_networks text not null, credentials text, tls text not null, timeout_milliseconds integer not null,
    maximum_response_bytes integer not null, maximum_redirects integer not null, allow_tokens boolean not null, origin text not null,
    revision integer not null, position bigint not null, constraint http_client_pkey primary key (profile, id),
    CONSTRAINT "http_client_profile_fkey" FOREIGN KEY ("profile") REFERENCES "profile" ("id") DEFERRABLE INITIALLY DEFERRED)`,
  `insert into http_client (${KEPT}, allow_tokens) select ${KEPT}, false from earlier_http_client`,
  'drop table earlier_http_client',
  'create index http_client_revision_index on http_client (revision)',
];

const ON_POSTGRES: readonly string[] = [
  'alter table http_client add allow_tokens boolean',
  'update http_client set allow_tokens = false',
  'set constraints all immediate',
  'alter table http_client alter allow_tokens set not null',
];
