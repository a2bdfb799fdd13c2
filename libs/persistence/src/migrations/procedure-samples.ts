import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Samples of procedures, and how versions did in them. */
export class ProcedureSamples1795306500000 implements MigrationInterface {
  readonly name = 'ProcedureSamples1795306500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("alter table procedure add column samples text not null default '[]'");
    await runner.query('alter table procedure_version add column tests text');
  }

  down(): Promise<void> {
    return Promise.reject(new Error('Samples of procedures would be lost: restore the backup made before the upgrade instead.'));
  }
}
