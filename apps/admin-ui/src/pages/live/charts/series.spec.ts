import { expect, test } from '@jest/globals';
import type { Statistics } from '../../../api/shapes.ts';
import { seriesOf } from './series.ts';

type RunLine = Statistics['runs'][number];

function line(members: Partial<RunLine>, runsAt: Readonly<Record<number, number>> = { 10: 1 }): RunLine {
  const counts = { failures: 0, outcomes: {}, milliseconds: null, cpuMilliseconds: null, heapBytes: null };
  const points = Object.entries(runsAt).map(([at, runs]) => ({ ...counts, at: Number(at), runs }));
  const total = { ...counts, runs: points.reduce((sum, { runs }) => sum + runs, 0) };
  return { profile: 'p', endpoint: 'e', flow: 'f', procedure: 'mine', version: 1, ...members, total, points };
}

function statistics(...runs: RunLine[]): Statistics {
  return { nodes: ['n'], from: 0, to: 40, step: 10, runs, requests: [] };
}

test('each has a place for every step, null where nothing ran', () => {
  const { times, series } = seriesOf(statistics(line({}, { 10: 2, 30: 5 })), 6);
  expect(times).toEqual([0, 10, 20, 30]);
  expect(series[0]?.points.map((point) => point?.runs ?? null)).toEqual([null, 2, null, 5]);
});

test('those with the most runs are shown, by name, and it is said how many are not', () => {
  const all = ['a', 'b', 'c', 'd'].map((procedure, index) => line({ procedure }, { 10: index + 1 }));
  const { series, left } = seriesOf(statistics(...all), 2);
  expect(series.map(({ procedure }) => procedure)).toEqual(['c', 'd']);
  expect(left).toBe(2);
});

test.each([
  ['its version', [line({}), line({ version: 2 })], ['mine, version 1', 'mine, version 2']],
  ['its endpoint', [line({}), line({ endpoint: 'other' })], ['mine, version 1 at e', 'mine, version 1 at other']],
  ['its flow', [line({}), line({ flow: 'g' })], ['mine, version 1 at e, f', 'mine, version 1 at e, g']],
  ['its profile', [line({}), line({ profile: 'q' })], ['mine, version 1 at p/e, f', 'mine, version 1 at q/e, f']],
  ['nothing', [line({ procedure: null, version: null, endpoint: null, flow: null, profile: null })], ['everything else']],
])('is told from others by %s', (_by, runs, labels) => {
  expect(seriesOf(statistics(...runs), 6).series.map(({ label }) => label)).toEqual(labels);
});
