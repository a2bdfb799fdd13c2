import { fixed, FOREIGN_WORK, percent, section, tableOf } from '../report.mjs';
import { ALIKE } from './bench.mjs';
import { MIDDLEWARES } from './candidates.mjs';

/**
 * The figures of the fourth part as Markdown.
 *
 * @param {import('../options.mjs').Options} options
 * @param {import('../measurements.mjs').Measurements} measurements
 * @param {readonly string[]} circumstances one line each
 */
export function middlewareReport(options, measurements, circumstances) {
  return [
    ...circumstances.map((line) => `- ${line}`),
    '',
    ...table(measurements),
    ...section('Doubts of middleware', doubts(measurements)),
  ].join('\n');
}

function table(measurements) {
  const lines = MIDDLEWARES.map(({ id, title }) => {
    const { cpu, least, most } = measurements.medians(ALIKE, id);
    return [
      title,
      fixed(cpu, 2),
      least === null ? '–' : `${fixed(least, 2)} to ${fixed(most, 2)}`,
      fixed(measurements.difference(ALIKE, id, 'none', 'cpu'), 2),
      fixed(measurements.ratio(ALIKE, id, 'jose', 'cpu'), 3),
    ];
  });
  return tableOf(['', 'CPU µs', 'least to most', 'CPU µs more than nothing', 'CPU ÷ jose'], lines);
}

function doubts(measurements) {
  return MIDDLEWARES.flatMap(({ id, title }) => {
    const { foreign } = measurements.medians(ALIKE, id);
    return foreign > FOREIGN_WORK ? [`${title}: other processes took ${percent(foreign)} of the core`] : [];
  });
}
