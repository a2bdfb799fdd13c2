import { entityKey, verifyPassword, verifySecret, type AccountStore, type Configuration } from '#libs/oauth';
import { DEMO_ACCOUNT } from './demo-account.ts';
import type { Settings } from './settings.ts';
import { StartError } from './start-error.ts';

const LOOPBACK_ADDRESS = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;
/** Whether an address is of this machine alone. */
export function isLoopback(address: string): boolean {
  return LOOPBACK_ADDRESS.test(address);
}

/** The demo configuration's clients, whose secret everybody knows. */
const DEMO = { profile: 'token-service', clients: ['gateway_client', 'server-client', 'web-client'], secret: 'Secr3t!' };

/** Refuses to serve the demo configuration's well-known secrets to other machines. */
export async function guardDemoSecrets(configuration: Configuration, accounts: AccountStore, settings: Settings): Promise<void> {
  if (settings.allowDemoSecrets || (isLoopback(settings.host) && isLoopback(settings.adminHost))) return;
  for (const id of DEMO.clients) {
    for (const { hash } of configuration.get('client', entityKey(DEMO.profile, id))?.secrets ?? []) {
      if (!(await verifySecret(DEMO.secret, hash))) continue;
      throw new StartError(
        `client "${id}" still has the demo secret that everybody knows; rotate it before listening on ${settings.host}, or pass --allow-demo-secrets`,
      );
    }
  }
  const { profile, username, password } = DEMO_ACCOUNT;
  const account = await accounts.findByUsername(profile, username);
  if (account?.enabled === true && account.passwordHash !== null && (await verifyPassword(password, account.passwordHash)))
    throw new StartError(
      `account "${username}" still has the demo password that everybody knows; delete it (tokenwright account delete ${username}) before listening on ${settings.host}, or pass --allow-demo-secrets`,
    );
}
