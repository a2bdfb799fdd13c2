import { expect } from '@jest/globals';
import { testUpgrade } from '../testing/earlier-database.ts';
import { UpstreamLogins1795303800000 } from './upstream-logins.ts';

await testUpgrade('the migration to proposals keeps the configuration, and nothing waits for anybody', {
  after: UpstreamLogins1795303800000,
  async fill(manager) {
    await manager.query(
      `insert into profile (id, issuer, capabilities, defaults, scopes, origin, revision, position) values ('p', '/~', '[]', '{}', '{}', 'api', 1, 1)`,
    );
  },
  async expectKept({ configuration, proposals }) {
    expect((await configuration.load()).entities).toMatchObject([{ key: 'p', value: { issuer: '/~' } }]);
    expect(await proposals.list({}, { limit: 10 })).toEqual({ items: [], next: null });
  },
});
