import { BUSY_GENERATOR, fixed, percent, section, tableOf } from '../report.mjs';
import { GATEWAYS } from './bench.mjs';

/**
 * The figures of the third part as Markdown.
 *
 * @param {import('../options.mjs').Options} options
 * @param {import('../measurements.mjs').Measurements} measurements
 * @param {readonly string[]} circumstances one line each
 */
export function gatewaysReport({ connections }, measurements, circumstances) {
  return [
    ...circumstances.map((line) => `- ${line}`),
    ...connections.flatMap((count) => ['', `### ${count} connections to the gateway`, '', ...table(count, measurements)]),
    ...section('Doubts of gateways', doubts(connections, measurements)),
  ].join('\n');
}

function table(count, measurements) {
  const lines = GATEWAYS.map(({ id, title }) => {
    const { rate, p50, p99, cpu } = measurements.medians(count, id);
    return [
      title,
      fixed(rate, 0),
      fixed(p50, 2),
      fixed(p99, 2),
      fixed(cpu, 1),
      fixed(measurements.ratio(count, id, 'straight', 'rate'), 2),
      fixed(measurements.difference(count, id, 'straight', 'p50'), 2),
    ];
  });
  return tableOf(['', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs of nginx', 'rate ÷ straight', 'p50 ms more than straight'], lines);
}

function doubts(connections, measurements) {
  return connections.flatMap((count) =>
    GATEWAYS.flatMap(({ id, title }) => {
      const { generator } = measurements.medians(count, id);
      return generator > BUSY_GENERATOR
        ? [`${title}, ${count} connections: the load generator was ${percent(generator)} busy, so the rate is its own limit`]
        : [];
    }),
  );
}
