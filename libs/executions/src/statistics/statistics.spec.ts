import { expect, test } from '@jest/globals';
import type { ProgramPlace } from '#libs/oauth';
import { ExecutionStatistics } from './execution-statistics.ts';
import { BUCKETS, bucketOf, lowerBound, quantile } from './histogram.ts';
import { statisticsView } from './statistics-view.ts';

const START = 1_790_000_040;
const place = (version = 1): ProgramPlace => ({
  ...{ profile: 'p', endpoint: 'e', kind: 'oauth-introspect', flow: 'oauth-introspect' },
  ...{ procedure: 'mine', version, choice: 'active' },
});

test('each value has the count whose bounds it is between', () => {
  for (let value = 1; value < 8_000_000; value = Math.ceil(value * 1.3)) {
    const bucket = bucketOf(value);
    expect(lowerBound(bucket)).toBeLessThanOrEqual(value);
    if (bucket < BUCKETS - 1) expect(lowerBound(bucket + 1)).toBeGreaterThan(value);
  }
  expect(bucketOf(2 ** 40)).toBe(BUCKETS - 1);
});

test('percentiles are right to a quarter', () => {
  const counts = new Uint32Array(BUCKETS);
  for (let value = 1; value <= 10_000; value++) {
    const bucket = bucketOf(value * 10);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  for (const part of [0.5, 0.95, 0.99]) {
    const ratio = (quantile(counts, 0, part) ?? 0) / (part * 100_000);
    expect(ratio).toBeGreaterThan(0.75);
    expect(ratio).toBeLessThan(1.25);
  }
  expect(quantile(new Uint32Array(BUCKETS), 0, 0.5)).toBeNull();
});

test('runs and requests are counted by time, ten seconds for an hour and minutes for a day', () => {
  const statistics = new ExecutionStatistics();
  const usage = { wallMilliseconds: 1, cpuMilliseconds: 1, heapBytes: 100_000, runs: 1 };
  for (let second = 0; second < 7200; second += 5) {
    const at = (START + second) * 1000;
    statistics.ran(place(), second % 60 === 0 ? 'runtime' : 'returned', at, 2, usage);
    statistics.answered(place(), place(), second % 60 === 0 ? 500 : 200, at, 3);
  }
  const to = START + 7200;
  const fine = statisticsView(statistics, { from: to - 3600, to, step: 10 });
  expect(fine.runs[0]?.points).toHaveLength(360);
  expect(fine.runs[0]?.points[0]).toMatchObject({ at: to - 3600, runs: 2, failures: 1, outcomes: { returned: 1, runtime: 1 } });
  const coarse = statisticsView(statistics, { from: to - 7200, to, step: 60 });
  expect(coarse.runs[0]?.points).toHaveLength(120);
  expect(coarse.runs[0]?.points.at(-1)).toMatchObject({
    runs: 12,
    failures: 1,
    milliseconds: { mean: 2 },
    cpuMilliseconds: { mean: 1 },
    heapBytes: { mean: 100_000 },
  });
  expect(coarse.runs[0]?.total).toMatchObject({
    ...{ runs: 1440, failures: 120, outcomes: { returned: 1320, runtime: 120 } },
    ...{ milliseconds: { mean: 2 }, cpuMilliseconds: { mean: 1 } },
  });
  expect(coarse.requests).toMatchObject([
    {
      total: { requests: 1440, statuses: { '2xx': 1320, '5xx': 120 }, milliseconds: { mean: 3 } },
      flow: 'oauth-introspect',
      points: expect.arrayContaining([expect.objectContaining({ requests: 12, statuses: { '2xx': 11, '5xx': 1 } })]),
    },
  ]);
  expect(statisticsView(statistics, { from: to - 3600, to, step: 10, procedure: 'other' }).runs).toEqual([]);
});

test('versions beyond the bound are counted together, and one that was idle for a day makes room', () => {
  const statistics = new ExecutionStatistics();
  const at = START * 1000;
  for (let version = 1; version <= 40; version++) statistics.ran(place(version), 'returned', at, 1, undefined);
  const { runs } = statisticsView(statistics, { from: START - 60, to: START + 60, step: 60 });
  expect(runs).toHaveLength(33);
  expect(runs.at(-1)).toMatchObject({ procedure: null, version: null, points: [{ runs: 8 }] });
  statistics.ran(place(99), 'returned', at + 2 * 86_400_000, 1, undefined);
  const later = statisticsView(statistics, { from: START + 2 * 86_400 - 60, to: START + 2 * 86_400 + 60, step: 60 });
  expect(later.runs).toMatchObject([{ version: 99 }]);
});
