import type { DryRunReport } from '../../../api/script-types.ts';

const MEGABYTE = 1024 * 1024;
const BRIEF = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 2 });

/** What a run used of what it may. */
export function UsageView({
  usage: { cpuMilliseconds, wallMilliseconds, heapBytes, runs },
  limits,
}: {
  readonly usage: NonNullable<DryRunReport['usage']>;
  readonly limits: DryRunReport['limits'];
}) {
  const { cpuMilliseconds: cpu = 0, wallMilliseconds: wall = 0, heapMegabytes: heap = 0 } = limits;
  return (
    <dl className="try-usage">
      <Used name="Processor time" used={cpuMilliseconds} limit={cpu} unit="ms" />
      <Used name="Time in all" used={wallMilliseconds} limit={wall} unit="ms" />
      <Used name="Heap" used={heapBytes / MEGABYTE} limit={heap} unit="MB" />
      <div>
        <dt>Runs</dt>
        <dd>{runs === 1 ? '1' : `${runs}: once more for each call that had to be waited for`}</dd>
      </div>
    </dl>
  );
}

function Used({
  name,
  used,
  limit,
  unit,
}: {
  readonly name: string;
  readonly used: number;
  readonly limit: number;
  readonly unit: string;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {BRIEF.format(used)} of {limit} {unit}
        {/* The text says the same. */}
        <progress aria-hidden="true" value={Math.min(used, limit)} max={limit} />
      </dd>
    </div>
  );
}
