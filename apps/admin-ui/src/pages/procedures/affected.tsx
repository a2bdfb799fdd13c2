import type { Procedure, ScriptVersion } from '../../api/script-types.ts';
import { Notice } from '../../components/notice.tsx';
import { ErrorState, LoadingState } from '../../components/states.tsx';
import { useBindingsOf } from './bindings-data.ts';

/** Which requests are answered otherwise when a version is activated. */
export function AffectedByActivation({ procedure, version }: { readonly procedure: Procedure; readonly version: ScriptVersion }) {
  const { data, error, refetch } = useBindingsOf(procedure.id);
  if (error !== null) return <ErrorState error={error} retry={() => void refetch()} />;
  if (data === undefined) return <LoadingState />;
  const following = data.filter((binding) => binding.version === null);
  const pinned = data.filter((binding) => binding.version !== null);
  return (
    <>
      {following.length === 0 ? (
        <Notice kind="info">
          No endpoint follows its active version: nothing is answered otherwise until it is bound.
          {pinned.length > 0 && ` ${pinned.length} ${pinned.length === 1 ? 'binding is' : 'bindings are'} pinned to a version and stay.`}
        </Notice>
      ) : (
        <Notice kind="warning" title="From then on version is what answers">
          <p>
            Version {version.version} answers <code>{procedure.flow}</code> at:
          </p>
          <ul className="affected">
            {following.map(({ profile, endpoint }) => (
              <li key={`${profile}/${endpoint}`}>
                endpoint <strong>{endpoint}</strong> of profile <strong>{profile}</strong>, for all its clients
              </li>
            ))}
          </ul>
          {pinned.length > 0 && <p>{pinned.length} more stay at the version that they pin.</p>}
        </Notice>
      )}
    </>
  );
}
