import { expect } from '@jest/globals';
import { testUpgrade } from '../testing/earlier-database.ts';
import { ClientAuthentication1795230600000 } from './client-authentication.ts';

await testUpgrade('the migration to people keeps endpoints, which have no settings for pages, and begins without anybody', {
  after: ClientAuthentication1795230600000,
  async fill(manager) {
    await manager.query(
      `insert into profile (id, issuer, capabilities, defaults, scopes, origin, revision, position) values ('p', '/~', '[]', '{}', '{}', 'api', 1, 1)`,
    );
    await manager.query(
      `insert into endpoint (profile, id, kind, path, enabled, advertised, deployed_to, origin, revision, position)
        values ('p', 'e', 'oauth-token', '/t', true, true, '["default"]', 'file', 1, 2)`,
    );
  },
  async expectKept({ configuration, accounts, sessions, consents }) {
    const { entities } = await configuration.load();
    expect(entities.at(-1)).toMatchObject({ key: 'p/e', value: { kind: 'oauth-token', path: '/t', userPages: null } });
    expect(await accounts.list('p', '', { limit: 10 })).toEqual({ items: [], next: null });
    expect(await sessions.list('p', 's', 0)).toEqual([]);
    expect(await consents.list('p', 's', 0)).toEqual([]);
  },
});
