import { afterAll, test } from '@jest/globals';
import { describeStores } from '../../oauth/src/testing/store-contract.ts';
import { openStores } from './open-stores.ts';
import { createTestDatabase, postgresAnswers } from './testing/postgres-test-database.ts';

if (await postgresAnswers()) {
  const database = await createTestDatabase();
  afterAll(() => database.drop());
  describeStores('PostgreSQL stores', () => openStores({ database: { kind: 'postgres', url: database.url } }));
} else {
  test.skip('PostgreSQL stores', () => undefined);
}
