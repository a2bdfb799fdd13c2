import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts, who is signed in, what people have allowed, and the settings of the pages on which they do. */
export class People1795236000000 implements MigrationInterface {
  readonly name = 'People1795236000000';

  async up(runner: QueryRunner): Promise<void> {
    const postgres = runner.dataSource.options.type === 'postgres';
    await runner.query('alter table endpoint add column user_pages text');
    // Names are listed in the order of their bytes, as SQLite has them.
    await runner.query(`create table account (profile text not null, id text not null, username text not null,
      username_key text ${postgres ? 'collate "C"' : ''} not null, password_hash text, attributes text not null, enabled boolean not null,
      created_at bigint not null, updated_at bigint not null, password_changed_at bigint, failures integer not null,
      locked_until bigint not null, constraint account_pkey primary key (profile, id),
      CONSTRAINT "account_profile_username_key_key" UNIQUE ("profile", "username_key"))`);
    await runner.query(`create table login_session (profile text not null, hash ${postgres ? 'bytea' : 'blob'} not null, id text not null,
      subject text not null, authenticated_at bigint not null, acr text not null, amr text not null, created_at bigint not null,
      last_seen bigint not null, expires_at bigint not null, ends_at bigint not null,
      constraint login_session_pkey primary key (profile, hash))`);
    await runner.query('create index login_session_profile_subject_index on login_session (profile, subject)');
    await runner.query('create index login_session_ends_at_index on login_session (ends_at)');
    await runner.query(`create table consent (profile text not null, subject text not null, client_id text not null, scope text not null,
      created_at bigint not null, expires_at bigint, constraint consent_pkey primary key (profile, subject, client_id, scope))`);
    await runner.query('create index consent_expires_at_index on consent (expires_at)');
  }

  down(): Promise<void> {
    return Promise.reject(new Error('Accounts would be lost: restore the backup made before the upgrade instead.'));
  }
}
