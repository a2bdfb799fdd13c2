import { test } from '@jest/globals';
import type BetterSqlite3 from 'better-sqlite3';
import { DataSource, type DataSourceOptions, type EntityManager, type MigrationInterface } from 'typeorm';
import type { Stores } from '#libs/oauth';
import { MIGRATIONS, MIGRATIONS_TABLE } from '../migrations/migrate.ts';
import { openStores, type DatabaseSettings } from '../open-stores.ts';
import { createTestDatabase, postgresAnswers } from './postgres-test-database.ts';
import { temporaryFile } from './sqlite-file.ts';

/** What a migration finds, and what it must leave. */
export interface Upgrade {
  /** The latest that the database has been through. */
  readonly after: new () => MigrationInterface;
  /** Fills it as the version of the time did. */
  readonly fill: (manager: EntityManager) => Promise<void>;
  /** Looks at it after this version has opened it. */
  readonly expectKept: (stores: Stores) => Promise<void>;
}

/** A spec for each database: what an earlier version has stored is right after the upgrade. */
export async function testUpgrade(what: string, upgrade: Upgrade): Promise<void> {
  test(`${what}, on SQLite`, async () => {
    const place = temporaryFile();
    try {
      const prepareDatabase = (handle: BetterSqlite3.Database): void => {
        handle.pragma('application_id = 0x544b5752');
      };
      await makeEarlier({ type: 'better-sqlite3', database: place.file, prepareDatabase }, upgrade);
      await lookAt({ kind: 'sqlite', file: place.file }, upgrade);
    } finally {
      place.remove();
    }
  });

  const onPostgres = (await postgresAnswers()) ? test : test.skip;
  onPostgres(`${what}, on PostgreSQL`, async () => {
    const database = await createTestDatabase();
    try {
      await makeEarlier({ type: 'postgres', url: database.url, installExtensions: false }, upgrade);
      await lookAt({ kind: 'postgres', url: database.url }, upgrade);
    } finally {
      await database.drop();
    }
  });
}

async function makeEarlier(options: DataSourceOptions, { after, fill }: Upgrade): Promise<void> {
  const migrations = MIGRATIONS.slice(0, (MIGRATIONS as readonly Upgrade['after'][]).indexOf(after) + 1);
  const dataSource = await new DataSource({ ...options, migrations, migrationsTableName: MIGRATIONS_TABLE }).initialize();
  try {
    await dataSource.runMigrations({ transaction: 'all' });
    await dataSource.transaction(fill);
  } finally {
    await dataSource.destroy();
  }
}

async function lookAt(database: DatabaseSettings, { expectKept }: Upgrade): Promise<void> {
  const stores = await openStores({ database });
  try {
    await expectKept(stores);
  } finally {
    await stores.close();
  }
}
