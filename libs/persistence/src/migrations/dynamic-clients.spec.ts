import { expect } from '@jest/globals';
import { testUpgrade } from '../testing/earlier-database.ts';
import { PolledAuthorizations1795291200000 } from './polled-authorizations.ts';

await testUpgrade('the migration to clients that register themselves keeps profiles and endpoints, at which nobody may yet', {
  after: PolledAuthorizations1795291200000,
  async fill(manager) {
    await manager.query(
      `insert into profile (id, issuer, capabilities, defaults, scopes, origin, revision, position) values ('p', '/~', '[]', '{}', '{}', 'api', 1, 1)`,
    );
    await manager.query(
      `insert into endpoint (profile, id, kind, path, enabled, advertised, deployed_to, origin, revision, position)
        values ('p', 'e', 'oauth-token', '/t', true, true, '["default"]', 'file', 1, 2)`,
    );
  },
  async expectKept({ configuration, dynamicClients }) {
    const { entities } = await configuration.load();
    expect(entities).toMatchObject([
      { key: 'p', value: { issuer: '/~', registrationTemplates: {} } },
      { key: 'p/e', value: { kind: 'oauth-token', path: '/t', registration: null } },
    ]);
    expect(await dynamicClients.list({ profile: 'p' }, { limit: 10 })).toEqual({ items: [], next: null });
    expect(await dynamicClients.listTokens('p', { limit: 10 })).toEqual({ items: [], next: null });
  },
});
