import { CommandedProcess } from '../commanded-process.mjs';
import { figuresOf } from '../invocations/window.mjs';
import { basic } from '../load/request.mjs';
import { Measurements } from '../measurements.mjs';
import { startTokenwright } from '../services/tokenwright.mjs';
import { MIDDLEWARES } from './candidates.mjs';
import { Part } from '../part.mjs';

/** All are measured with the same number of requests under way, so that one table holds them. */
export const ALIKE = 0;

/** The fourth part of the bench: what an API spends on the token of a request. */
export class MiddlewareBench extends Part {
  #calls;

  /** As `Part`. */
  constructor(options, node, say) {
    super(options, node, say);
    const script = new URL('./calls.mjs', import.meta.url);
    this.#calls = new CommandedProcess({ name: 'the process with the middlewares', script, node, core: options.cores.service });
    this.atEnd(() => this.#calls.close());
  }

  /** @returns {Promise<Measurements>} rejects on the first good token that is refused */
  async run() {
    const { rounds, seconds, warmUp } = this.options;
    const measurements = new Measurements(figuresOf);
    await this.#prepare();
    this.say('warming up');
    for (const { id } of MIDDLEWARES) await this.#window(id, warmUp);
    for (let round = 1; round <= rounds; round++) {
      this.say(`round ${round} of ${rounds}`);
      for (const { id } of MIDDLEWARES) {
        const measurement = await this.#window(id, seconds);
        measurements.add(ALIKE, id, measurement);
        const { cpu, wall } = figuresOf(measurement);
        this.say(`  ${id}: ${wall.toFixed(2)} µs on the clock${cpu === null ? '' : `, CPU ${cpu.toFixed(2)} µs`}`);
      }
    }
    return measurements;
  }

  /** Has tokens issued, and each middleware see all of them. */
  async #prepare() {
    this.say('starting tokenwright');
    const { port, issuer, paths, process } = await startTokenwright(this.surroundings);
    this.atEnd(() => process.stop());
    const { issuing, introspecting } = this.surroundings.clients;
    const base = `http://127.0.0.1:${port}`;
    const asked = async (path, client, accept, form) => {
      const headers = { authorization: basic(client), accept };
      const answer = await fetch(base + path, { method: 'POST', headers, body: new URLSearchParams(form) });
      if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
      return answer.text();
    };
    const tokens = { opaque: [], jwt: [] };
    this.say(`issuing ${this.options.tokens} tokens`);
    while (tokens.jwt.length < this.options.tokens) {
      const issued = await asked(paths.token, issuing, 'application/json', { grant_type: 'client_credentials', scope: 'read' });
      const token = JSON.parse(issued).access_token;
      tokens.opaque.push(token);
      // The phantom token is the JWT that a gateway would send on.
      tokens.jwt.push(await asked(paths.introspection, introspecting, 'application/jwt', { token }));
    }
    const service = { issuer, keys: base + paths.keys, client: introspecting };
    await this.#calls.send('prepare', { service, tokens });
  }

  #window(id, seconds) {
    return this.#calls.send('window', { id, seconds, core: this.surroundings.core });
  }
}
