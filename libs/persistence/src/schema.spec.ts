import { describe, expect, test } from '@jest/globals';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { entitySchemas } from './entity-schemas.ts';
import { openStores } from './open-stores.ts';
import { createTestDatabase, postgresAnswers } from './testing/postgres-test-database.ts';
import { temporaryFile } from './testing/sqlite-file.ts';

/** The statements with which TypeORM would turn the database into what the entities say. */
async function differences(options: DataSourceOptions): Promise<readonly string[]> {
  const dataSource = await new DataSource(options).initialize();
  try {
    return (await dataSource.driver.createSchemaBuilder().log()).upQueries.map(({ query }) => query);
  } finally {
    await dataSource.destroy();
  }
}

const postgres = await postgresAnswers();

describe('schema', () => {
  test('the migrations make what the entities declare, on SQLite', async () => {
    const place = temporaryFile();
    try {
      const stores = await openStores({ database: { kind: 'sqlite', file: place.file } });
      await stores.close();
      expect(await differences({ type: 'better-sqlite3', database: place.file, entities: entitySchemas('sqlite') })).toEqual([]);
    } finally {
      place.remove();
    }
  });

  const onPostgres = postgres ? test : test.skip;
  onPostgres('the migrations make what the entities declare, on PostgreSQL', async () => {
    const database = await createTestDatabase();
    try {
      const stores = await openStores({ database: { kind: 'postgres', url: database.url } });
      await stores.close();
      expect(
        await differences({ type: 'postgres', url: database.url, entities: entitySchemas('postgres'), installExtensions: false }),
      ).toEqual([]);
    } finally {
      await database.drop();
    }
  });
});
