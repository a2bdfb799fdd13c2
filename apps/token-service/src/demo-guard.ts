import { entityKey, verifySecret, type Configuration } from '#libs/oauth';
import type { Settings } from './settings.ts';
import { StartError } from './start-error.ts';

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;
/** The demo configuration's clients, whose secret everybody knows. */
const DEMO = { profile: 'token-service', clients: ['gateway_client', 'server-client'], secret: 'Secr3t!' };

/** Refuses to serve the demo configuration's well-known secrets to other machines. */
export async function guardDemoSecrets(configuration: Configuration, settings: Settings): Promise<void> {
  if (settings.allowDemoSecrets || (LOOPBACK.test(settings.host) && LOOPBACK.test(settings.adminHost))) return;
  for (const id of DEMO.clients) {
    for (const { hash } of configuration.get('client', entityKey(DEMO.profile, id))?.secrets ?? []) {
      if (!(await verifySecret(DEMO.secret, hash))) continue;
      throw new StartError(
        `client "${id}" still has the demo secret that everybody knows; rotate it before listening on ${settings.host}, or pass --allow-demo-secrets`,
      );
    }
  }
}
