import { Link } from 'react-router';
import type { Overview } from '../../api/shapes.ts';
import { Notice } from '../../components/notice.tsx';
import { Time } from '../../components/time.tsx';
import { liveAddress } from '../live/filter.ts';

/** Procedures that failed within the last hour, where, and what was wrong the last time. */
export function Failing({ failing }: { readonly failing: Overview['failing'] }) {
  return (
    <section aria-labelledby="failing">
      <h2 id="failing">What fails</h2>
      {failing.length === 0 && <Notice kind="ok">No procedure has failed within the last hour.</Notice>}
      <ul className="overview-list">
        {failing.map(({ profile, endpoint, flow, procedure, version, runs, failures, lastFailure }) => (
          <li key={`${profile} ${endpoint} ${flow} ${procedure} ${String(version)}`}>
            <p>
              <Link to={`/procedures/${encodeURIComponent(procedure)}`}>
                {procedure}, version {version}
              </Link>
              , failed in {failures} of {runs} runs as <code>{flow}</code> at{' '}
              <Link to={`/profiles/${encodeURIComponent(profile)}/endpoints/${encodeURIComponent(endpoint)}`}>
                {endpoint} of {profile}
              </Link>
              .
            </p>
            {lastFailure !== null && (
              <p className="muted">
                <Time at={lastFailure.at} brief />: {lastFailure.message}{' '}
                <Link to={liveAddress({ profile, endpoint, flow, procedure, version: String(version), outcome: 'failed' })}>
                  See its failures
                </Link>
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
