import { CANDIDATES, ANSWERS } from '../candidates.mjs';
import { inspect } from '../inspection.mjs';
import { Generator } from '../load/generator-process.mjs';
import { canReadProcessor } from '../processor.mjs';
import { startTokenwright } from '../services/tokenwright.mjs';

const POOL = 'tokenwright';
const MINTING_CONNECTIONS = 32;
/** Long enough for the service to have seen three runaways, from when on they run where they hold up nobody. */
const RAMP_SECONDS = 1;
const CANDIDATE = CANDIDATES.find(({ id }) => id === 'tokenwright-json');

/** Introspections by the default procedure over HTTP, with and without a runaway on another endpoint of the same service. */
export class RunawayCost {
  #options;
  #surroundings;
  #generator;
  #service = null;
  #expectation;

  /** @param {import('../options.mjs').Options} options @param {import('../services/services.mjs').Surroundings} surroundings */
  constructor(options, surroundings) {
    this.#options = options;
    this.#surroundings = surroundings;
    this.#generator = new Generator({ node: surroundings.node, core: options.cores.generator });
  }

  /** Starts the service, issues the tokens, looks closely at one answer and warms up. */
  async start() {
    const { issuing, introspecting } = this.#surroundings.clients;
    const { port, paths } = (this.#service = await startTokenwright(this.#surroundings));
    const minting = { pool: POOL, count: this.#options.tokens, connections: MINTING_CONNECTIONS, port, path: paths.token };
    await this.#generator.send('mint', { ...minting, client: issuing, scope: 'read' });
    const presented = { token: await this.#generator.send('sample', { pool: POOL }), issuedTo: issuing.id };
    ({ expectation: this.#expectation } = await inspect(CANDIDATE, this.#service, introspecting, presented));
    await this.#drive(Math.max(...this.#options.connections), false, this.#options.warmUp);
  }

  /** @returns {Promise<import('../load/window.mjs').Measurement & { runaways: Record<string, number> }>} */
  async window(connections, beside) {
    await this.#drive(connections, beside, RAMP_SECONDS);
    return this.#drive(connections, beside, this.#options.seconds);
  }

  async stop() {
    this.#generator.close();
    await this.#service?.process.stop();
  }

  #drive(connections, beside, seconds) {
    const { port, process, paths } = this.#service;
    const asked = { client: this.#surroundings.clients.introspecting, accept: ANSWERS.json.accept };
    return this.#generator.send('introspectBeside', {
      port,
      connections,
      seconds,
      once: false,
      pool: POOL,
      expectation: this.#expectation,
      root: canReadProcessor ? process.pid : null,
      core: canReadProcessor ? this.#surroundings.core : null,
      target: { ...asked, path: paths.introspection },
      runaway: beside ? { ...asked, path: paths.runaway } : null,
    });
  }
}
