import { describeLaunch } from '../../../dist/libs/sandbox/src/launch.js';
import { CommandedProcess } from '../commanded-process.mjs';
import { Measurements, requestFigures } from '../measurements.mjs';
import { RunawayCost } from './runaway-cost.mjs';
import { FUNCTIONS, SUBJECTS } from './subjects.mjs';
import { figuresOf } from './window.mjs';
import { Part } from '../part.mjs';

/** What the service chooses for itself; peers get it too. */
const SERVICE_FLAGS = ['--min-semi-space-size=16'];

/** The number in flight under which stands what has none: plain calls. */
export const CALLS = 0;

/** The second part of the bench: what an invocation costs, and what a runaway costs others. */
export class InvocationsBench extends Part {
  #processes;
  #runaways;

  /** As `Part`. */
  constructor(options, node, say) {
    super(options, node, say);
    this.#runaways = new RunawayCost(options, this.surroundings);
    this.atEnd(() => this.#runaways.stop());
    const started = (name, script, flags) => {
      const process = new CommandedProcess({ name, script: new URL(script, import.meta.url), node, flags, core: options.cores.service });
      this.atEnd(() => process.close());
      return process;
    };
    this.#processes = {
      sandbox: started('the process with the sandbox', './through-sandbox.mjs', SERVICE_FLAGS),
      peers: started('the process without a sandbox', './without-sandbox.mjs', SERVICE_FLAGS),
      jitless: started('the process without a sandbox and compiler', './without-sandbox.mjs', ['--jitless', ...SERVICE_FLAGS]),
      guest: started('the process with the guest alone', './guest-alone.mjs', sandboxFlags()),
    };
  }

  /** @returns {Promise<import('./report.mjs').Results>} rejects on the first wrong answer */
  async run() {
    const { rounds, warmUp } = this.options;
    const results = { invocations: new Measurements(figuresOf), latencies: new Measurements(latencyFigures), isolation: '' };
    results.isolation = await this.#prepare();
    this.say('starting the service and issuing tokens');
    await this.#runaways.start();
    this.say('warming up');
    for (const window of this.#windows()) await this.#invoke(window, warmUp);
    for (let round = 1; round <= rounds; round++) {
      this.say(`round ${round} of ${rounds}`);
      for (const window of this.#windows()) {
        const measurement = await this.#invoke(window, this.options.seconds);
        results.invocations.add(window.inFlight, window.row, measurement);
        const inFlight = window.inFlight === CALLS ? '' : `, ${window.inFlight} in flight`;
        this.say(`  ${window.row}${inFlight}: ${lineOf(figuresOf(measurement))}`);
      }
      for (const connections of this.options.connections)
        for (const row of ['without', 'beside']) {
          const measurement = await this.#runaways.window(connections, row === 'beside');
          results.latencies.add(connections, row, measurement);
          const { p50, p99 } = measurement;
          this.say(`  ${row} a runaway, ${connections} in flight: p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`);
        }
    }
    return results;
  }

  /** All cases of all subjects, once in each process: they must have been answered alike. */
  async #prepare() {
    this.say('comparing the answers of the sandbox with those of its peers');
    const [of, ...others] = await Promise.all(Object.values(this.#processes).map((each) => each.send('prepare', {})));
    for (const { digests } of others)
      for (const [id, digest] of Object.entries(digests))
        if (digest !== of.digests[id]) throw new Error(`${id} is answered otherwise than in the sandbox`);
    for (const { id, alike } of SUBJECTS)
      if (alike !== undefined && of.digests[id] !== of.digests[alike]) throw new Error(`${id} is answered otherwise than ${alike}`);
    return of.isolation;
  }

  /** One round: next to each invocation through the sandbox its peers. */
  *#windows() {
    for (const subject of SUBJECTS) {
      const { id } = subject;
      if (FUNCTIONS.includes(subject))
        for (const [row, by, place] of [
          ['direct', 'peers', 'direct'],
          ['jitless', 'jitless', 'direct'],
          ['vm', 'peers', 'vm'],
        ])
          yield { row: `${row} ${id}`, inFlight: CALLS, by, subject: id, place };
      yield { row: `guest ${id}`, inFlight: CALLS, by: 'guest', subject: id };
      for (const inFlight of this.options.connections) yield { row: id, inFlight, by: 'sandbox', subject: id };
    }
  }

  #invoke({ by, subject, inFlight, place }, seconds) {
    return this.#processes[by].send('window', { subject, inFlight, place, seconds, core: this.surroundings.core });
  }
}

/** V8 as in the sandbox process; the permission model would keep the bench from /proc. */
function sandboxFlags() {
  return describeLaunch()
    .command.slice(1, -1)
    .filter((flag) => !flag.startsWith('--permission') && !flag.startsWith('--allow-'));
}

function latencyFigures(measurement) {
  const { runaways, seconds } = measurement;
  const all = Object.values(runaways).reduce((sum, count) => sum + count, 0);
  const ended = runaways[500] ?? 0;
  return { ...requestFigures(measurement), ended: ended / seconds, refused: (all - ended) / seconds };
}

function lineOf({ cpu, wall }) {
  return `${wall.toFixed(2)} µs on the clock${cpu === null ? '' : `, CPU ${cpu.toFixed(2)} µs`}`;
}
