import { BUSY_GENERATOR, fixed, FOREIGN_WORK, percent, section, tableOf } from '../report.mjs';
import { CALLS } from './bench.mjs';
import { FUNCTIONS, SUBJECTS } from './subjects.mjs';

/**
 * The figures of the second part as Markdown.
 *
 * @typedef {object} Results
 * @property {import('../measurements.mjs').Measurements} invocations rows: a subject's id, alone or after `direct`, `jitless`,
 *   `vm` or `guest`
 * @property {import('../measurements.mjs').Measurements} latencies rows: `without` and `beside`
 * @property {string} isolation how far the operating system's walls stood around the sandbox
 *
 * @param {import('../options.mjs').Options} options
 * @param {Results} results
 * @param {readonly string[]} circumstances one line each
 */
export function invocationsReport({ connections }, { invocations, latencies, isolation }, circumstances) {
  return [
    ...[...circumstances, `isolation of the sandbox: ${isolation}`].map((line) => `- ${line}`),
    ...['', '### Without a sandbox, and the guest alone', '', ...calls(invocations)],
    ...connections.flatMap((count) => ['', `### ${count} in flight`, '', ...throughSandbox(invocations, count)]),
    ...['', '### Beside a runaway', '', ...besideRunaway(latencies, connections)],
    ...section('Doubts of invocations', doubts(invocations, latencies, connections)),
  ].join('\n');
}

function calls(invocations) {
  const lines = SUBJECTS.map(({ id, title, alike = id }) => {
    const cpu = (row) => fixed(invocations.medians(CALLS, row).cpu, 2);
    const ratio = invocations.ratio(CALLS, `guest ${id}`, `jitless ${alike}`, 'cpu');
    return [title, cpu(`direct ${alike}`), cpu(`jitless ${alike}`), cpu(`vm ${alike}`), cpu(`guest ${id}`), fixed(ratio, 2)];
  });
  const head = ['CPU µs', 'called directly', 'directly, `--jitless`', '`node:vm`', 'guest alone', 'guest ÷ directly, `--jitless`'];
  return tableOf(head, lines);
}

function throughSandbox(invocations, count) {
  const lines = SUBJECTS.map(({ id, title, alike = id }) => {
    const { main, sandbox, cpu, least, most } = invocations.medians(count, id);
    const share = (row) => invocations.ratio(count, id, row, 'cpu', CALLS);
    const guest = share(`guest ${id}`);
    return [
      title,
      fixed(main, 2),
      fixed(sandbox, 2),
      fixed(cpu, 2),
      least === null ? '–' : `${fixed(least, 2)} to ${fixed(most, 2)}`,
      fixed(share(`direct ${alike}`), 2),
      fixed(share(`vm ${alike}`), 2),
      guest === null ? '–' : percent(1 / guest),
    ];
  });
  const head = ['CPU µs', 'main thread', 'sandbox process', 'all', 'least to most', 'all ÷ directly', 'all ÷ `node:vm`', 'guest of all'];
  return tableOf(head, lines);
}

function besideRunaway(latencies, connections) {
  const lines = connections.map((count) => {
    const of = (name) => {
      const [without, beside] = ['without', 'beside'].map((row) => fixed(latencies.medians(count, row)[name], 2));
      const ratio = fixed(latencies.ratio(count, 'beside', 'without', name), 2);
      return [without, beside, ratio, fixed(latencies.difference(count, 'beside', 'without', name), 2)];
    };
    return [String(count), ...of('p50'), ...of('p99'), fixed(latencies.medians(count, 'beside').ended, 1)];
  });
  const columns = (name) => [`${name} ms without`, 'with', 'ratio', 'difference'];
  return tableOf(['in flight', ...columns('p50'), ...columns('p99'), 'runaways ended/s'], lines);
}

function doubts(invocations, latencies, connections) {
  const found = [];
  const disturbance = Math.max(
    ...FUNCTIONS.flatMap(({ id }) => ['direct', 'jitless', 'vm'].map((place) => invocations.medians(CALLS, `${place} ${id}`).foreign)),
    ...SUBJECTS.map(({ id }) => invocations.medians(CALLS, `guest ${id}`).foreign),
    ...SUBJECTS.flatMap(({ id }) => connections.map((count) => invocations.medians(count, id).foreign)),
  );
  if (disturbance > FOREIGN_WORK) found.push(`invocations: other processes took up to ${percent(disturbance)} of the core`);
  for (const count of connections)
    for (const row of ['without', 'beside']) {
      const name = `${row} a runaway, ${count} in flight`;
      const { foreign, generator, refused } = latencies.medians(count, row);
      if (foreign > FOREIGN_WORK) found.push(`${name}: other processes took ${percent(foreign)} of the core`);
      if (generator > BUSY_GENERATOR) found.push(`${name}: the load generator was ${percent(generator)} busy`);
      if (refused > 0) found.push(`${name}: ${fixed(refused, 1)} runaways a second were refused, not ended`);
    }
  return found;
}
