import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How people are told to clients, and how sure it may be who they are. What was stored before goes on as it was. */
export class OpenId1795293000000 implements MigrationInterface {
  readonly name = 'OpenId1795293000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table client add column open_id text');
    await runner.query('alter table profile add column authentication_contexts text');
  }

  down(): Promise<void> {
    return Promise.reject(new Error('Settings of clients and profiles would be lost: restore the backup made before the upgrade instead.'));
  }
}
