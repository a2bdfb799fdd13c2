import type { Statistics } from '../../../api/shapes.ts';

type RunLine = Statistics['runs'][number];
export type RunPoint = RunLine['points'][number];

/** What ran of one version at one flow of an endpoint, in each step; null where nothing ran. */
export interface Series {
  readonly key: string;
  readonly label: string;
  /** Null for what the service counts together. */
  readonly procedure: string | null;
  readonly points: readonly (RunPoint | null)[];
}

/** Statistics to draw. */
export interface SeriesOf {
  /** When each step began, seconds since 1970. */
  readonly times: readonly number[];
  /** Those with the most runs, in the order of their names. */
  readonly series: readonly Series[];
  /** How many others there are. */
  readonly left: number;
}

/** @param most series that are told apart */
export function seriesOf({ from, to, step, runs }: Statistics, most: number): SeriesOf {
  const times = Array.from({ length: Math.max(0, Math.round((to - from) / step)) }, (_, i) => from + i * step);
  const shown = runs
    .toSorted((a, b) => b.total.runs - a.total.runs)
    .slice(0, most)
    .toSorted((a, b) => keyOf(a).localeCompare(keyOf(b)));
  return {
    times,
    series: shown.map((line) => {
      const points = new Map(line.points.map((point) => [point.at, point]));
      return {
        key: keyOf(line),
        label: labelOf(line, runs),
        procedure: line.procedure,
        points: times.map((at) => points.get(at) ?? null),
      };
    }),
    left: runs.length - shown.length,
  };
}

/** As short as it can be told from the others. */
function labelOf(line: RunLine, all: readonly RunLine[]): string {
  const { procedure, version, endpoint, flow, profile } = line;
  if (procedure === null) return 'everything else';
  const name = version === null || version === 0 ? procedure : `${procedure}, version ${version}`;
  const like = all.filter((other) => other !== line && other.procedure === procedure && other.version === version);
  if (like.length === 0) return name;
  if (like.every((other) => other.endpoint !== endpoint)) return `${name} at ${endpoint ?? ''}`;
  if (like.every((other) => other.endpoint !== endpoint || other.flow !== flow)) return `${name} at ${endpoint ?? ''}, ${flow ?? ''}`;
  return `${name} at ${profile ?? ''}/${endpoint ?? ''}, ${flow ?? ''}`;
}

function keyOf({ profile, endpoint, flow, procedure, version }: RunLine): string {
  return JSON.stringify([procedure, version, profile, endpoint, flow]);
}
