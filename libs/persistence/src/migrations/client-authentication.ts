import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How clients authenticate, and what may be used once only. Clients stored before have nothing of their own: they use their secrets.
 * `period` is the minute in which an entry ends. It leads the key, so that entries are deleted by it, and may be partitioned.
 */
export class ClientAuthentication1795230600000 implements MigrationInterface {
  readonly name = 'ClientAuthentication1795230600000';

  async up(runner: QueryRunner): Promise<void> {
    const postgres = runner.dataSource.options.type === 'postgres';
    await runner.query('alter table client add column authentication text');
    // Nothing but a key: without row ids SQLite keeps it once.
    await runner.query(`create table single_use (period integer not null, hash ${postgres ? 'bytea' : 'blob'} not null,
      constraint single_use_pkey primary key (period, hash)) ${postgres ? '' : 'without rowid'}`);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('Settings of clients would be lost: restore the backup made before the upgrade instead.'));
  }
}
