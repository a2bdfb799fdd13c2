import { expect } from '@jest/globals';
import { testUpgrade } from '../testing/earlier-database.ts';
import { BucketEntries1795219260000 } from './bucket-entries.ts';

await testUpgrade('the migration to requests that may carry tokens keeps HTTP clients, whose requests may carry none', {
  after: BucketEntries1795219260000,
  async fill(manager) {
    await manager.query(`insert into profile values ('p', '/~', '[]', '{}', null, '{}', 'api', 1, 1)`);
    await manager.query(
      `insert into http_client values ('p', 'c', '["api.example.com"]', true, '["10.0.0.0/8"]', null, '{"caCertificates":null}', 1, 2, 3, 'file', 4, 5)`,
    );
  },
  async expectKept({ configuration }) {
    const { entities } = await configuration.load();
    expect(entities.at(-1)).toMatchObject({
      key: 'p/c',
      value: {
        ...{
          profile: 'p',
          id: 'c',
          allowedHosts: ['api.example.com'],
          allowHttp: true,
          allowTokens: false,
          allowedNetworks: ['10.0.0.0/8'],
        },
        ...{ credentials: null, tls: { caCertificates: null }, timeoutMilliseconds: 1, maximumResponseBytes: 2, maximumRedirects: 3 },
        origin: 'file',
      },
    });
    // The reference to its profile holds as before.
    const removal = [{ kind: 'profile', key: 'p', value: null }] as const;
    await expect(configuration.apply(await configuration.revision(), removal, [])).rejects.toMatchObject({ code: 'dangling' });
  },
});
