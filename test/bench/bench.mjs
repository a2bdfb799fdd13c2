import { ANSWERS } from './candidates.mjs';
import { inspect } from './inspection.mjs';
import { Generator } from './load/generator-process.mjs';
import { Measurements } from './measurements.mjs';
import { canReadProcessor, processesOf } from './processor.mjs';
import { rowOf } from './report.mjs';
import { START, startBareHttp } from './services/services.mjs';
import { Part } from './part.mjs';

const RAMP_SECONDS = 0.3;
const MINTING_CONNECTIONS = 32;
const SCOPE = 'read';
const FRESH = 'fresh';

/**
 * One run: starts the services, issues the tokens, looks closely at one answer of each candidate, warms up, then measures the
 * candidates in turn, round after round.
 */
export class Bench extends Part {
  #generator;
  /** @type {Map<string, import('./services/services.mjs').Service>} by name */
  #services = new Map();
  /** @type {Map<string, import('./load/expectation.mjs').Expectation>} by candidate */
  #expectations = new Map();
  #measurements = new Measurements();

  /** As `Part`. */
  constructor(options, node, say) {
    super(options, node, say);
    this.#generator = new Generator({ node, core: options.cores.generator });
    this.atEnd(() => this.#generator.close());
  }

  /** @returns {Promise<Measurements>} rejects on the first wrong answer */
  async run() {
    const { candidates, connections, rounds } = this.options;
    await this.#start();
    for (const candidate of candidates) {
      this.say(`warming up ${candidate.id}`);
      await this.#window(candidate, Math.max(...connections), { seconds: this.options.warmUp });
    }
    for (let round = 1; round <= rounds; round++)
      for (const count of connections) {
        this.say(`round ${round} of ${rounds}, ${count} connections`);
        for (const candidate of candidates) await this.#measure(candidate, count);
      }
    return this.#measurements;
  }

  async #start() {
    const { candidates, tokens } = this.options;
    const others = candidates.filter(({ id }) => id !== 'bare');
    for (const name of new Set(others.map(({ service }) => service))) {
      this.say(`starting ${name}`);
      this.#serve(name, await START[name](this.surroundings));
    }
    for (const name of new Set(others.filter(({ work }) => work !== 'issue').map(({ service }) => service))) {
      this.say(`issuing ${tokens} tokens at ${name}`);
      await this.#mint(name, name);
    }
    const bodies = new Map();
    for (const candidate of others) bodies.set(candidate.id, await this.#inspect(candidate));
    if (candidates.length > others.length) await this.#startBare(bodies.has('tokenwright-json') ? 'tokenwright-json' : 'oidc-json', bodies);
    if (canReadProcessor) for (const [name, service] of this.#services) this.say(`${name} is ${described(service)}`);
  }

  #serve(name, service) {
    this.#services.set(name, service);
    this.atEnd(() => service.process.stop());
  }

  /** The bare server answers the bytes of another candidate, to requests with that one's tokens. */
  async #startBare(model, bodies) {
    const { service } = this.options.candidates.find(({ id }) => id === model);
    this.say(`starting bare with the answer of ${model}`);
    this.#serve('bare', { ...(await startBareHttp(this.surroundings, bodies.get(model))), pool: service });
    this.#expectations.set('bare', this.#expectations.get(model));
  }

  async #inspect(candidate) {
    const { issuing } = this.surroundings.clients;
    const presented =
      candidate.work === 'issue'
        ? null
        : { token: await this.#generator.send('sample', { pool: candidate.service }), issuedTo: issuing.id };
    const service = this.#services.get(candidate.service);
    const { expectation, body } = await inspect(candidate, service, this.#clientFor(candidate), presented);
    this.#expectations.set(candidate.id, expectation);
    this.say(`${candidate.id} answers ${body.length} bytes and is right`);
    return body;
  }

  async #measure(candidate, connections) {
    const { seconds } = this.options;
    for (const pass of candidate.passes) {
      if (pass === 'miss') await this.#mint(FRESH, candidate.service);
      await this.#window(candidate, connections, { seconds: RAMP_SECONDS });
      const measurement = await this.#window(candidate, connections, { seconds, pass });
      this.#measurements.add(connections, rowOf(candidate, pass), measurement);
      this.say(`  ${rowOf(candidate, pass)}: ${lineOf(measurement)}`);
    }
    if (candidate.passes.includes('miss')) await this.#generator.send('forget', { pool: FRESH });
  }

  #window(candidate, connections, { seconds, pass = null }) {
    const { port, process, paths, pool = candidate.service } = this.#services.get(candidate.service);
    return this.#generator.send(candidate.work, {
      port,
      connections,
      seconds,
      once: pass === 'miss',
      root: canReadProcessor ? process.pid : null,
      core: canReadProcessor ? this.surroundings.core : null,
      target: { path: paths[candidate.endpoint], client: this.#clientFor(candidate), accept: ANSWERS[candidate.answer].accept },
      expectation: this.#expectations.get(candidate.id),
      ...(candidate.work === 'issue'
        ? { scope: SCOPE }
        : { pool: pass === null ? pool : FRESH, remember: pass === 'miss', compare: pass === 'hit' }),
    });
  }

  #mint(pool, name) {
    const { port, paths } = this.#services.get(name);
    return this.#generator.send('mint', {
      pool,
      count: this.options.tokens,
      connections: MINTING_CONNECTIONS,
      port,
      path: paths.token,
      client: this.surroundings.clients.issuing,
      scope: SCOPE,
    });
  }

  #clientFor({ work }) {
    const { issuing, introspecting } = this.surroundings.clients;
    return work === 'issue' ? issuing : introspecting;
  }
}

function described({ process }) {
  const list = processesOf(process.pid).map(({ pid, name, cores }) => `${name} ${pid} (core ${cores})`);
  return list.join(', ');
}

function lineOf({ requests, seconds, p50, p99, processor }) {
  const cpu = processor === null ? '' : `, CPU ${(processor / requests).toFixed(1)} µs`;
  return `${(requests / seconds).toFixed(0)}/s, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms${cpu} (${requests} requests)`;
}
