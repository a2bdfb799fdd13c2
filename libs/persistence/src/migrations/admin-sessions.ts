import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Administrators who are signed in to the pages of the admin API. */
export class AdminSessions1795305900000 implements MigrationInterface {
  readonly name = 'AdminSessions1795305900000';

  async up(runner: QueryRunner): Promise<void> {
    const bytes = runner.dataSource.options.type === 'postgres' ? 'bytea' : 'blob';
    await runner.query(`create table admin_session (hash ${bytes} not null, id text not null, administrator text not null,
      name text not null, role text not null, token_hash text, address text not null, created_at bigint not null, last_seen bigint not null,
      ends_at bigint not null, expires_at bigint not null, constraint admin_session_pkey primary key (hash))`);
    await runner.query('create index admin_session_administrator_index on admin_session (administrator)');
    await runner.query('create index admin_session_ends_at_index on admin_session (ends_at)');
  }

  down(): Promise<void> {
    return Promise.reject(new Error('Administrators would be signed out: restore the backup made before the upgrade instead.'));
  }
}
