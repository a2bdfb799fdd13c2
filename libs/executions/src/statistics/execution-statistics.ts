import type { EndpointPlace, ProgramPlace, Usage } from '#libs/oauth';
import { EXECUTION_OUTCOMES } from '../execution-filter.ts';
import type { ExecutionOutcomeName } from '../execution-ring.ts';
import { BUCKETS, bucketOf } from './histogram.ts';
import { SeriesShelf } from './series-shelf.ts';
import { TimeSeries } from './time-series.ts';

/** Series of runs and of requests that are told apart; what is beyond is counted together. A busy one takes about a megabyte a day. */
const MOST_RUNS = 32;
const MOST_REQUESTS = 48;
/** Milliseconds between two runs of a program that are measured. */
const BETWEEN_MEASURES = 100;

/** Where things are in the row of runs: one count for each outcome, then three histograms. */
export const OUTCOME_COUNTS = EXECUTION_OUTCOMES.length;
export const DURATIONS = OUTCOME_COUNTS;
export const PROCESSOR = DURATIONS + BUCKETS;
export const HEAP = PROCESSOR + BUCKETS;
const RUN_COUNTS = HEAP + BUCKETS;
/** In the row of requests: one count for each class of statuses, then a histogram. */
export const STATUS_CLASSES = 5;
export const LATENCIES = STATUS_CLASSES;
const REQUEST_COUNTS = LATENCIES + BUCKETS;
/** Units of the histograms: microseconds, and bytes by this many. */
export const HEAP_UNIT = 64;

const INDEX = Object.fromEntries(EXECUTION_OUTCOMES.map((outcome, i) => [outcome, i])) as Readonly<Record<ExecutionOutcomeName, number>>;

/** Of one program at one flow of one endpoint. */
export class RunSeries extends TimeSeries {
  measuredAt = 0;

  constructor() {
    super(RUN_COUNTS, 3);
  }
}

/** Counts what runs and what is asked, by time, in memory that has a bound. */
export class ExecutionStatistics {
  readonly runs = new SeriesShelf<ProgramPlace, RunSeries>(
    MOST_RUNS,
    ({ profile, endpoint, flow, procedure, version }) => [profile, endpoint, flow, procedure, version].join('\n'),
    () => new RunSeries(),
  );
  readonly requests = new SeriesShelf<EndpointPlace | ProgramPlace, TimeSeries>(
    MOST_REQUESTS,
    (place) => [place.profile, place.endpoint, 'flow' in place ? place.flow : ''].join('\n'),
    () => new TimeSeries(REQUEST_COUNTS, 1),
  );

  /** Many a run of a busy program is not measured; each of one that runs now and then is. */
  wantsUsage(place: ProgramPlace, now: number): boolean {
    const series = this.runs.of(place, now);
    if (now - series.measuredAt < BETWEEN_MEASURES && now >= series.measuredAt) return false;
    series.measuredAt = now;
    return true;
  }

  ran(place: ProgramPlace, outcome: ExecutionOutcomeName, now: number, milliseconds: number, usage: Usage | undefined): void {
    const { counts, sums } = this.runs.of(place, now).at(now);
    count(counts, INDEX[outcome]);
    count(counts, DURATIONS + bucketOf(milliseconds * 1000));
    sums[0] = (sums[0] as number) + milliseconds;
    if (usage === undefined) return;
    count(counts, PROCESSOR + bucketOf(usage.cpuMilliseconds * 1000));
    count(counts, HEAP + bucketOf(usage.heapBytes / HEAP_UNIT));
    sums[1] = (sums[1] as number) + usage.cpuMilliseconds;
    sums[2] = (sums[2] as number) + usage.heapBytes;
  }

  /** What was counted as returned was none. */
  foundWrong(place: ProgramPlace, at: number): void {
    const { counts } = this.runs.of(place, at).at(at);
    const returned = counts[INDEX.returned] as number;
    if (returned > 0) counts[INDEX.returned] = returned - 1;
    count(counts, INDEX['invalid-response']);
  }

  answered(place: EndpointPlace, ran: ProgramPlace | null, status: number, now: number, milliseconds: number): void {
    const { counts, sums } = this.requests.of(ran ?? place, now).at(now);
    count(counts, Math.min(STATUS_CLASSES, Math.max(1, Math.floor(status / 100))) - 1);
    count(counts, LATENCIES + bucketOf(milliseconds * 1000));
    sums[0] = (sums[0] as number) + milliseconds;
  }
}

function count(counts: Uint32Array, index: number): void {
  counts[index] = (counts[index] as number) + 1;
}
