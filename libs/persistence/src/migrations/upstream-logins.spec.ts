import { expect } from '@jest/globals';
import { testUpgrade } from '../testing/earlier-database.ts';
import { DeviceAuthorization1795302000000 } from './device-authorization.ts';

await testUpgrade('the migration to upstream providers keeps profiles and accounts, which know none and are linked to nobody', {
  after: DeviceAuthorization1795302000000,
  async fill(manager) {
    await manager.query(
      `insert into profile (id, issuer, capabilities, defaults, scopes, origin, revision, position) values ('p', '/~', '[]', '{}', '{}', 'api', 1, 1)`,
    );
    await manager.query(
      `insert into endpoint (profile, id, kind, path, enabled, advertised, deployed_to, user_pages, origin, revision, position)
        values ('p', 'e', 'user-pages', '/people', true, true, '["default"]', '{"title":"T"}', 'file', 1, 2)`,
    );
    await manager.query(
      `insert into account (profile, id, username, username_key, attributes, enabled, created_at, updated_at, failures, locked_until)
        values ('p', 'a', 'Alice', 'alice', '{}', true, 1, 1, 0, 0)`,
    );
  },
  async expectKept({ configuration, accounts, links }) {
    const { entities } = await configuration.load();
    expect(entities).toMatchObject([
      { key: 'p', value: { id: 'p', trustedIssuers: [], upstreamProviders: {} } },
      { key: 'p/e', value: { userPages: { title: 'T', passwords: true } } },
    ]);
    expect(await accounts.find('p', 'a')).toMatchObject({ username: 'Alice' });
    expect(await links.list('p', 'a')).toEqual([]);
  },
});
