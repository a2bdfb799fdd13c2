import type { EndpointKind } from '#libs/oauth';
import { EXECUTION_OUTCOMES, isFailure } from '../execution-filter.ts';
import { DURATIONS, HEAP, HEAP_UNIT, LATENCIES, PROCESSOR, STATUS_CLASSES, type ExecutionStatistics } from './execution-statistics.ts';
import { countOf, quantile } from './histogram.ts';
import { Row, type TimeSeries } from './time-series.ts';

/** Mean and percentiles; null without values. The percentiles are right to a quarter or better. */
export type Distribution = { readonly mean: number; readonly p50: number; readonly p95: number; readonly p99: number } | null;

/** What ran in some time. */
export interface RunCounts {
  readonly runs: number;
  readonly failures: number;
  /** Those that there were. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly milliseconds: Distribution;
  /** Of the runs that were measured: ten a second at most. */
  readonly cpuMilliseconds: Distribution;
  readonly heapBytes: Distribution;
}

/** What was asked in some time. */
export interface RequestCounts {
  readonly requests: number;
  /** By class: `2xx`, `4xx`; those that there were. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly milliseconds: Distribution;
}

/** The counts of one step. */
export type PointOf<Counts> = Counts & {
  /** Seconds since 1970 when the step began. */
  readonly at: number;
};

/** One line: a program at a flow of an endpoint; all null for those beyond the ones told apart. */
export interface RunLine {
  readonly profile: string | null;
  readonly endpoint: string | null;
  readonly flow: string | null;
  readonly procedure: string | null;
  readonly version: number | null;
  /** Of all the time that was asked for. */
  readonly total: RunCounts;
  readonly points: readonly PointOf<RunCounts>[];
}

export interface RequestLine {
  readonly profile: string | null;
  readonly endpoint: string | null;
  readonly kind: EndpointKind | null;
  /** Null also where no procedure ran. */
  readonly flow: string | null;
  readonly total: RequestCounts;
  readonly points: readonly PointOf<RequestCounts>[];
}

/** Which statistics are meant: lines that fit everything that is said, and when. */
export interface StatisticsQuery {
  readonly profile?: string;
  readonly procedure?: string;
  readonly version?: number;
  readonly endpoint?: string;
  readonly flow?: string;
  /** Seconds since 1970, both multiples of the step. */
  readonly from: number;
  readonly to: number;
  /** Seconds: less than a minute for the last hour, whole minutes for the last day. */
  readonly step: number;
}

/** What was counted, as lines with points where something was. */
export function statisticsView(
  { runs, requests }: ExecutionStatistics,
  query: StatisticsQuery,
): { readonly runs: readonly RunLine[]; readonly requests: readonly RequestLine[] } {
  const { from, to, step } = query;
  const runLines: RunLine[] = [];
  for (const [place, series] of runs) {
    const { profile = null, endpoint = null, flow = null, procedure = null, version = null } = place ?? {};
    const line = { profile, endpoint, flow, procedure, version };
    if (!fits(line, query, ['profile', 'endpoint', 'flow', 'procedure', 'version'])) continue;
    const counted = countedBy(series.read(from, to, step), runCounts);
    if (counted !== null) runLines.push({ ...line, ...counted });
  }
  const requestLines: RequestLine[] = [];
  for (const [place, series] of requests) {
    const { profile = null, endpoint = null, kind = null } = place ?? {};
    const line = { profile, endpoint, kind, flow: place !== null && 'flow' in place ? place.flow : null };
    if (!fits(line, query, ['profile', 'endpoint', 'flow'])) continue;
    const counted = countedBy(series.read(from, to, step), requestCounts);
    if (counted !== null) requestLines.push({ ...line, ...counted });
  }
  return { runs: runLines, requests: requestLines };
}

type Member = 'profile' | 'endpoint' | 'flow' | 'procedure' | 'version';

function fits(line: Partial<Record<Member, unknown>>, query: StatisticsQuery, members: readonly Member[]): boolean {
  return members.every((member) => query[member] === undefined || query[member] === line[member]);
}

/** All of it and step by step; null where nothing was counted. */
function countedBy<Counts>(steps: ReturnType<TimeSeries['read']>, countsOf: (row: Row) => Counts) {
  const [first] = steps;
  if (first === undefined) return null;
  const all = new Row(0, first.row.counts.length, first.row.sums.length);
  for (const { row } of steps) all.add(row);
  return { total: countsOf(all), points: steps.map(({ at, row }): PointOf<Counts> => ({ at, ...countsOf(row) })) };
}

function runCounts({ counts, sums }: Row): RunCounts {
  const outcomes: Record<string, number> = {};
  let [runs, failures] = [0, 0];
  EXECUTION_OUTCOMES.forEach((outcome, i) => {
    const count = counts[i] as number;
    if (count === 0) return;
    outcomes[outcome] = count;
    runs += count;
    if (isFailure(outcome)) failures += count;
  });
  return {
    ...{ runs, failures, outcomes },
    milliseconds: distribution(counts, DURATIONS, sums[0], 1 / 1000),
    cpuMilliseconds: distribution(counts, PROCESSOR, sums[1], 1 / 1000),
    heapBytes: distribution(counts, HEAP, sums[2], HEAP_UNIT),
  };
}

function requestCounts({ counts, sums }: Row): RequestCounts {
  const classes = Array.from({ length: STATUS_CLASSES }, (_, i) => [`${i + 1}xx`, counts[i] as number] as const);
  return {
    requests: classes.reduce((sum, [, count]) => sum + count, 0),
    statuses: Object.fromEntries(classes.filter(([, count]) => count > 0)),
    milliseconds: distribution(counts, LATENCIES, sums[0], 1 / 1000),
  };
}

/** @param unit of the histogram in that of the answer */
function distribution(counts: Uint32Array, from: number, sum = 0, unit: number): Distribution {
  const values = countOf(counts, from);
  if (values === 0) return null;
  const part = (of: number) => rounded((quantile(counts, from, of) ?? 0) * unit);
  return { mean: rounded(sum / values), p50: part(0.5), p95: part(0.95), p99: part(0.99) };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
