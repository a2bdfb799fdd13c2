import { lazy, Suspense, type ComponentType } from 'react';
import type { Procedure, ScriptVersion } from '../../api/script-types.ts';
import { LoadingState } from '../../components/states.tsx';
import type { DraftOf, Edited } from '../../scripts/draft.ts';
import { useEditing } from '../../scripts/editing.ts';
import type { TryPanelProps } from '../../scripts/try-panel-props.ts';
import { Workspace } from '../../scripts/workspace.tsx';

/** What tries the text beside the editor, where there is one. */
const PANELS = import.meta.glob<{ readonly default: ComponentType<TryPanelProps> }>('./try-panel.tsx');
const loadPanel = PANELS['./try-panel.tsx'];
const TryPanel = loadPanel === undefined ? null : lazy(loadPanel);

export function EditTab({
  procedure,
  versions,
  start,
  opened,
  draftOf,
  onSaved,
}: {
  readonly procedure: Procedure;
  readonly versions: readonly ScriptVersion[];
  readonly start: Edited;
  readonly opened: number;
  readonly draftOf: DraftOf;
  readonly onSaved: (version: ScriptVersion, created: boolean) => void;
}) {
  const { id, flow } = procedure;
  const editing = useEditing(draftOf, start, opened, versions[0]?.version ?? 0);
  return (
    <Workspace
      kind="procedure"
      id={id}
      flow={flow}
      editing={editing}
      versions={versions}
      onSaved={onSaved}
      beside={
        TryPanel === null
          ? null
          : (edited, mark, show) => (
              <Suspense fallback={<LoadingState />}>
                <TryPanel procedure={id} flow={flow} {...edited} onMarks={mark} onShow={show} />
              </Suspense>
            )
      }
    />
  );
}
