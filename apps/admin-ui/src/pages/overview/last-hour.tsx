import type { Overview } from '../../api/shapes.ts';

const COUNT = new Intl.NumberFormat();

/** What was asked for and what ran within the last hour. */
export function LastHour({ of: { lastHour, sandbox } }: { readonly of: Overview }) {
  const figures = [
    ['Requests', lastHour.requests, false],
    ['Server errors', lastHour.serverErrors, lastHour.serverErrors > 0],
    ['Runs of procedures', lastHour.runs, false],
    ['Failed runs', lastHour.failures, lastHour.failures > 0],
    ['Runs at this moment', sandbox.inFlight, false],
  ] as const;
  return (
    <section aria-labelledby="last-hour">
      <h2 id="last-hour">The last hour</h2>
      <dl className="figures">
        {figures.map(([title, count, isBad]) => (
          <div key={title} className={isBad ? 'figure figure-bad' : 'figure'}>
            <dt>{title}</dt>
            <dd>{COUNT.format(count)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
