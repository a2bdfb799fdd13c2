import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Authorizations that clients poll for while a person decides. */
export class PolledAuthorizations1795291200000 implements MigrationInterface {
  readonly name = 'PolledAuthorizations1795291200000';

  async up(runner: QueryRunner): Promise<void> {
    const bytes = runner.dataSource.options.type === 'postgres' ? 'bytea' : 'blob';
    await runner.query(`create table polled_authorization (profile text not null, hash ${bytes} not null, kind text not null,
      client_id text not null, user_code ${bytes}, subject text, bound_to text, data text not null, created_at bigint not null,
      expires_at bigint not null, poll_interval integer not null, next_poll_at bigint not null, polled_early integer not null,
      status text not null, constraint polled_authorization_pkey primary key (profile, hash),
      CONSTRAINT "polled_authorization_profile_user_code_key" UNIQUE ("profile", "user_code"))`);
    await runner.query('create index polled_authorization_profile_subject_index on polled_authorization (profile, subject)');
    await runner.query('create index polled_authorization_expires_at_index on polled_authorization (expires_at)');
  }

  down(): Promise<void> {
    return Promise.reject(new Error('Clients would wait in vain: restore the backup made before the upgrade instead.'));
  }
}
