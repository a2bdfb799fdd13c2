import { randomUUID } from 'node:crypto';
import { hashPassword, type AccountStore } from '#libs/oauth';

/** The account of the demo configuration, whose password everybody knows. */
export const DEMO_ACCOUNT = { profile: 'token-service', username: 'demo', password: 'demo' } as const;

/** Makes the demo account, so that its login page can be tried at once; one of its name stays as it is. */
export async function makeDemoAccount(accounts: AccountStore, now: number): Promise<void> {
  const { profile, username, password } = DEMO_ACCOUNT;
  const attributes = { name: 'Demo Person', email: 'demo@example.com' };
  const passwordHash = await hashPassword(password);
  await accounts.create([{ profile, id: randomUUID(), username, passwordHash, attributes, enabled: true, createdAt: now }]);
}
