import { describe, expect, test } from '@jest/globals';
import type BetterSqlite3 from 'better-sqlite3';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { openStores, type DatabaseSettings } from '../open-stores.ts';
import { createTestDatabase, postgresAnswers } from '../testing/postgres-test-database.ts';
import { temporaryFile } from '../testing/sqlite-file.ts';
import { InitialSchema1767225600000 } from './initial-schema.ts';
import { MIGRATIONS_TABLE } from './migrate.ts';

const SOURCE = 'function result(context) { return { text: "ü" }; }';

/** A database as the first version left it: a procedure of two versions, the first active, the second pinned by a binding. */
async function makeEarlierDatabase(options: DataSourceOptions): Promise<void> {
  const dataSource = await new DataSource({
    ...options,
    migrations: [InitialSchema1767225600000],
    migrationsTableName: MIGRATIONS_TABLE,
  }).initialize();
  try {
    await dataSource.runMigrations({ transaction: 'all' });
    await dataSource.transaction(async (manager) => {
      const query = (text: string) => manager.query(text);
      const stored = (position: number) => `'api', 1, ${String(position)}`;
      await query(`insert into profile values ('p', '/~', '[]', '{}', null, '{}', ${stored(1)})`);
      await query(`insert into endpoint values ('p', 'e', 'oauth-introspect', '/i', true, true, '["default"]', null, ${stored(2)})`);
      await query(`insert into binding values ('p', 'e', 'oauth-introspect', 'x', 2, ${stored(3)})`);
      await query(`insert into procedure values ('x', 'oauth-introspect', '', 1, ${stored(4)})`);
      for (const version of [1, 2])
        await query(
          `insert into procedure_version values ('x', ${String(version)}, 'javascript', '${SOURCE}', 'digest', 'note', 9, 'admin', ${stored(4 + version)})`,
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
    expect(entities.map(({ kind, key }) => `${kind} ${key}`)).toEqual([
      'profile p',
      'endpoint p/e',
      'binding p/e/oauth-introspect',
      'procedure x',
      'procedure-version x/1',
      'procedure-version x/2',
    ]);
    expect(entities.at(-1)?.value).toEqual({
      ...{ procedure: 'x', version: 2, language: 'javascript', source: SOURCE, script: SOURCE, libraries: [], secrets: [] },
      ...{ digest: 'digest', note: 'note', createdAt: 9, createdBy: 'admin', origin: 'api' },
    });
    // The references to its rows hold as before.
    const removal = [{ kind: 'procedure-version', key: 'x/2', value: null }] as const;
    await expect(stores.configuration.apply(await stores.configuration.revision(), removal, [])).rejects.toMatchObject({
      code: 'dangling',
    });
  } finally {
    await stores.close();
  }
}

const postgres = await postgresAnswers();

describe('the migration to libraries and HTTP clients', () => {
  test('keeps stored versions as JavaScript that runs as it was written, on SQLite', async () => {
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
  onPostgres('keeps stored versions as JavaScript that runs as it was written, on PostgreSQL', async () => {
    const database = await createTestDatabase();
    try {
      await makeEarlierDatabase({ type: 'postgres', url: database.url, installExtensions: false });
      await expectKept({ kind: 'postgres', url: database.url });
    } finally {
      await database.drop();
    }
  });
});
