import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

/** Above these shares a figure is not what it seems, and the report says so. */
export const BUSY_GENERATOR = 0.95;
const IDLE_SERVICE = 0.05;
export const FOREIGN_WORK = 0.05;

const PASSES = { miss: ', signed afresh', hit: ', signature remembered' };

/**
 * The figures of a run as Markdown: one table for each number of connections, then the bars and whatever makes a figure doubtful.
 *
 * @param {import('./options.mjs').Options} options
 * @param {import('./measurements.mjs').Measurements} measurements
 * @param {readonly string[]} circumstances one line each
 */
export function report({ candidates, connections }, measurements, circumstances) {
  const rows = candidates.flatMap((candidate) => candidate.passes.map((pass) => ({ ...candidate, pass, row: rowOf(candidate, pass) })));
  return [
    ...circumstances.map((line) => `- ${line}`),
    ...connections.flatMap((count) => ['', ...table(rows, count, measurements)]),
    ...section('Bars', bars(rows, connections, measurements)),
    ...section('Doubts', doubts(rows, connections, measurements)),
  ].join('\n');
}

/** The name of a candidate's pass among the measurements. */
export function rowOf({ id }, pass) {
  return pass === null ? id : `${id}-${pass}`;
}

/** Puts figures between the markers of that name in a README, in the style of the project. */
export async function writeInto(file, figures, name) {
  const text = readFileSync(file, 'utf8');
  const mark = `<!-- ${name}: begin -->`;
  const begin = text.indexOf(mark);
  const end = text.indexOf(`<!-- ${name}: end -->`);
  if (begin === -1 || end < begin) throw new Error(`${file} has no place for figures: ${mark} ... <!-- ${name}: end -->`);
  const written = `${text.slice(0, begin + mark.length)}\n\n${figures}\n\n${text.slice(end)}`;
  writeFileSync(file, await format(written, { ...(await resolveConfig(file)), parser: 'markdown' }));
}

function table(rows, count, measurements) {
  const head = [
    '',
    'requests/s',
    'p50 ms',
    'p99 ms',
    'CPU µs',
    'least to most',
    'CPU ÷ oidc-provider',
    'CPU ÷ bare',
    'rate ÷ oidc-provider',
  ];
  const lines = rows.map(({ title, pass, peer, row }) => {
    const figures = measurements.medians(count, row);
    return [
      `${title}${PASSES[pass] ?? ''}`,
      fixed(figures.rate, 0),
      fixed(figures.p50, 2),
      fixed(figures.p99, 2),
      fixed(figures.cpu, 1),
      figures.least === null ? '–' : `${fixed(figures.least, 1)} to ${fixed(figures.most, 1)}`,
      fixed(measurements.ratio(count, row, peer, 'cpu'), 2),
      fixed(measurements.ratio(count, row, 'bare', 'cpu'), 2),
      fixed(measurements.ratio(count, row, peer, 'rate'), 2),
    ];
  });
  return [`### ${count} connections`, '', ...tableOf(head, lines)];
}

function bars(rows, connections, measurements) {
  return rows
    .filter(({ bar }) => bar !== undefined)
    .flatMap(({ title, pass, peer, row, bar }) =>
      connections.flatMap((count) => {
        const ratio = measurements.ratio(count, row, peer, 'cpu');
        if (ratio === null) return [];
        return [
          `${title}${PASSES[pass] ?? ''}, ${count} connections: ${fixed(ratio, 2)} of ${peer}, at most ${bar}: ${ratio <= bar ? 'met' : '**missed**'}`,
        ];
      }),
    );
}

function doubts(rows, connections, measurements) {
  return rows.flatMap(({ title, pass, row }) =>
    connections.flatMap((count) => {
      const { generator, idle, foreign, repeated } = measurements.medians(count, row);
      const name = `${title}${PASSES[pass] ?? ''}, ${count} connections`;
      const found = [];
      if (generator > BUSY_GENERATOR)
        found.push(`${name}: the load generator was ${percent(generator)} busy, so the rate is its own limit`);
      else if (idle > IDLE_SERVICE) found.push(`${name}: the service's core was ${percent(idle)} idle, so the rate is not its limit`);
      if (foreign > FOREIGN_WORK) found.push(`${name}: other processes took ${percent(foreign)} of the service's core`);
      if (pass === 'hit' && repeated < 1) found.push(`${name}: only ${percent(repeated)} of the answers had the bytes of the first pass`);
      return found;
    }),
  );
}

/** A list under a title; nothing when it is empty. */
export function section(title, lines) {
  return lines.length === 0 ? [] : ['', `### ${title}`, '', ...lines.map((text) => `- ${text}`)];
}

/** Lines of a table; all columns but the first hold figures. */
export function tableOf(head, lines) {
  return [line(head), line(['---', ...head.slice(1).map(() => '---:')]), ...lines.map(line)];
}

const line = (cells) => `| ${cells.join(' | ')} |`;
export const fixed = (value, digits) => (value === null ? '–' : value.toFixed(digits));
export const percent = (share) => `${(share * 100).toFixed(0)} %`;
