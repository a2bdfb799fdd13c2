import { expect } from '@jest/globals';
import { testUpgrade } from '../testing/earlier-database.ts';
import { ForwardAuth1795219380000 } from './forward-auth.ts';

await testUpgrade('the migration to token exchange keeps profiles and clients, which trust nobody else and have no settings for it', {
  after: ForwardAuth1795219380000,
  async fill(manager) {
    await manager.query(`insert into profile values ('p', '/~', '["introspection"]', '{}', null, '{}', 'api', 1, 1)`);
    await manager.query(
      `insert into client values ('p', 'c', 'C', '', true, '[{"hash":"sha256$x","createdAt":1,"expiresAt":null}]', '["introspection"]',
        '[]', '[]', '{}', null, null, '{"policy":null,"formats":null,"encryption":null}', 'file', 1, 2)`,
    );
  },
  async expectKept({ configuration }) {
    const { entities } = await configuration.load();
    expect(entities).toMatchObject([
      { key: 'p', value: { id: 'p', capabilities: ['introspection'], trustedIssuers: [] } },
      { key: 'p/c', value: { id: 'c', capabilities: ['introspection'], tokenExchange: null } },
    ]);
  },
});
