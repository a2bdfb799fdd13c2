import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { isProblem } from '../../api/api-error.ts';
import type { Library, ScriptVersion } from '../../api/script-types.ts';
import { Badge, OriginBadge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { ErrorState, LoadingState } from '../../components/states.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { useToast } from '../../components/toast.tsx';
import { ActivateDialog } from '../../scripts/activate-dialog.tsx';
import { DiffDialog } from '../../scripts/diff-dialog.tsx';
import { readDraft, type DraftOf, type Edited } from '../../scripts/draft.ts';
import { useEditing } from '../../scripts/editing.ts';
import { useOpenedVersion } from '../../scripts/opened-version.ts';
import { editedOf, useScript, useSource, useVersions } from '../../scripts/script-data.ts';
import { SettingsPanel } from '../../scripts/settings-panel.tsx';
import { VersionsPanel } from '../../scripts/versions-panel.tsx';
import { Workspace } from '../../scripts/workspace.tsx';
import { useAdministrator, useMay } from '../../session/session.ts';
import { NotFoundPage } from '../../shell/not-found-page.tsx';

const TABS = [
  ['', 'Edit'],
  ['versions', 'Versions'],
  ['settings', 'Settings'],
] as const;
const PARENT = { to: '/libraries', label: 'Libraries' };
const EMPTY: Edited = { source: '', language: 'javascript', libraries: [], secrets: [] };

/** One library: its text and its versions. One that is only written, and not saved, is there as a draft. */
export function LibraryPage() {
  const { library: id = '', tab = '' } = useParams();
  const administrator = useAdministrator().id;
  const library = useScript<Library>('library', id);
  const versions = useVersions('library', id);
  const isNew = isProblem(library.error, 'not-found') && readDraft({ administrator, kind: 'library', id }) !== null;
  // From its first version on it is there, and what is shown stays as it is.
  const [begun, setBegun] = useState<string | null>(null);
  if (isNew && begun !== id) setBegun(id);
  const error = library.error ?? versions.error;
  if (!TABS.some(([path]) => path === tab)) return <NotFoundPage />;
  if (isNew || begun === id) {
    const { data, etag } = library.data ?? { data: { id, description: '', activeVersion: null, origin: 'api' } as const, etag: null };
    return <Loaded key={id} library={data} etag={etag} versions={versions.data ?? []} tab={tab} />;
  }
  if (library.data !== undefined && versions.data !== undefined)
    return <Loaded key={id} library={library.data.data} etag={library.data.etag} versions={versions.data} tab={tab} />;
  if (error === null) return <LoadingState />;
  return (
    <>
      <PageHeader title={id} parent={PARENT} />
      <ErrorState error={error} retry={() => void Promise.all([library.refetch(), versions.refetch()])} />
    </>
  );
}

function Loaded({
  library,
  etag,
  versions,
  tab,
}: {
  readonly library: Library;
  readonly etag: string | null;
  readonly versions: readonly ScriptVersion[];
  readonly tab: string;
}) {
  const { id, activeVersion, origin, description } = library;
  const base = `/libraries/${encodeURIComponent(id)}`;
  const navigate = useNavigate();
  const toast = useToast();
  const mayWrite = useMay('author');
  const draftOf = { administrator: useAdministrator().id, kind: 'library', id } as const;
  const newest = versions[0];
  const { opened, shown, epoch, open, savedAs } = useOpenedVersion(newest?.version ?? 0, draftOf);
  const source = useSource('library', id, opened);
  const version = versions.find((one) => one.version === opened);
  const start = opened === 0 ? EMPTY : source.data === undefined || version === undefined ? null : editedOf(version, source.data);
  const [activating, setActivating] = useState<ScriptVersion | null>(null);
  const [comparing, setComparing] = useState<ScriptVersion | null>(null);
  return (
    <>
      <PageHeader
        title={id}
        parent={PARENT}
        {...(description === '' ? {} : { description })}
        aside={
          <>
            {activeVersion === null ? (
              <Badge kind="warning">no version active</Badge>
            ) : (
              <Badge kind="ok">version {activeVersion} active</Badge>
            )}
            <OriginBadge origin={origin} />
          </>
        }
        actions={
          mayWrite &&
          newest !== undefined &&
          newest.version !== activeVersion && (
            <Button kind="primary" onClick={() => setActivating(newest)}>
              Activate version {newest.version} …
            </Button>
          )
        }
      />
      <Tabs
        label="Parts of the library"
        tabs={TABS.map(([path, label]) => ({ to: path === '' ? base : `${base}/${path}`, label, end: true }))}
      />
      <div hidden={tab !== ''}>
        {source.error !== null ? (
          <ErrorState error={source.error} retry={() => void source.refetch()} />
        ) : start === null ? (
          <LoadingState />
        ) : (
          <EditTab
            key={epoch}
            id={id}
            versions={versions}
            start={start}
            opened={opened}
            draftOf={draftOf}
            onSaved={({ version: saved }, created) => {
              savedAs(saved);
              toast.done(created ? `Version ${saved} is saved.` : `Version ${saved} was the same already.`);
            }}
          />
        )}
      </div>
      {tab === 'versions' && (
        <VersionsPanel
          versions={versions}
          active={activeVersion}
          opened={shown}
          actions={{
            open: (chosen) => void open(chosen.version, start).then((yes) => yes && navigate(base)),
            compare: setComparing,
            activate: mayWrite ? setActivating : null,
          }}
        />
      )}
      {tab === 'settings' && <SettingsPanel kind="library" script={library} etag={etag} onDeleted={() => void navigate('/libraries')} />}
      {activating !== null && (
        <ActivateDialog
          kind="library"
          script={library}
          etag={etag}
          version={activating}
          versions={versions}
          flow={null}
          onClose={() => setActivating(null)}
          onActivated={() => {
            toast.done(`Version ${activating.version} of ${id} is active.`);
            setActivating(null);
          }}
        >
          {() => (
            <Notice kind="info">
              Versions of procedures that are saved from now on take this one. Those that are saved already stay with what they have.
            </Notice>
          )}
        </ActivateDialog>
      )}
      {comparing !== null && (
        <DiffDialog
          kind="library"
          id={id}
          flow={null}
          versions={versions}
          edited={null}
          from={versions.find((one) => one.version < comparing.version)?.version ?? comparing.version}
          to={comparing.version}
          onClose={() => setComparing(null)}
        />
      )}
    </>
  );
}

function EditTab({
  id,
  versions,
  start,
  opened,
  draftOf,
  onSaved,
}: {
  readonly id: string;
  readonly versions: readonly ScriptVersion[];
  readonly start: Edited;
  readonly opened: number;
  readonly draftOf: DraftOf;
  readonly onSaved: (version: ScriptVersion, created: boolean) => void;
}) {
  const editing = useEditing(draftOf, start, opened, versions[0]?.version ?? 0);
  return <Workspace kind="library" id={id} flow={null} editing={editing} versions={versions} onSaved={onSaved} beside={null} />;
}
