import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The settings of endpoints that gateways ask whether a request may pass. */
export class ForwardAuth1795219380000 implements MigrationInterface {
  readonly name = 'ForwardAuth1795219380000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table endpoint add column forward_auth text');
  }

  down(): Promise<void> {
    return Promise.reject(new Error('Settings of endpoints would be lost: restore the backup made before the upgrade instead.'));
  }
}
