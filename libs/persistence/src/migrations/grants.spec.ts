import { expect } from '@jest/globals';
import { testUpgrade } from '../testing/earlier-database.ts';
import { ForwardAuth1795219380000 } from './forward-auth.ts';

await testUpgrade('the migration to further grants gives profiles their lifetimes, and keeps clients, which have nothing of their own', {
  after: ForwardAuth1795219380000,
  async fill(manager) {
    const defaults = '{"accessTokenLifetime":60,"maximumTokenLifetime":3600,"accessTokenFormat":"jwt"}';
    await manager.query(`insert into profile values ('p', '/~', '["introspection"]', '${defaults}', null, '{}', 'api', 1, 1)`);
    await manager.query(
      `insert into client values ('p', 'c', 'C', '', true, '[]', '["introspection"]', '[]', '[]', '{}', null, null,
        '{"policy":null,"formats":null,"encryption":null}', 'file', 1, 2)`,
    );
  },
  async expectKept({ configuration }) {
    const { entities } = await configuration.load();
    expect(entities[0]?.value).toMatchObject({
      capabilities: ['introspection'],
      resources: {},
      defaults: {
        ...{ accessTokenLifetime: 60, maximumTokenLifetime: 3600, accessTokenFormat: 'jwt' },
        ...{
          refreshTokenLifetime: 1_209_600,
          delegationLifetime: 7_776_000,
          refreshTokenGrace: 30,
          idTokenLifetime: 600,
          dpopNonces: false,
        },
      },
    });
    expect(entities.at(-1)?.value).toMatchObject({
      ...{ id: 'c', refreshTokens: null, delegationLifetime: null, authorizationCode: null, boundAccessTokens: null, resources: null },
    });
  },
});
