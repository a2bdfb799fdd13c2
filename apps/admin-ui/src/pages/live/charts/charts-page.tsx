import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get } from '../../../api/request.ts';
import type { Statistics } from '../../../api/shapes.ts';
import { FilterSelect } from '../../../components/filter-select.tsx';
import { useFilters } from '../../../components/filters.ts';
import { EmptyState, ErrorState, LoadingState } from '../../../components/states.tsx';
import { useActivations, type Activation } from '../activations.ts';
import { useLiveFilter } from '../filter.ts';
import { LiveFilters } from '../live-filters.tsx';
import { LiveHeader } from '../live-header.tsx';
import { bytes, milliseconds } from '../words.ts';
import { Activations } from './activations-list.tsx';
import { Chart, type ChartData, type ChartLine } from './chart.tsx';
import { seriesOf, type RunPoint, type Series, type SeriesOf } from './series.ts';
import './charts.css';

/** Seconds shown, seconds of a step, milliseconds between two looks. */
const RANGES = {
  '15m': { label: 'The last 15 minutes', seconds: 900, step: 10, refresh: 5_000 },
  '1h': { label: 'The last hour', seconds: 3_600, step: 30, refresh: 10_000 },
  '6h': { label: 'The last 6 hours', seconds: 21_600, step: 300, refresh: 30_000 },
  '24h': { label: 'The last day', seconds: 86_400, step: 900, refresh: 60_000 },
} as const;
type Range = keyof typeof RANGES;

/** As many as can be told apart by their colours. */
const MOST_SERIES = 6;

/** Latency, processor time, heap and failures by version, with the moments at which others became active. */
export function ChartsPage() {
  const [{ range: asked }, set] = useFilters('range');
  const range: Range = Object.hasOwn(RANGES, asked) ? (asked as Range) : '15m';
  const { data, error, refetch } = useStatistics(range);
  return (
    <>
      <LiveHeader />
      <LiveFilters forCharts>
        <FilterSelect
          label="Time"
          value={range}
          options={Object.entries(RANGES).map(([id, { label }]) => [id, label])}
          onChange={set('range')}
        />
      </LiveFilters>
      {data !== undefined ? (
        <Charts of={data} />
      ) : error === null ? (
        <LoadingState />
      ) : (
        <ErrorState error={error} retry={() => void refetch()} />
      )}
    </>
  );
}

function useStatistics(range: Range) {
  const { filter } = useLiveFilter();
  const { profile, procedure, version, endpoint, flow } = filter;
  const { seconds, step, refresh } = RANGES[range];
  const query = { profile, procedure, version, endpoint, flow, step, seconds };
  return useQuery({
    queryKey: ['/statistics', query],
    queryFn: async ({ signal }) => (await get<Statistics>('/statistics', { query, signal })).data,
    refetchInterval: refresh,
    placeholderData: keepPreviousData,
  });
}

function Charts({ of: statistics }: { readonly of: Statistics }) {
  const found = useMemo(() => seriesOf(statistics, MOST_SERIES), [statistics]);
  const { series, left } = found;
  const procedures = [...new Set(series.flatMap(({ procedure }) => procedure ?? []))];
  const known = useActivations(procedures);
  const { from, to, step } = statistics;
  const charts = useMemo(() => {
    const activations = known.filter(({ at }) => at >= from && at < to);
    return { activations, all: chartsOf(found, activations, step) };
  }, [found, known, from, to, step]);
  if (series.length === 0)
    return <EmptyState title="Nothing of this has run within this time">What runs is counted since the node has started.</EmptyState>;
  return (
    <>
      <ul className="chart-legend" aria-label="What is drawn">
        {series.map(({ key, label }, index) => (
          <li key={key}>
            <span className={`swatch series-${index}`} /> {label}
          </li>
        ))}
        {left > 0 && <li className="muted">{left === 1 ? 'One more' : `${left} more`}, with fewer runs: a filter shows them.</li>}
      </ul>
      <Activations of={charts.activations} />
      <div className="charts">
        {charts.all.map((data) => (
          <Chart key={data.title} data={data} />
        ))}
      </div>
    </>
  );
}

type Distribution = RunPoint['milliseconds'];

function chartsOf({ times, series }: SeriesOf, activations: readonly Activation[], step: number): readonly ChartData[] {
  const marks = activations
    .toReversed()
    .map(({ at, version, procedure }) => ({ at, label: version === null ? `${procedure}: none` : `${procedure} ${version}` }));
  const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', ...(step < 60 ? { second: '2-digit' } : {}) });
  const formatTime = (at: number) => clock.format(at * 1000);
  const shared = { times, marks, formatTime };
  const percentiles = (of: (point: RunPoint) => Distribution) =>
    series.flatMap((each, color) => [
      lineOf(each, color, `${each.label}, p99`, (point) => of(point)?.p99 ?? null),
      { ...lineOf(each, color, `${each.label}, p50`, (point) => of(point)?.p50 ?? null), isDashed: true },
    ]);
  const counts = (of: (point: RunPoint) => number) =>
    series.map((each, color) => ({ ...lineOf(each, color, each.label, of, 0), isStepped: true }));
  const unit = step < 60 ? `${step} seconds` : step === 60 ? 'minute' : `${step / 60} minutes`;
  return [
    { ...shared, title: 'Latency: p99, and p50 dashed', lines: percentiles((point) => point.milliseconds), format: milliseconds },
    { ...shared, title: `Failures in ${unit}`, lines: counts((point) => point.failures), format: whole, increments: WHOLE },
    { ...shared, title: 'Processor time: p99, and p50 dashed', lines: percentiles((point) => point.cpuMilliseconds), format: milliseconds },
    { ...shared, title: 'Heap: p99, and p50 dashed', lines: percentiles((point) => point.heapBytes), format: bytes, increments: BINARY },
    { ...shared, title: `Runs in ${unit}`, lines: counts((point) => point.runs), format: whole, increments: WHOLE },
  ];
}

/** @param none where nothing ran */
function lineOf(
  { points }: Series,
  color: number,
  label: string,
  of: (point: RunPoint) => number | null,
  none: number | null = null,
): ChartLine {
  return { label, color, isDashed: false, isStepped: false, values: points.map((point) => (point === null ? none : of(point))) };
}

const COUNT = new Intl.NumberFormat();
const whole = (count: number) => COUNT.format(count);
/** 1, 2, 5, 10 and so on: counts have no parts. */
const WHOLE = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((each) => each * 10 ** power)).flat();
/** From a kibibyte to a gibibyte. */
const BINARY = Array.from({ length: 21 }, (_, power) => 1024 * 2 ** power);
