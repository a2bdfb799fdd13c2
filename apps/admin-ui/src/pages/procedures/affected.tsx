import { useEntity } from '../../api/entity.ts';
import { path } from '../../api/request.ts';
import type { Activation, Procedure, ScriptVersion, VersionTests } from '../../api/script-types.ts';
import { Notice } from '../../components/notice.tsx';
import { ErrorState, LoadingState } from '../../components/states.tsx';
import type { EvenIfFailing } from '../../scripts/activate-dialog.tsx';

/** What one wants to know who is about to activate a version: who is answered by it then, what its check says and how it did in the samples. */
export function AffectedByActivation({
  procedure,
  version,
  evenIfFailing,
}: {
  readonly procedure: Procedure;
  readonly version: ScriptVersion;
  readonly evenIfFailing: EvenIfFailing;
}) {
  const { data, error, refetch } = useEntity<Activation>(path`/procedures/${procedure.id}/versions/${version.version}/activation`);
  if (data === undefined) return error === null ? <LoadingState /> : <ErrorState error={error} retry={() => void refetch()} />;
  const { affected, pinned, findings, tests } = data.data;
  const staying =
    pinned.length === 0 ? '' : ` ${pinned.length} ${pinned.length === 1 ? 'binding stays' : 'bindings stay'} at the version pinned there.`;
  return (
    <>
      {affected.length === 0 ? (
        <Notice kind="info">No endpoint follows its active version: nothing is answered otherwise until it is bound.{staying}</Notice>
      ) : (
        <Notice kind="warning" title={`From then on version ${version.version} answers ${procedure.flow} at`}>
          <ul className="affected">
            {affected.map(({ profile, endpoint, clients }) => (
              <li key={`${profile}/${endpoint}`}>
                <strong>{endpoint}</strong> of profile <strong>{profile}</strong>, for {clients === 1 ? '1 client' : `${clients} clients`}
              </li>
            ))}
          </ul>
          {staying !== '' && <p>{staying}</p>}
        </Notice>
      )}
      {findings.length > 0 && (
        <Notice kind="warning" title="The check of its types says">
          <ul className="affected">
            {findings.map(({ line, column, message }) => (
              <li key={`${line ?? 0}:${column ?? 0} ${message}`}>
                {line !== undefined && `Line ${line}: `}
                {message}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <Samples tests={tests} evenIfFailing={evenIfFailing} />
    </>
  );
}

function Samples({ tests, evenIfFailing }: { readonly tests: VersionTests | null; readonly evenIfFailing: EvenIfFailing }) {
  if (tests === null || tests.samples.length === 0) return <p className="muted">It has not run in any samples.</p>;
  const failing = tests.samples.filter(({ state }) => state === 'failed');
  if (failing.length === 0) {
    const all = tests.state === 'passed';
    return (
      <Notice kind={all ? 'ok' : 'info'}>
        {all ? `It passed in all ${tests.samples.length} samples.` : 'Some of its samples could not be run.'}
      </Notice>
    );
  }
  return (
    <Notice kind="danger" title={`It fails in ${failing.length} of ${tests.samples.length} samples`}>
      <ul className="affected">
        {failing.map(({ name, problems }) => (
          <li key={name}>
            <strong>{name}</strong>: {problems.join('; ')}
          </li>
        ))}
      </ul>
      <label className="check">
        <input type="checkbox" checked={evenIfFailing.chosen} onChange={({ target }) => evenIfFailing.choose(target.checked)} />
        <span>Activate it all the same. The audit trail says so.</span>
      </label>
    </Notice>
  );
}
