import { Link } from 'react-router';
import { Time } from '../../../components/time.tsx';
import type { Activation } from '../activations.ts';

/** What the marks in the charts are. */
export function Activations({ of }: { readonly of: readonly Activation[] }) {
  if (of.length === 0) return null;
  return (
    <details className="chart-activations">
      <summary>{of.length === 1 ? 'One activation' : `${of.length} activations`} within this time, marked in the charts</summary>
      <ul className="steps">
        {of.map(({ procedure, version, before, at, actor, isRollback }) => (
          <li key={`${at} ${procedure} ${String(version)}`}>
            <Link to={`/procedures/${encodeURIComponent(procedure)}/versions`}>{procedure}</Link>:{' '}
            {version === null ? 'no version' : `version ${version}`}
            {isRollback && ', rolled back'}
            {before === null ? '' : `, after version ${before}`}, by {actor}, <Time at={at} />
          </li>
        ))}
      </ul>
    </details>
  );
}
