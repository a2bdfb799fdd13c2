import { expect } from '@jest/globals';
import { testUpgrade } from '../testing/earlier-database.ts';
import { OpenId1795293000000 } from './openid.ts';

await testUpgrade('the migration to backchannel authentication keeps clients and endpoints, which have no settings for it', {
  after: OpenId1795293000000,
  async fill(manager) {
    await manager.query(
      `insert into profile (id, issuer, capabilities, defaults, scopes, origin, revision, position)
        values ('p', '/~', '["introspection"]', '{}', '{}', 'api', 1, 1)`,
    );
    await manager.query(
      `insert into client (profile, id, name, description, enabled, secrets, capabilities, scopes, audiences, properties, introspection,
          origin, revision, position)
        values ('p', 'c', 'C', '', true, '[]', '["introspection"]', '[]', '[]', '{}', '{"policy":null,"formats":null,"encryption":null}',
          'file', 1, 2)`,
    );
    await manager.query(
      `insert into endpoint (profile, id, kind, path, enabled, advertised, deployed_to, origin, revision, position)
        values ('p', 'e', 'oauth-token', '/token', true, true, '["default"]', 'file', 1, 3)`,
    );
  },
  async expectKept({ configuration }) {
    const { entities } = await configuration.load();
    expect(entities).toMatchObject([
      { key: 'p', value: { id: 'p', capabilities: ['introspection'] } },
      { key: 'p/c', value: { id: 'c', capabilities: ['introspection'], backchannelAuthentication: null } },
      { key: 'p/e', value: { id: 'e', path: '/token', backchannelAuthentication: null } },
    ]);
  },
});
