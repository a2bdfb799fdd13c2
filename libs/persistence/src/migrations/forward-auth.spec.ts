import { expect } from '@jest/globals';
import { testUpgrade } from '../testing/earlier-database.ts';
import { TokensInRequests1795219320000 } from './tokens-in-requests.ts';

await testUpgrade('the migration to forward auth keeps endpoints, which have no settings for it', {
  after: TokensInRequests1795219320000,
  async fill(manager) {
    await manager.query(`insert into profile values ('p', '/~', '[]', '{}', null, '{}', 'api', 1, 1)`);
    await manager.query(`insert into endpoint values ('p', 'e', 'oauth-introspect', '/i', true, true, '["default"]', 60, 'file', 1, 2)`);
  },
  async expectKept({ configuration }) {
    const { entities } = await configuration.load();
    expect(entities.at(-1)).toMatchObject({
      key: 'p/e',
      value: {
        ...{ profile: 'p', id: 'e', kind: 'oauth-introspect', path: '/i', enabled: true, advertised: true, deployedTo: ['default'] },
        ...{ revocationLag: 60, forwardAuth: null, origin: 'file' },
      },
    });
  },
});
