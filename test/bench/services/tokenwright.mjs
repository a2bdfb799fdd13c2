import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, ServiceProcess } from './service-process.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const program = join(root, 'apps/cli/bin/tokenwright.js');
const ofTheBench = fileURLToPath(new URL('../tokenwright.yaml', import.meta.url));

/**
 * Tokenwright as an operator starts it, with an empty SQLite database on disk and the configuration of the bench: default
 * procedures on one introspection path, the phantom example on the other.
 *
 * @type {(surroundings: import('./services.mjs').Surroundings, configuration?: string) => Promise<import('./services.mjs').Service>}
 */
export async function startTokenwright({ node, core, directory, clients }, configuration = ofTheBench) {
  if (!existsSync(program)) throw new Error(`Tokenwright is not here: ${program} is missing`);
  const port = await freePort();
  const adminPort = await freePort();
  const process = await ServiceProcess.start({
    name: 'Tokenwright',
    command: [
      ...[
        node,
        '--min-semi-space-size=16',
        program,
        'start',
        '--config',
        configuration,
        '--tls',
        'off',
        '--data-dir',
        join(directory, 'tokenwright'),
      ],
      ...['--port', String(port), '--admin-port', String(adminPort)],
    ],
    env: { BENCH_ISSUING_SECRET: clients.issuing.secret, BENCH_INTROSPECTING_SECRET: clients.introspecting.secret },
    core,
    ready: `http://127.0.0.1:${port}/health/ready`,
  });
  const metadata = await (await fetch(`http://127.0.0.1:${port}/.well-known/oauth-authorization-server/~`)).json();
  return {
    process,
    port,
    issuer: metadata.issuer,
    paths: {
      introspection: '/oauth/v2/oauth-introspect',
      phantom: '/introspection',
      runaway: '/runaway',
      forwardAuth: '/forward-auth',
      token: '/oauth/v2/oauth-token',
      keys: new URL(metadata.jwks_uri).pathname,
    },
  };
}
