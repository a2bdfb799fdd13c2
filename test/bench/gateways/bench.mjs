import { fileURLToPath } from 'node:url';
import { Generator } from '../load/generator-process.mjs';
import { Measurements } from '../measurements.mjs';
import { canReadProcessor } from '../processor.mjs';
import { startTokenwright } from '../services/tokenwright.mjs';
import { startNginx } from './nginx.mjs';
import { Part } from '../part.mjs';

const RAMP_SECONDS = 0.5;
const MINTING_CONNECTIONS = 32;
const POOL = 'gateways';

const printed = (name) => new URL(`../../gateways/nginx/${name}`, import.meta.url);

/**
 * The gateways by row, with the configurations that users copy.
 *
 * @type {readonly { id: string, title: string, file: URL, asks: boolean, changes?: Record<string, string> }[]}
 */
export const GATEWAYS = [
  { id: 'straight', title: 'nginx straight to the API', file: new URL('./straight.conf', import.meta.url), asks: false },
  { id: 'auth-request', title: 'auth_request, each time', file: printed('auth-request.conf'), asks: true },
  {
    id: 'auth-request-kept',
    title: 'auth_request, answers kept',
    file: printed('auth-request-cached.conf'),
    asks: true,
    changes: { '/oauth/v2/oauth-forward-auth': '/oauth/v2/forward-auth-kept' },
  },
  { id: 'njs-kept', title: 'njs, phantom tokens kept', file: printed('njs.conf'), asks: true },
];

/** What a gateway costs that asks Tokenwright, beside the same nginx that asks nobody: windows interleaved, as in the first part. */
export class GatewaysBench extends Part {
  #generator;
  #gateways = new Map();
  #measurements = new Measurements();

  constructor(options, node, say) {
    super(options, node, say);
    this.#generator = new Generator({ node, core: options.cores.generator });
    this.atEnd(() => this.#generator.close());
  }

  /** @returns {Promise<Measurements>} rejects on the first wrong answer */
  async run() {
    const { connections, rounds, seconds, warmUp } = this.options;
    await this.#start();
    for (const gateway of GATEWAYS) {
      this.say(`warming up ${gateway.id}`);
      await this.#window(gateway, Math.max(...connections), warmUp);
    }
    for (let round = 1; round <= rounds; round++)
      for (const count of connections) {
        this.say(`round ${round} of ${rounds}, ${count} connections`);
        for (const gateway of GATEWAYS) {
          await this.#window(gateway, count, RAMP_SECONDS);
          const measurement = await this.#window(gateway, count, seconds);
          this.#measurements.add(count, gateway.id, measurement);
          const { requests, p50, p99 } = measurement;
          this.say(`  ${gateway.id}: ${(requests / measurement.seconds).toFixed(0)}/s, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`);
        }
      }
    return this.#measurements;
  }

  async #start() {
    const { introspecting, issuing } = this.surroundings.clients;
    this.say('starting tokenwright');
    const configuration = fileURLToPath(new URL('./tokenwright.yaml', import.meta.url));
    const service = await startTokenwright(this.surroundings, configuration);
    this.atEnd(() => service.process.stop());
    const api = await this.#nginx({
      name: 'api',
      file: new URL('./api.conf', import.meta.url),
      replacements: (port) => ({ 8000: String(port) }),
    });
    for (const { id, file, asks, changes } of GATEWAYS) {
      this.say(`starting ${id}`);
      const gateway = await this.#nginx({
        name: id,
        file,
        replacements: (port, directory) => ({
          '127.0.0.1:8080': `127.0.0.1:${api.port}`,
          8000: String(port),
          ...(asks ? askingOf(service.port, introspecting) : {}),
          ...(id.endsWith('-kept') ? { '/run/tokenwright-cache': `${directory}/cache` } : {}),
          ...(id === 'njs-kept' ? { '/etc/nginx/phantom.js': fileURLToPath(printed('phantom.js')) } : {}),
          ...changes,
        }),
      });
      this.#gateways.set(id, gateway);
    }
    await this.#generator.send('mint', {
      pool: POOL,
      count: this.options.tokens,
      connections: MINTING_CONNECTIONS,
      port: service.port,
      path: service.paths.token,
      client: issuing,
      scope: 'read',
    });
  }

  async #nginx(gateway) {
    const started = await startNginx(gateway, this.surroundings);
    this.atEnd(() => started.process.stop());
    return started;
  }

  #window({ id, asks }, connections, seconds) {
    const { port, process } = this.#gateways.get(id);
    return this.#generator.send('callApi', {
      pool: POOL,
      path: '/orders',
      port,
      connections,
      seconds,
      once: false,
      root: canReadProcessor ? process.pid : null,
      core: null,
      // The API tells what it got: the client's own token, or the phantom token.
      expectation: {
        status: 200,
        head: 'text/plain',
        contains: [asks ? 'Bearer eyJ' : 'Bearer '],
        jwt: false,
        minimumLength: asks ? 200 : 20,
      },
    });
  }
}

/** Plain HTTP to the service, as everywhere in the bench. */
function askingOf(port, { id, secret }) {
  return {
    '127.0.0.1:8443': `127.0.0.1:${port}`,
    'https://tokenwright': 'http://tokenwright',
    '/etc/tokenwright/ca.pem': '/etc/ssl/certs/ca-certificates.crt',
    'Z2F0ZXdheV9jbGllbnQ6U2VjcjN0IQ==': Buffer.from(`${id}:${secret}`).toString('base64'),
  };
}
