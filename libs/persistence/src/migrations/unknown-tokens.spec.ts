import { expect } from '@jest/globals';
import { testUpgrade } from '../testing/earlier-database.ts';
import { ForwardAuth1795219380000 } from './forward-auth.ts';

await testUpgrade('the migration to limits of unknown tokens keeps what clients may introspect, and gives them the default', {
  after: ForwardAuth1795219380000,
  async fill(manager) {
    await manager.query(`insert into profile values ('p', '/~', '[]', '{}', null, '{}', 'api', 1, 1)`);
    for (const id of ['a', 'b'])
      await manager.query(
        `insert into client values ('p', '${id}', 'C', '', true, '[]', '["introspection"]', '[]', '[]', '{}', null, null,
          '{"policy":"own","formats":["jwt"],"encryption":null}', 'file', 1, 2)`,
      );
  },
  async expectKept({ configuration }) {
    const { entities } = await configuration.load();
    const introspection = { policy: 'own', formats: ['jwt'], encryption: null, unknownTokensPerMinute: null };
    expect(entities.slice(1)).toMatchObject([
      { key: 'p/a', value: { introspection } },
      { key: 'p/b', value: { introspection } },
    ]);
  },
});
