/**
 * `npm run bench`: what introspection and issuing cost in Tokenwright, in oidc-provider and in a bare HTTP server, measured in
 * one run; with `--invocations` what running procedures costs, with `--gateways` what gateways cost that ask, with
 * `--middleware` what an API spends on a token. README.md says how and how to read it.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Bench } from './bench.mjs';
import { HELP, readOptions } from './options.mjs';
import { canReadProcessor } from './processor.mjs';
import { report, writeInto } from './report.mjs';
import { ServiceProcess } from './services/service-process.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const say = (text) => process.stderr.write(`${text}\n`);

/** The Node.js that the product runs on; every service and the generator run on the same. */
const installed = at('../../node_modules/.bin/node');
const node = existsSync(installed) ? installed : process.execPath;

async function main(options) {
  if (options.cores.generator !== null) execFileSync('taskset', ['-a', '-c', '-p', String(options.cores.generator), String(process.pid)]);
  const { Part, reportOf, name } = await partOf(options);
  const bench = new Part(options, node, say);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.once(signal, () => {
      bench.kill();
      process.exit(1);
    });
  let figures;
  try {
    figures = reportOf(options, await bench.run(), circumstances(options));
  } catch (error) {
    for (const output of ServiceProcess.outputs()) say(output);
    throw error;
  } finally {
    await bench.stop();
  }
  process.stdout.write(`${figures}\n`);
  if (options.write) await writeInto(at('README.md'), figures, name);
}

/** The part of the bench that is asked for, and the name of its place in the README. All but the first need what is built. */
async function partOf({ part }) {
  if (part === null) return { Part: Bench, reportOf: report, name: 'figures' };
  const [bench, { [`${part}Report`]: reportOf }] = await Promise.all([import(`./${part}/bench.mjs`), import(`./${part}/report.mjs`)]);
  return { Part: bench[`${part[0].toUpperCase()}${part.slice(1)}Bench`], reportOf, name: part };
}

/** What a reader must know to weigh the figures. */
function circumstances({ part, seconds, rounds, tokens, cores, peerFlags }) {
  const peer = JSON.parse(readFileSync(at('../../node_modules/oidc-provider/package.json'), 'utf8')).version;
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  const { service, generator } = cores;
  return [
    `${new Date().toISOString().slice(0, 10)}, ${process.platform} ${release()}, ${cpus().length} × ${cpus()[0].model}, Node.js ${version}${part === null ? `, oidc-provider ${peer}` : ''}`,
    service === null
      ? 'not pinned to cores: figures disturb each other'
      : `services on core ${service}, ${part === 'middleware' ? 'and the middlewares too' : `load generator on core ${generator}`}`,
    `medians of ${rounds} interleaved rounds of ${seconds} s; ${tokens} distinct tokens a pass`,
    ...(canReadProcessor ? [] : ['no processor time: it is read from /proc, which this system has not']),
    ...(peerFlags.length === 0 ? [] : [`oidc-provider and bare http with ${peerFlags.join(' ')}`]),
  ];
}

/** The options, or null after saying what is wrong with them. */
function optionsOrNull() {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    say(`${error.message}\n\n${HELP}`);
    return null;
  }
}

const options = optionsOrNull();
if (options === null) {
  process.exitCode = 2;
} else if (options.help) {
  process.stdout.write(HELP);
} else {
  try {
    await main(options);
  } catch (error) {
    say(error.stack);
    process.exitCode = 1;
  }
}
