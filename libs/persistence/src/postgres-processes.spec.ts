import { afterAll, test } from '@jest/globals';
import { describeProcesses } from './testing/process-contract.ts';
import { createTestDatabase, postgresAnswers, type TestDatabase } from './testing/postgres-test-database.ts';

if (await postgresAnswers()) {
  const databases: TestDatabase[] = [];
  afterAll(async () => {
    for (const database of databases) await database.drop();
  });
  describeProcesses('several processes on one PostgreSQL database', async () => {
    const database = await createTestDatabase();
    databases.push(database);
    return { kind: 'postgres', url: database.url };
  });
} else {
  test.skip('several processes on one PostgreSQL database', () => undefined);
}
