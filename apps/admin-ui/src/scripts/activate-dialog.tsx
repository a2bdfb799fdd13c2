import { lazy, Suspense, useState, type ReactNode } from 'react';
import { isProblem } from '../api/api-error.ts';
import { ChangeProposed, failureOf } from '../api/not-changed.ts';
import type { Script, ScriptKind, ScriptVersion } from '../api/script-types.ts';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { Notice } from '../components/notice.tsx';
import { ErrorState, LoadingState } from '../components/states.tsx';
import { useMay } from '../session/session.ts';
import { useActivate } from './activate.ts';
import { useFlow, useSource } from './script-data.ts';

const DiffView = lazy(async () => ({ default: (await import('../editor/diff-view.tsx')).DiffView }));

/** That a version which fails in samples is activated all the same. */
export interface EvenIfFailing {
  readonly chosen: boolean;
  readonly choose: (yes: boolean) => void;
}

/** Shows what becomes of it when a version is activated, and activates it. */
export function ActivateDialog(props: {
  readonly kind: ScriptKind;
  readonly script: Script;
  readonly etag: string | null;
  readonly version: ScriptVersion;
  readonly versions: readonly ScriptVersion[];
  /** Null for a library. */
  readonly flow: string | null;
  /** What else there is to know before one does it. */
  readonly children: (evenIfFailing: EvenIfFailing) => ReactNode;
  readonly onClose: () => void;
  readonly onActivated: () => void;
}) {
  const { kind, script, etag, version, versions, flow, children, onClose, onActivated } = props;
  const mayActivate = useMay('admin');
  const activate = useActivate(kind, script.id);
  const [evenIfFailing, setEvenIfFailing] = useState(false);
  const active = script.activeVersion;
  const after = useSource(kind, script.id, version.version);
  const before = useSource(kind, script.id, active);
  const shipped = useFlow(active === null ? flow : null);
  const was = active === null ? (flow === null ? '' : (shipped.data?.default.source ?? null)) : (before.data ?? null);
  const failure = failureOf(activate.error);
  const error = after.error ?? before.error ?? shipped.error;
  const languageOf = (number: number | null) => versions.find((one) => one.version === number)?.language ?? 'javascript';
  const confirm = () =>
    activate.mutate(
      { version: version.version, etag, evenIfFailing },
      { onSuccess: onActivated, onError: (thrown) => thrown instanceof ChangeProposed && onClose() },
    );
  return (
    <Dialog
      wide
      title={`Activate version ${version.version} of ${script.id}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" busy={activate.isPending} onClick={confirm}>
            {mayActivate ? 'Activate' : 'Propose it'}
          </Button>
        </>
      }
    >
      {failure !== null && (
        <Notice kind="danger" title="It was not activated">
          {isProblem(failure, 'precondition-failed')
            ? 'Somebody else has changed it since you opened this. What is shown below is as it is now: look again, then activate.'
            : failure.message}
        </Notice>
      )}
      {children({ chosen: evenIfFailing, choose: setEvenIfFailing })}
      <h3>
        {active === null
          ? flow === null
            ? 'No version is active yet'
            : 'What changes against the shipped procedure'
          : `What changes against version ${active}, which is active now`}
      </h3>
      {error !== null ? (
        <ErrorState error={error} />
      ) : was === null || after.data === undefined ? (
        <LoadingState />
      ) : (
        <Suspense fallback={<LoadingState />}>
          <DiffView before={was} after={after.data} language={languageOf(version.version)} label="What changes" />
        </Suspense>
      )}
      <Pins before={versions.find((one) => one.version === active)} after={version} />
    </Dialog>
  );
}

/** What a version may use is as much of a change as its text. */
function Pins({ before, after }: { readonly before: ScriptVersion | undefined; readonly after: ScriptVersion }) {
  const named = (version: ScriptVersion | undefined) => [
    ...(version?.libraries ?? []).map(({ library, version: number }) => `library ${library}@${number}`),
    ...(version?.secrets ?? []).map((secret) => `secret ${secret}`),
  ];
  const [old, now] = [named(before), named(after)];
  const came = now.filter((one) => !old.includes(one));
  const went = old.filter((one) => !now.includes(one));
  if (came.length + went.length === 0) return null;
  return (
    <div>
      <h3>What it may use</h3>
      <ul>
        {came.map((one) => (
          <li key={one}>
            <strong>New:</strong> {one}
          </li>
        ))}
        {went.map((one) => (
          <li key={one}>
            <strong>Gone:</strong> {one}
          </li>
        ))}
      </ul>
    </div>
  );
}
