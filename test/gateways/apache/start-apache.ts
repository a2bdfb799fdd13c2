import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../support/running-service.ts';
import { startGatewayProcess, type GatewayProcess } from '../support/gateway-process.ts';
import type { GatewayWorld } from '../support/gateway-world.ts';

const MODULES = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'env', 'headers', 'setenvif', 'proxy', 'proxy_http', 'rewrite'];

/**
 * Starts Apache with a file of this folder as its only site.
 *
 * @param module that authenticates
 * @param usual what is replaced in the file, beside the API and the port
 * @param changes made after that
 */
export async function startApache(
  world: GatewayWorld,
  file: string,
  module: 'auth_openidc' | 'oauth2',
  usual: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string>> = {},
): Promise<GatewayProcess> {
  const port = await freePort();
  const replaced = { '127.0.0.1:8080': `127.0.0.1:${world.api.port}`, '8000': String(port), ...usual };
  return runApache(world.directory, module, world.configuration(`apache/${file}`, replaced, changes), port);
}

/**
 * Starts Apache with a site, and waits until it listens.
 *
 * @param parent of the folder for what it writes
 * @param port that the site listens on
 */
export async function runApache(parent: string, module: string, site: string, port: number): Promise<GatewayProcess> {
  const directory = mkdtempSync(join(parent, 'apache-'));
  chmodSync(directory, 0o777);
  writeFileSync(join(directory, 'site.conf'), site);
  writeFileSync(join(directory, 'apache2.conf'), mainOf(directory, module));
  return startGatewayProcess(['apache2', '-DFOREGROUND', '-f', join(directory, 'apache2.conf')], port);
}

/** What Debian's apache2.conf is to a site, in a folder of its own. */
function mainOf(directory: string, module: string): string {
  return `
    ServerRoot /usr/lib/apache2
    ServerName localhost
    DefaultRuntimeDir ${directory}
    PidFile ${join(directory, 'apache2.pid')}
    ErrorLog "|/bin/cat"
    LogLevel info
    Mutex file:${directory} default
    ${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
    ${[...MODULES, module].map((name) => `LoadModule ${name}_module modules/mod_${name}.so`).join('\n')}
    Include ${join(directory, 'site.conf')}
  `;
}
