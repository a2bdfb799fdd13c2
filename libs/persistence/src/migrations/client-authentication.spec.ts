import { expect } from '@jest/globals';
import { testUpgrade } from '../testing/earlier-database.ts';
import { ForwardAuth1795219380000 } from './forward-auth.ts';

await testUpgrade('the migration to client authentication keeps clients, which use their secrets, and has nothing used', {
  after: ForwardAuth1795219380000,
  async fill(manager) {
    await manager.query(`insert into profile values ('p', '/~', '[]', '{}', null, '{}', 'api', 1, 1)`);
    await manager.query(
      `insert into client values ('p', 'c', 'C', '', true, '[{"hash":"sha256$x","createdAt":1,"expiresAt":null}]', '["introspection"]',
        '[]', '[]', '{}', null, null, '{"policy":null,"formats":null,"encryption":null}', 'file', 1, 2)`,
    );
  },
  async expectKept({ configuration, uses }) {
    const { entities } = await configuration.load();
    expect(entities.at(-1)).toMatchObject({
      key: 'p/c',
      value: { id: 'c', secrets: [{ hash: 'sha256$x' }], capabilities: ['introspection'], authentication: null, origin: 'file' },
    });
    const use = { profile: 'p', kind: 'client-assertion', hash: new Uint8Array(32), expiresAt: 1_930_000_000 } as const;
    expect([await uses.once([use]), await uses.once([use])]).toEqual([[true], [false]]);
  },
});
