import { expect, test } from '@jest/globals';
import type { Statistics } from '../../api/shapes.ts';
import { requestRatesOf } from './request-rates.ts';

type RequestLine = Statistics['requests'][number];

function line(endpoint: string, points: readonly (readonly [at: number, requests: number, mean: number])[]): RequestLine {
  const counts = (requests: number, mean: number) => ({
    ...{ requests, statuses: {} },
    milliseconds: { mean, p50: mean, p95: mean, p99: mean },
  });
  return {
    ...{ profile: 'p', endpoint, kind: 'oauth-token', flow: 'f' },
    total: counts(0, 0),
    points: points.map(([at, requests, mean]) => ({ at, ...counts(requests, mean) })),
  };
}

const statistics = (...requests: RequestLine[]): Statistics => ({ nodes: ['n'], from: 0, to: 100, step: 10, runs: [], requests });

test('all endpoints count together, each by how often it was asked', () => {
  const { rates, latencies } = requestRatesOf(statistics(line('a', [[10, 30, 2]]), line('b', [[10, 10, 10]])));
  expect(rates).toEqual([0, 4, 0, 0, 0, 0, 0, 0, 0]);
  expect(latencies).toEqual([null, 4, null, null, null, null, null, null, null]);
});

test('the present step is left out: it is not over', () => {
  expect(requestRatesOf(statistics(line('a', [[90, 50, 1]])))).toMatchObject({ rate: 0, latency: null });
});

test('the figures are of the last minute', () => {
  const { rate, latency } = requestRatesOf(
    statistics(
      line('a', [
        [20, 1000, 1000],
        [30, 60, 1],
        [80, 60, 3],
      ]),
    ),
  );
  expect([rate, latency]).toEqual([2, 2]);
});
