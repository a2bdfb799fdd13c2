import { expect } from '@jest/globals';
import { testUpgrade } from '../testing/earlier-database.ts';
import { TokenExchange1795281000000 } from './token-exchange.ts';

await testUpgrade('the migration to settings of OpenID Connect keeps profiles and clients, which have none', {
  after: TokenExchange1795281000000,
  async fill(manager) {
    await manager.query(
      `insert into profile (id, issuer, capabilities, defaults, allowed_audiences, scopes, origin, revision, position)
        values ('p', '/~', '[]', '{}', null, '{"openid":{}}', 'api', 1, 1)`,
    );
    await manager.query(
      `insert into client (profile, id, name, description, enabled, secrets, capabilities, scopes, audiences, properties, introspection, origin, revision, position)
        values ('p', 'c', 'C', '', true, '[]', '[]', '["openid"]', '[]', '{}', '{"policy":null,"formats":null,"encryption":null}', 'file', 1, 2)`,
    );
  },
  async expectKept({ configuration }) {
    const { entities } = await configuration.load();
    expect(entities).toMatchObject([
      { key: 'p', value: { id: 'p', scopes: { openid: {} }, authenticationContexts: null } },
      { key: 'p/c', value: { id: 'c', scopes: ['openid'], openId: null, origin: 'file' } },
    ]);
  },
});
