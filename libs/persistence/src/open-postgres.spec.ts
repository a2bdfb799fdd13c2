import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { StoreError } from '#libs/oauth';
import { MIGRATIONS } from './migrations/migrate.ts';
import { openStores } from './open-stores.ts';
import { createTestDatabase, postgresAnswers, type TestDatabase } from './testing/postgres-test-database.ts';

const refusal = async (url: string, migrate = true): Promise<StoreError> => {
  const error: unknown = await openStores({ database: { kind: 'postgres', url }, migrate }).then(
    (stores) => stores.close(),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof StoreError)) throw new Error(`expected a StoreError, not ${String(error)}`);
  expect(error.message).not.toMatch(/\n|s3cret/);
  return error;
};

describe('opening PostgreSQL', () => {
  test('a server that does not answer, a host that is not there and a wrong URL are told apart, without the password', async () => {
    expect(await refusal('postgres://me:s3cret@127.0.0.1:1/none')).toMatchObject({
      code: 'unavailable',
      message: 'PostgreSQL at 127.0.0.1:1/none does not answer (ECONNREFUSED): check that it runs and can be reached.',
    });
    expect(await refusal('postgres://me:s3cret@no-such-host.invalid/none')).toMatchObject({ code: 'unavailable' });
    for (const url of ['mysql://me:s3cret@127.0.0.1/none', 'me:s3cret@nowhere', ''])
      expect(await refusal(url)).toMatchObject({ code: 'unusable' });
  });
});

if (await postgresAnswers()) {
  describe('opening a PostgreSQL database', () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await createTestDatabase();
    });
    afterAll(async () => {
      await database.drop();
    });
    const open = (migrate = true) => openStores({ database: { kind: 'postgres', url: database.url, connections: 3 }, migrate });

    test('without leave to migrate, a database that needs it is refused and left as it is', async () => {
      expect(await refusal(database.url, false)).toMatchObject({ code: 'outdated-schema' });
      expect(await database.query(`select 1 from information_schema.tables where table_schema = 'public'`)).toEqual([]);
    });

    test('many nodes may start at once on an empty database', async () => {
      const nodes = await Promise.all(Array.from({ length: 6 }, () => open()));
      await Promise.all(nodes.map(async (stores) => stores.ping()));
      expect(await database.query('select name from schema_migration')).toHaveLength(MIGRATIONS.length);
      await Promise.all(nodes.map((stores) => stores.close()));
      await (await open(false)).close();
    });

    test('a database that a newer version migrated is refused', async () => {
      await (await open()).close();
      await database.query(`insert into schema_migration (timestamp, name) values (1, 'FromTheFuture1')`);
      expect(await refusal(database.url)).toMatchObject({
        code: 'newer-schema',
        message: expect.stringMatching(/newer version .*FromTheFuture1/),
      });
      await database.query(`delete from schema_migration where timestamp = 1`);
    });

    test('a database that is not there is named', async () => {
      const url = new URL(database.url);
      url.pathname = '/tokenwright_none';
      expect(await refusal(url.href)).toMatchObject({
        code: 'unusable',
        message: expect.stringMatching(/no such database at .*tokenwright_none/),
      });
    });

    test('when the server ends the connections, calls fail with what happened, and then go on by new ones', async () => {
      const warnings: string[] = [];
      const stores = await openStores({
        database: { kind: 'postgres', url: database.url },
        log: { info: () => undefined, warn: (line) => warnings.push(line) },
      });
      try {
        await stores.ping();
        await database.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
        );
        const deadline = Date.now() + 5000;
        let failures = 0;
        const answers = async (): Promise<boolean> =>
          Promise.resolve(stores.ping()).then(
            () => true,
            (error: unknown) => {
              expect(error).toMatchObject({ name: 'StoreError', code: 'unavailable' });
              failures++;
              return false;
            },
          );
        while (!(await answers())) expect(Date.now()).toBeLessThan(deadline);
        // The news reaches a connection while it is idle, or the call that takes it first.
        if (failures === 0) expect(warnings.join()).toMatch(/Lost an idle connection/);
        else expect(warnings.filter((line) => !line.includes('Lost an idle connection'))).toEqual([]);
      } finally {
        await stores.close();
      }
    });
  });
} else {
  test.skip('opening a PostgreSQL database', () => undefined);
}
