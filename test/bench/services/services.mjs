import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startTokenwright } from './tokenwright.mjs';
import { freePort, ServiceProcess } from './service-process.mjs';

/**
 * A running service, by what the load needs to know of it.
 *
 * @typedef {object} Service
 * @property {ServiceProcess} process
 * @property {number} port
 * @property {string} [issuer] of Tokenwright's profile
 * @property {Record<string, string>} paths `introspection`, `phantom`, `runaway`, `forwardAuth`, `token`, `keys`, as far as it has them
 *
 * @typedef {object} Surroundings
 * @property {string} node the Node.js that every service runs on
 * @property {readonly string[]} peerFlags
 * @property {number | null} core
 * @property {string} directory for files of the run
 * @property {{ issuing: Client, introspecting: Client }} clients the same for all
 *
 * @typedef {{ id: string, secret: string }} Client
 */

/** @type {Record<string, (surroundings: Surroundings) => Promise<Service>>} */
export const START = {
  tokenwright: startTokenwright,
  'oidc-provider': startOidcProvider,
  // A process of its own: tens of thousands of issued tokens in its heap would weigh on its introspection.
  'oidc-provider-issuing': startOidcProvider,
};

async function startOidcProvider({ node, peerFlags, core, clients }) {
  const port = await freePort();
  const process = await ServiceProcess.start({
    name: 'oidc-provider',
    command: [node, ...peerFlags, script('oidc-provider.mjs'), String(port)],
    env: { BENCH_CLIENTS: JSON.stringify(clients) },
    core,
    ready: `http://127.0.0.1:${port}/.well-known/openid-configuration`,
  });
  return { process, port, paths: { introspection: '/token/introspection', token: '/token', keys: '/jwks' } };
}

/** @param {Surroundings} surroundings @param {string} body what it answers */
export async function startBareHttp({ node, peerFlags, core, directory }, body) {
  const file = join(directory, 'answer.json');
  writeFileSync(file, body);
  const port = await freePort();
  const process = await ServiceProcess.start({
    name: 'bare node:http',
    command: [node, ...peerFlags, script('bare-http.mjs'), String(port), file],
    core,
    ready: `http://127.0.0.1:${port}/`,
  });
  return { process, port, paths: { introspection: '/' } };
}

const script = (name) => fileURLToPath(new URL(name, import.meta.url));
