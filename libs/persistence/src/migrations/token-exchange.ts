import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What clients may exchange, and whose tokens beside the service's own. Those stored before exchange none. */
export class TokenExchange1795281000000 implements MigrationInterface {
  readonly name = 'TokenExchange1795281000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table client add column token_exchange text');
    await runner.query(`alter table profile add column trusted_issuers text not null default '[]'`);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('Settings of clients and profiles would be lost: restore the backup made before the upgrade instead.'));
  }
}
