import { expect } from '@jest/globals';
import { testUpgrade } from '../testing/earlier-database.ts';
import { ForwardAuth1795219380000 } from './forward-auth.ts';

await testUpgrade('the migration to token validation keeps endpoints, which have no settings for it', {
  after: ForwardAuth1795219380000,
  async fill(manager) {
    await manager.query(`insert into profile values ('p', '/~', '[]', '{}', null, '{}', 'api', 1, 1)`);
    await manager.query(
      `insert into endpoint values ('p', 'e', 'oauth-forward-auth', '/f', true, true, '["default"]', 0, 'file', 1, 2, '{"client":"c"}')`,
    );
  },
  async expectKept({ configuration }) {
    const { entities } = await configuration.load();
    expect(entities.at(-1)).toMatchObject({
      key: 'p/e',
      value: {
        ...{ profile: 'p', id: 'e', kind: 'oauth-forward-auth', path: '/f', enabled: true, advertised: true, deployedTo: ['default'] },
        ...{ revocationLag: 0, forwardAuth: { client: 'c' }, tokenValidation: null, origin: 'file' },
      },
    });
  },
});
