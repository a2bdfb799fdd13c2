import { expect } from '@jest/globals';
import { PLAIN_THEME } from '#libs/oauth';
import { testUpgrade } from '../testing/earlier-database.ts';
import { UpstreamLogins1795303800000 } from './upstream-logins.ts';

await testUpgrade('the migration to themes keeps pages as they are, which have the usual theme', {
  after: UpstreamLogins1795303800000,
  async fill(manager) {
    await manager.query(
      `insert into profile (id, issuer, capabilities, defaults, scopes, origin, revision, position) values ('p', '/~', '[]', '{}', '{}', 'api', 1, 1)`,
    );
    await manager.query(
      `insert into endpoint (profile, id, kind, path, enabled, advertised, deployed_to, user_pages, origin, revision, position)
        values ('p', 'e', 'user-pages', '/people', true, true, '["default"]', '{"title":"T","accentColor":"#0f766e"}', 'file', 1, 2),
          ('p', 't', 'oauth-token', '/token', true, true, '["default"]', null, 'file', 1, 3)`,
    );
  },
  async expectKept({ configuration }) {
    const { entities } = await configuration.load();
    expect(entities.slice(1)).toMatchObject([
      { key: 'p/e', value: { userPages: { title: 'T', accentColor: '#0f766e', theme: PLAIN_THEME } } },
      { key: 'p/t', value: { userPages: null } },
    ]);
  },
});
