import { describe, expect, test } from '@jest/globals';
import type BetterSqlite3 from 'better-sqlite3';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { openStores, type DatabaseSettings } from '../open-stores.ts';
import { createTestDatabase, postgresAnswers } from '../testing/postgres-test-database.ts';
import { temporaryFile } from '../testing/sqlite-file.ts';
import { BucketEntries1795219260000 } from './bucket-entries.ts';
import { InitialSchema1767225600000 } from './initial-schema.ts';
import { LibrariesAndHttpClients1795219200000 } from './libraries-and-http-clients.ts';
import { MIGRATIONS_TABLE } from './migrate.ts';

/** A database with an HTTP client as it was before. */
async function makeEarlierDatabase(options: DataSourceOptions): Promise<void> {
  const dataSource = await new DataSource({
    ...options,
    migrations: [InitialSchema1767225600000, LibrariesAndHttpClients1795219200000, BucketEntries1795219260000],
    migrationsTableName: MIGRATIONS_TABLE,
  }).initialize();
  try {
    await dataSource.runMigrations({ transaction: 'all' });
    await dataSource.transaction(async (manager) => {
      await manager.query(`insert into profile values ('p', '/~', '[]', '{}', null, '{}', 'api', 1, 1)`);
      await manager.query(
        `insert into http_client values ('p', 'c', '["api.example.com"]', true, '["10.0.0.0/8"]', null, '{"caCertificates":null}', 1, 2, 3, 'file', 4, 5)`,
      );
    });
  } finally {
    await dataSource.destroy();
  }
}

async function expectKept(database: DatabaseSettings): Promise<void> {
  const stores = await openStores({ database });
  try {
    const { entities } = await stores.configuration.load();
    expect(entities.at(-1)).toMatchObject({
      key: 'p/c',
      value: {
        ...{
          profile: 'p',
          id: 'c',
          allowedHosts: ['api.example.com'],
          allowHttp: true,
          allowTokens: false,
          allowedNetworks: ['10.0.0.0/8'],
        },
        ...{ credentials: null, tls: { caCertificates: null }, timeoutMilliseconds: 1, maximumResponseBytes: 2, maximumRedirects: 3 },
        origin: 'file',
      },
    });
    // The reference to its profile holds as before.
    const removal = [{ kind: 'profile', key: 'p', value: null }] as const;
    await expect(stores.configuration.apply(await stores.configuration.revision(), removal, [])).rejects.toMatchObject({
      code: 'dangling',
    });
  } finally {
    await stores.close();
  }
}

const postgres = await postgresAnswers();

describe('the migration to requests that may carry tokens', () => {
  test('keeps HTTP clients, whose requests may carry none, on SQLite', async () => {
    const place = temporaryFile();
    try {
      await makeEarlierDatabase({
        type: 'better-sqlite3',
        database: place.file,
        prepareDatabase: (handle: BetterSqlite3.Database) => {
          handle.pragma('application_id = 0x544b5752');
        },
      });
      await expectKept({ kind: 'sqlite', file: place.file });
    } finally {
      place.remove();
    }
  });

  const onPostgres = postgres ? test : test.skip;
  onPostgres('keeps HTTP clients, whose requests may carry none, on PostgreSQL', async () => {
    const database = await createTestDatabase();
    try {
      await makeEarlierDatabase({ type: 'postgres', url: database.url, installExtensions: false });
      await expectKept({ kind: 'postgres', url: database.url });
    } finally {
      await database.drop();
    }
  });
});
