import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { get } from '../../api/request.ts';
import type { Statistics } from '../../api/shapes.ts';
import { liveAddress } from '../live/filter.ts';
import { requestRatesOf } from './request-rates.ts';
import { Sparkline } from './sparkline.tsx';

const QUERY = { seconds: 900, step: 10 };
/** Milliseconds. */
const REFRESH = 5000;

const FEW = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 });

/** Requests and latency of the last minute, and how they were before. Left out while they are not known. */
export function RightNow() {
  const { data } = useQuery({
    queryKey: ['/statistics', QUERY],
    queryFn: async ({ signal }) => (await get<Statistics>('/statistics', { query: QUERY, signal })).data,
    refetchInterval: REFRESH,
  });
  if (data === undefined) return null;
  const { rates, latencies, rate, latency } = requestRatesOf(data);
  const most = FEW.format(Math.max(0, ...rates));
  const slowest = FEW.format(Math.max(0, ...latencies.map((each) => each ?? 0)));
  return (
    <section aria-labelledby="right-now">
      <h2 id="right-now">Right now</h2>
      <dl className="figures figures-wide">
        <div className="figure">
          <dt>Requests a second</dt>
          <dd>{FEW.format(rate)}</dd>
          <dd className="figure-line">
            <Sparkline values={rates} label={`Over the last 15 minutes, at most ${most} a second`} />
          </dd>
        </div>
        <div className="figure">
          <dt>Latency, mean</dt>
          <dd>{latency === null ? '–' : `${FEW.format(latency)} ms`}</dd>
          <dd className="figure-line">
            <Sparkline values={latencies} label={`Over the last 15 minutes, at most ${slowest} ms`} />
          </dd>
        </div>
      </dl>
      <p className="muted overview-more">
        The figures are of the last minute, the lines of the last 15. <Link to={liveAddress({})}>See what runs</Link> or{' '}
        <Link to={liveAddress({}, 'charts')}>charts by version</Link>.
      </p>
    </section>
  );
}
