import { lazy, Suspense, useCallback, useId, useState, type ReactNode } from 'react';
import { ApiError, isProblem, type Fault, type Finding } from '../api/api-error.ts';
import { failureOf } from '../api/not-changed.ts';
import type { ScriptKind, ScriptLanguage, ScriptVersion } from '../api/script-types.ts';
import { Badge } from '../components/badge.tsx';
import { Button } from '../components/button.tsx';
import { Notice } from '../components/notice.tsx';
import { LoadingState } from '../components/states.tsx';
import { useToast } from '../components/toast.tsx';
import { useMay } from '../session/session.ts';
import { useConfirm } from '../components/confirm.tsx';
import { ConflictDialog } from './conflict-dialog.tsx';
import { DiffDialog } from './diff-dialog.tsx';
import type { Edited } from './draft.ts';
import type { Editing } from './editing.ts';
import { useSave } from './save.ts';
import { useLibraryTexts } from './script-data.ts';
import { Split, type SplitPart } from './split.tsx';
import { UsesEditor } from './uses-editor.tsx';
import './workspace.css';

const CodeEditor = lazy(async () => ({ default: (await import('../editor/code-editor.tsx')).CodeEditor }));

const TIME = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'short' });

/** The editor of one script with what saves it, and beside it whatever tries it. */
export function Workspace(props: {
  readonly kind: ScriptKind;
  readonly id: string;
  readonly flow: string | null;
  readonly editing: Editing;
  readonly versions: readonly ScriptVersion[];
  readonly onSaved: (version: ScriptVersion, created: boolean) => void;
  /** The panel beside the editor, which may mark lines and come into sight; null for none. */
  readonly beside: ((edited: Edited, mark: (findings: readonly Finding[]) => void, show: () => void) => ReactNode) | null;
}) {
  const { kind, id, flow, editing, versions, onSaved, beside } = props;
  const { edited, dirty, base: opened, restoredFrom, latest, unkept, epoch, change } = editing;
  const mayWrite = useMay('author');
  const [note, setNote] = useState('');
  const noteField = useId();
  const [marks, setMarks] = useState<readonly Finding[]>([]);
  const [part, setPart] = useState<SplitPart>('first');
  const showBeside = useCallback(() => setPart('second'), []);
  const [comparing, setComparing] = useState(false);
  const [conflict, setConflict] = useState(false);
  const save = useSave(kind, id);
  const toast = useToast();
  const confirm = useConfirm();
  const libraryTexts = useLibraryTexts(edited.libraries);
  const newest = versions[0]?.version ?? 0;
  const isNew = newest === 0;
  const changed = dirty || isNew;

  const store = (expected: number | null) => {
    if (!mayWrite || save.isPending) return;
    if (!changed) {
      toast.done(`Version ${newest} has these very contents.`);
      return;
    }
    save.mutate(
      { edited, note, latest: expected },
      {
        onSuccess: ({ version, created }) => {
          setConflict(false);
          setMarks([]);
          setNote('');
          editing.saved(edited, version.version);
          onSaved(version, created);
        },
        onError: (error) => {
          if (isProblem(error, 'procedure-refused')) setMarks(error.findings);
          else if (isProblem(error, 'precondition-failed')) setConflict(true);
        },
      },
    );
  };
  const write = useCallback((source: string) => change({ source }), [change]);
  const askDiscard = async () => {
    const yes = await confirm({
      title: 'Discard the unsaved changes?',
      text: 'They are gone then, and the text is the one of the version in the editor.',
      action: 'Discard',
      dangerous: true,
    });
    if (yes) editing.discard();
  };
  const failed = conflict ? null : failureOf(save.error);

  const editor = (
    <div className="workspace-editor">
      <Suspense fallback={<LoadingState label="Loading the editor" />}>
        <CodeEditor
          label={`Text of ${id}`}
          name={`${kind} ${id} ${epoch}`}
          initial={edited.source}
          onChange={write}
          language={edited.language}
          flow={flow}
          libraries={libraryTexts}
          attachments={mayWrite ? { libraries: edited.libraries, secrets: edited.secrets } : null}
          readOnly={!mayWrite}
          marks={marks}
          onSave={() => store(latest)}
          actions={
            <select
              className="input workspace-language"
              aria-label="Language"
              disabled={!mayWrite}
              value={edited.language}
              onChange={({ target }) => change({ language: target.value as ScriptLanguage })}
            >
              <option value="javascript">JavaScript</option>
              <option value="typescript">TypeScript</option>
            </select>
          }
        />
      </Suspense>
    </div>
  );
  return (
    <div className="workspace stack">
      {restoredFrom !== null && dirty && (
        <Notice kind="info" title={`Your unsaved changes of ${TIME.format(restoredFrom)} are here again`}>
          Save them, or <Act onClick={() => setComparing(true)}>look what they are</Act>, or{' '}
          <Act onClick={() => void askDiscard()}>discard them</Act>.
        </Notice>
      )}
      {unkept && <Notice kind="warning">The browser has no room to keep the unsaved changes: save before you leave the page.</Notice>}
      {newest > latest && !conflict && (
        <Notice kind="warning" title={`Version ${newest} was saved by ${versions[0]?.createdBy ?? 'somebody else'} meanwhile`}>
          What is in the editor began with version {latest === 0 ? 'none' : latest}.{' '}
          <Act onClick={() => setConflict(true)}>Look what differs</Act>
        </Notice>
      )}
      {mayWrite ? (
        <div className="workspace-bar">
          <p className="workspace-state" role="status">
            {opened === 0 ? 'Nothing is saved yet' : `Version ${opened}`}
            {dirty && <Badge kind="warning">unsaved changes</Badge>}
          </p>
          <label className="workspace-note">
            <span className="visually-hidden" id={noteField}>
              What is new in the version
            </span>
            <input
              className="input"
              aria-labelledby={noteField}
              placeholder="What is new (optional)"
              maxLength={500}
              value={note}
              onChange={({ target }) => setNote(target.value)}
            />
          </label>
          {dirty && (
            <>
              <Button onClick={() => setComparing(true)}>Compare</Button>
              <Button onClick={() => void askDiscard()}>Discard</Button>
            </>
          )}
          <Button kind="primary" busy={save.isPending} disabled={!changed} onClick={() => store(latest)}>
            Save version {newest + 1}
          </Button>
        </div>
      ) : (
        <Notice kind="info">Your role reads: to change it you need the role author.</Notice>
      )}
      {failed !== null && (
        <Notice kind="danger" title="It was not saved">
          {isProblem(failed, 'procedure-refused')
            ? 'The check refuses the text: the problems are marked in it and listed below it.'
            : failed.message}
          {failed instanceof ApiError && <Faults errors={failed.errors} />}
        </Notice>
      )}
      {kind === 'procedure' && <UsesEditor edited={edited} change={change} readOnly={!mayWrite} />}
      {beside === null ? (
        editor
      ) : (
        <Split
          first={{ label: 'Editor', content: editor }}
          second={{ label: 'Try it', content: beside(edited, setMarks, showBeside) }}
          shown={part}
          show={setPart}
        />
      )}
      {comparing && (
        <DiffDialog
          kind={kind}
          id={id}
          flow={flow}
          versions={versions}
          edited={edited}
          from={opened === 0 && flow !== null ? 'default' : opened}
          to="edited"
          onClose={() => setComparing(false)}
        />
      )}
      {conflict && (
        <ConflictDialog
          kind={kind}
          id={id}
          edited={edited}
          version={versions[0]}
          saving={save.isPending}
          saveAnyway={() => store(null)}
          takeTheirs={(theirs, number) => {
            setConflict(false);
            editing.begin(theirs, number);
          }}
          goOn={(theirs, number) => {
            setConflict(false);
            editing.rebase(theirs, number);
          }}
        />
      )}
    </div>
  );
}

function Act({ onClick, children }: { readonly onClick: () => void; readonly children: string }) {
  return (
    <button type="button" className="link-button" onClick={onClick}>
      {children}
    </button>
  );
}

function Faults({ errors }: { readonly errors: readonly Fault[] }) {
  if (errors.length === 0) return null;
  return (
    <ul>
      {errors.map(({ message }) => (
        <li key={message}>{message}</li>
      ))}
    </ul>
  );
}
