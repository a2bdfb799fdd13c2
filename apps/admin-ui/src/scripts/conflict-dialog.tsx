import { lazy, Suspense } from 'react';
import type { ScriptKind, ScriptVersion } from '../api/script-types.ts';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { ErrorState, LoadingState } from '../components/states.tsx';
import { Time } from '../components/time.tsx';
import type { Edited } from './draft.ts';
import { editedOf, useSource } from './script-data.ts';

const DiffView = lazy(async () => ({ default: (await import('../editor/diff-view.tsx')).DiffView }));

/** Somebody else has saved a version since the text was taken: shows how they differ and asks what shall be. */
export function ConflictDialog(props: {
  readonly kind: ScriptKind;
  readonly id: string;
  readonly edited: Edited;
  /** Theirs; undefined until it is read. */
  readonly version: ScriptVersion | undefined;
  readonly saving: boolean;
  readonly saveAnyway: () => void;
  readonly takeTheirs: (theirs: Edited, version: number) => void;
  readonly goOn: (theirs: Edited, version: number) => void;
}) {
  const { kind, id, edited, version, saving, saveAnyway, takeTheirs, goOn } = props;
  const source = useSource(kind, id, version?.version ?? null);
  if (version === undefined || source.data === undefined) {
    return (
      <Dialog title="Somebody else saved meanwhile" onClose={() => undefined} firm>
        {source.error === null ? <LoadingState /> : <ErrorState error={source.error} retry={() => void source.refetch()} />}
      </Dialog>
    );
  }
  const theirs = editedOf(version, source.data);
  return (
    <Dialog
      wide
      title="Somebody else saved meanwhile"
      onClose={() => goOn(theirs, version.version)}
      actions={
        <>
          <Button kind="danger" onClick={() => takeTheirs(theirs, version.version)}>
            Discard mine, open version {version.version}
          </Button>
          <Button onClick={() => goOn(theirs, version.version)}>Go on editing mine</Button>
          <Button kind="primary" busy={saving} onClick={saveAnyway}>
            Save mine as version {version.version + 1}
          </Button>
        </>
      }
    >
      <p>
        Version {version.version} was saved <Time at={version.createdAt} brief /> by {version.createdBy}
        {version.note === '' ? '' : `: ${version.note}`}. Nothing of it is lost when you save yours: versions never change. This is how
        yours differs from it.
      </p>
      <Suspense fallback={<LoadingState />}>
        <DiffView before={source.data} after={edited.source} language={edited.language} label="From theirs to yours" />
      </Suspense>
    </Dialog>
  );
}
