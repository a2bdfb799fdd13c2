import { expect } from '@jest/globals';
import { testUpgrade } from '../testing/earlier-database.ts';
import { PolledAuthorizations1795291200000 } from './polled-authorizations.ts';

await testUpgrade('the migration to device authorization keeps endpoints, which have no settings for it', {
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
  async expectKept({ configuration }) {
    const { entities } = await configuration.load();
    expect(entities.at(-1)).toMatchObject({ key: 'p/e', value: { kind: 'oauth-token', path: '/t', deviceAuthorization: null } });
  },
});
