import type { Statistics } from '../../api/shapes.ts';

/** What was asked of the node in each step, all endpoints together. */
export interface RequestRates {
  /** Requests a second. */
  readonly rates: readonly number[];
  /** Mean milliseconds from a request to its answer; null where nothing was asked. */
  readonly latencies: readonly (number | null)[];
  /** The same of the last minute that is over. */
  readonly rate: number;
  readonly latency: number | null;
}

const MINUTE = 60;

/** Of the steps that are over: the present one would look as if there were less. */
export function requestRatesOf({ from, to, step, requests }: Statistics): RequestRates {
  const counts = Array.from({ length: Math.max(0, Math.round((to - from) / step) - 1) }, () => ({ requests: 0, milliseconds: 0 }));
  for (const { points } of requests)
    for (const { at, requests: asked, milliseconds } of points) {
      const count = counts[Math.round((at - from) / step)];
      if (count === undefined) continue;
      count.requests += asked;
      count.milliseconds += asked * (milliseconds?.mean ?? 0);
    }
  const last = counts.slice(-Math.ceil(MINUTE / step));
  const [asked, milliseconds] = [sum(last.map((each) => each.requests)), sum(last.map((each) => each.milliseconds))];
  return {
    rates: counts.map((count) => count.requests / step),
    latencies: counts.map((count) => (count.requests === 0 ? null : count.milliseconds / count.requests)),
    rate: last.length === 0 ? 0 : asked / (last.length * step),
    latency: asked === 0 ? null : milliseconds / asked,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
