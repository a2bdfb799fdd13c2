import { describe, expect, test } from '@jest/globals';
import { hashPassword, LiveConfiguration } from '#libs/oauth';
import { memoryStores } from '../../../libs/oauth/src/testing/memory-stores.ts';
import { testSettings } from '../../../test/support/running-service.ts';
import { makeDemoAccount } from './demo-account.ts';
import { guardDemoSecrets } from './demo-guard.ts';

async function open() {
  const { accounts, configuration } = memoryStores();
  const { current } = await LiveConfiguration.open(configuration);
  await makeDemoAccount(accounts, 1);
  const account = await accounts.findByUsername('token-service', 'demo');
  if (account === null) throw new Error('there is no demo account');
  const guard = (changes: object = {}) => guardDemoSecrets(current, accounts, { ...testSettings('none'), host: '0.0.0.0', ...changes });
  return { accounts, account, guard };
}

describe('the demo account', () => {
  test('is not served to other machines with the password that everybody knows', async () => {
    const { guard } = await open();
    await expect(guard()).rejects.toThrow('account "demo" still has the demo password');
    await expect(guard({ host: '127.0.0.1', adminHost: '0.0.0.0' })).rejects.toThrow('--allow-demo-secrets');
  });

  test('is served on this machine, and where that was asked for', async () => {
    const { guard } = await open();
    await guard({ host: '127.0.0.1' });
    await expect(guard({ allowDemoSecrets: true })).resolves.toBeUndefined();
  });

  test('is in nobody’s way once it has another password, is disabled or deleted', async () => {
    const { accounts, account, guard } = await open();
    const { profile, id } = account;
    await accounts.update(profile, id, { enabled: false }, 2);
    await guard();
    await accounts.update(profile, id, { enabled: true }, 2);
    await expect(guard()).rejects.toThrow('demo');
    await accounts.setPassword({ profile, id, passwordHash: await hashPassword('another password'), at: 2 });
    await guard();
    await accounts.setPassword({ profile, id, passwordHash: null, at: 2 });
    await expect(guard()).resolves.toBeUndefined();
  });

  test('that is there stays as it is', async () => {
    const { accounts, account } = await open();
    await makeDemoAccount(accounts, 5);
    expect(await accounts.findByUsername('token-service', 'DEMO')).toEqual(account);
  });
});
