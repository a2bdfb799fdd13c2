import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The settings of endpoints that validate access tokens for APIs that do not authenticate. */
export class TokenValidation1795220380000 implements MigrationInterface {
  readonly name = 'TokenValidation1795220380000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table endpoint add column token_validation text');
  }

  down(): Promise<void> {
    return Promise.reject(new Error('Settings of endpoints would be lost: restore the backup made before the upgrade instead.'));
  }
}
