import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The settings of endpoints where devices without a browser ask for a code. */
export class DeviceAuthorization1795302000000 implements MigrationInterface {
  readonly name = 'DeviceAuthorization1795302000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table endpoint add column device_authorization text');
  }

  down(): Promise<void> {
    return Promise.reject(new Error('Settings of endpoints would be lost: restore the backup made before the upgrade instead.'));
  }
}
