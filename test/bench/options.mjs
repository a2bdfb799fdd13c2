import { parseArgs } from 'node:util';
import { canPin } from './pinned.mjs';
import { CANDIDATES } from './candidates.mjs';

/** Beside the first, which has no name. */
const PARTS = ['invocations', 'gateways', 'middleware'];

export const HELP = `Usage: npm run bench -- [options]

Measures introspection and issuing of Tokenwright beside oidc-provider and a bare node:http server, in one run.
With --gateways: what a gateway costs that asks Tokenwright, beside nginx that asks nobody; needs nginx and libnginx-mod-http-js.
With --invocations: what running a procedure costs beside the same function without a sandbox, and what one that does not end
costs others.
With --middleware: what an API spends on the token of a request, beside jose.

  --invocations        the second part of the bench, in place of the first
  --gateways           the third part of the bench, in place of the first
  --middleware         the fourth part of the bench, in place of the first
  --seconds N          length of a window (default 3)
  --connections A,B    connections of the load generator, one table each (default 16,64); with
                       --invocations also the invocations in flight (default 1,16,64)
  --rounds N           rounds, interleaved; figures are medians over them (default 3)
  --tokens N           distinct tokens of a pass, at least 10,000 for figures that are to be kept (default 20000;
                       500 with --gateways and --middleware, where what is kept must be found again)
  --warm-up N          seconds of load on each candidate before the first round (default 2)
  --only A,B           candidates by id or a part of it; their peers run along
  --cores S,G          core of the services and core of the load generator, or none (default ${canPin ? '0,1' : 'none, for want of taskset or of a second core'})
  --peer-flags FLAGS   Node.js flags for oidc-provider and bare http, such as --min-semi-space-size=16
  --write              put the figures into test/bench/README.md
  --help               this text

Candidates: ${CANDIDATES.map(({ id }) => id).join(', ')}
`;

/**
 * @typedef {object} Options
 * @property {'invocations' | 'gateways' | 'middleware' | null} part null for the first
 * @property {number} seconds
 * @property {readonly number[]} connections
 * @property {number} rounds
 * @property {number} tokens
 * @property {number} warmUp seconds
 * @property {readonly import('./candidates.mjs').Candidate[]} candidates with their peers, in the order of a round
 * @property {{ service: number | null, generator: number | null }} cores
 * @property {readonly string[]} peerFlags
 * @property {boolean} write
 * @property {boolean} help
 */

/**
 * @param {readonly string[]} args
 * @returns {Options}
 * @throws {TypeError} for what it cannot read
 */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      ...Object.fromEntries(PARTS.map((name) => [name, { type: 'boolean', default: false }])),
      seconds: { type: 'string', default: '3' },
      connections: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      tokens: { type: 'string' },
      'warm-up': { type: 'string', default: '2' },
      only: { type: 'string', default: '' },
      cores: { type: 'string', default: canPin ? '0,1' : 'none' },
      'peer-flags': { type: 'string', default: '' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [part = null, another] = PARTS.filter((name) => values[name]);
  if (another !== undefined) throw new TypeError(`--${part} and --${another} are two parts of the bench: ask for one`);
  if (part !== null && (values.only !== '' || values['peer-flags'] !== ''))
    throw new TypeError(`--${part} has neither candidates nor oidc-provider: leave out --only and --peer-flags`);
  return {
    part,
    seconds: positive('seconds', values.seconds),
    connections: (values.connections ?? (part === 'invocations' ? '1,16,64' : '16,64'))
      .split(',')
      .map((value) => whole('connections', value)),
    rounds: whole('rounds', values.rounds),
    // Few enough that a window sends each of them several times: what is kept is found again.
    tokens: whole('tokens', values.tokens ?? (part === 'gateways' || part === 'middleware' ? '500' : '20000')),
    warmUp: positive('warm-up', values['warm-up']),
    candidates: chosen(values.only.split(',').filter((part) => part !== '')),
    cores: coresOf(values.cores),
    peerFlags: values['peer-flags'].split(' ').filter((flag) => flag !== ''),
    write: values.write,
    help: values.help,
  };
}

function positive(name, value) {
  const number = Number(value);
  if (!(number > 0)) throw new TypeError(`--${name} ${value} is not a positive number`);
  return number;
}

function whole(name, value) {
  const number = positive(name, value);
  if (!Number.isInteger(number)) throw new TypeError(`--${name} ${value} is not a whole number`);
  return number;
}

/** A figure without its peer in the same run says nothing, so peers come along. */
function chosen(parts) {
  if (parts.length === 0) return CANDIDATES;
  const ids = new Set();
  for (const part of parts) {
    const matching = CANDIDATES.filter(({ id }) => id === part || id.split('-').includes(part));
    if (matching.length === 0)
      throw new TypeError(`--only ${part} names no candidate; there are ${CANDIDATES.map(({ id }) => id).join(', ')}`);
    for (const { id, peer } of matching) ids.add(id).add(peer);
  }
  // The bare server answers the bytes of a JSON answer.
  const bare = ids.has('oidc-json');
  return CANDIDATES.filter(({ id }) => ids.has(id) || (bare && id === 'bare'));
}

function coresOf(value) {
  if (value === 'none') return { service: null, generator: null };
  const cores = value.split(',').map(Number);
  if (cores.length !== 2 || !cores.every((core) => Number.isInteger(core) && core >= 0) || cores[0] === cores[1])
    throw new TypeError(`--cores ${value} is not two different cores`);
  if (!canPin) throw new TypeError('--cores needs taskset and two cores');
  return { service: cores[0], generator: cores[1] };
}
