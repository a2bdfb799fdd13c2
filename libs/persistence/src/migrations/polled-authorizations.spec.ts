import { expect } from '@jest/globals';
import { testUpgrade } from '../testing/earlier-database.ts';
import { TokenExchange1795281000000 } from './token-exchange.ts';

await testUpgrade('the migration to authorizations that are polled for keeps grants, and begins without any', {
  after: TokenExchange1795281000000,
  async fill(manager) {
    await manager.query(
      `insert into authorization_grant (profile, hash, kind, client_id, delegation_id, data, expires_at, releases)
        values ('p', ${manager.dataSource.options.type === 'postgres' ? `'\\x01'` : `x'01'`}, 'authorization_code', 'c', '', '{"a":1}', 4000000000, 0)`,
    );
  },
  async expectKept({ grants, polled }) {
    const hash = Buffer.from([1]);
    expect(await polled.find('p', hash)).toBeNull();
    expect(await grants.claim('p', hash, 30)).toMatchObject({ outcome: 'claimed', grant: { clientId: 'c', data: '{"a":1}' } });
  },
});
