import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import type { Procedure, ScriptVersion } from '../../api/script-types.ts';
import { Badge, OriginBadge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';

import { PageHeader } from '../../components/page-header.tsx';
import { ErrorState, LoadingState } from '../../components/states.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { useToast } from '../../components/toast.tsx';
import { ActivateDialog } from '../../scripts/activate-dialog.tsx';

import { DiffDialog } from '../../scripts/diff-dialog.tsx';
import type { Edited } from '../../scripts/draft.ts';
import { useOpenedVersion } from '../../scripts/opened-version.ts';

import { editedOf, useFlow, useScript, useSource, useVersions } from '../../scripts/script-data.ts';
import { VersionsPanel } from '../../scripts/versions-panel.tsx';
import { useAdministrator, useMay } from '../../session/session.ts';
import { NotFoundPage } from '../../shell/not-found-page.tsx';
import { liveAddress } from '../live/filter.ts';
import { AffectedByActivation } from './affected.tsx';
import { BindingsPanel } from './bindings-panel.tsx';
import { RollbackButton } from './rollback-button.tsx';
import { EditTab } from './edit-tab.tsx';
import { SettingsPanel } from '../../scripts/settings-panel.tsx';

const TABS = [
  ['', 'Edit'],
  ['versions', 'Versions'],
  ['bindings', 'Bindings'],
  ['settings', 'Settings'],
] as const;

/** One procedure: its text, its versions, where it is bound. */
export function ProcedurePage() {
  const { procedure: id = '', tab = '' } = useParams();
  const procedure = useScript<Procedure>('procedure', id);
  const versions = useVersions('procedure', id);
  const error = procedure.error ?? versions.error;
  if (error !== null && (procedure.data === undefined || versions.data === undefined)) {
    return (
      <>
        <PageHeader title={id} parent={{ to: '/procedures', label: 'Procedures' }} />
        <ErrorState error={error} retry={() => void Promise.all([procedure.refetch(), versions.refetch()])} />
      </>
    );
  }
  if (procedure.data === undefined || versions.data === undefined) return <LoadingState />;
  if (!TABS.some(([path]) => path === tab)) return <NotFoundPage />;
  return <Loaded key={id} procedure={procedure.data.data} etag={procedure.data.etag} versions={versions.data} tab={tab} />;
}

function Loaded({
  procedure,
  etag,
  versions,
  tab,
}: {
  readonly procedure: Procedure;
  readonly etag: string | null;
  readonly versions: readonly ScriptVersion[];
  readonly tab: string;
}) {
  const { id, flow, activeVersion, origin, description } = procedure;
  const base = `/procedures/${encodeURIComponent(id)}`;
  const navigate = useNavigate();
  const toast = useToast();
  const mayWrite = useMay('author');
  const administrator = useAdministrator().id;
  const draftOf = { administrator, kind: 'procedure', id } as const;
  const latest = versions[0]?.version ?? 0;
  const { opened, shown, epoch, open, savedAs } = useOpenedVersion(latest, draftOf);
  const start = useStart(procedure, versions, opened);
  const [activating, setActivating] = useState<ScriptVersion | null>(null);
  const [comparing, setComparing] = useState<ScriptVersion | null>(null);
  const newest = versions[0];
  const mayActivateNewest = mayWrite && newest !== undefined && newest.version !== activeVersion;
  return (
    <>
      <PageHeader
        title={id}
        parent={{ to: '/procedures', label: 'Procedures' }}
        aside={
          <>
            <Badge>{flow}</Badge>
            {activeVersion === null ? (
              <Badge kind="warning">no version active</Badge>
            ) : (
              <Badge kind="ok">version {activeVersion} active</Badge>
            )}
            <OriginBadge origin={origin} />
          </>
        }
        {...(description === '' ? {} : { description })}
        actions={
          <>
            {activeVersion !== null && mayWrite && <RollbackButton procedure={procedure} etag={etag} />}
            {mayActivateNewest && (
              <Button kind="primary" onClick={() => setActivating(newest)}>
                Activate version {newest.version} …
              </Button>
            )}
          </>
        }
      />
      <Tabs
        label="Parts of the procedure"
        tabs={[
          ...TABS.map(([path, label]) => ({ to: path === '' ? base : `${base}/${path}`, label, end: true })),
          { to: liveAddress({ procedure: id }), label: 'Live' },
        ]}
      />
      <div hidden={tab !== ''}>
        {start.error !== null ? (
          <ErrorState error={start.error} />
        ) : start.edited === null ? (
          <LoadingState />
        ) : (
          <EditTab
            key={epoch}
            procedure={procedure}
            versions={versions}
            start={start.edited}
            opened={opened}
            draftOf={draftOf}
            onSaved={({ version, tests }, created) => {
              savedAs(version);
              toast.done(
                created
                  ? `Version ${version} is saved. ${testedIn(tests)}It answers nothing until it is activated.`
                  : `Version ${version} was the same already.`,
              );
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
            open: (version) => void open(version.version, start.edited).then((yes) => yes && navigate(base)),
            compare: setComparing,
            activate: mayWrite ? setActivating : null,
          }}
        />
      )}
      {tab === 'bindings' && <BindingsPanel procedure={procedure} versions={versions} />}
      {tab === 'settings' && (
        <SettingsPanel kind="procedure" script={procedure} etag={etag} onDeleted={() => void navigate('/procedures')} />
      )}
      {activating !== null && (
        <ActivateDialog
          kind="procedure"
          script={procedure}
          etag={etag}
          version={activating}
          versions={versions}
          flow={flow}
          onClose={() => setActivating(null)}
          onActivated={() => {
            toast.done(`Version ${activating.version} of ${id} is active.`);
            setActivating(null);
          }}
        >
          {(evenIfFailing) => <AffectedByActivation procedure={procedure} version={activating} evenIfFailing={evenIfFailing} />}
        </ActivateDialog>
      )}
      {comparing !== null && (
        <DiffDialog
          kind="procedure"
          id={id}
          flow={flow}
          versions={versions}
          edited={null}
          from={versions.find(({ version }) => version < comparing.version)?.version ?? 'default'}
          to={comparing.version}
          onClose={() => setComparing(null)}
        />
      )}
    </>
  );
}

/** How a version that was saved did in its samples, as a sentence; nothing without any. */
function testedIn(tests: ScriptVersion['tests']): string {
  const samples = tests?.samples ?? [];
  const failed = samples.filter(({ state }) => state !== 'passed').length;
  if (samples.length === 0) return '';
  return failed === 0 ? `It passes its samples. ` : `It does not pass ${failed} of its ${samples.length} samples. `;
}

/** The text that editing begins with: a version's, or the shipped procedure's before there is one. */
function useStart(
  { id, flow }: Procedure,
  versions: readonly ScriptVersion[],
  opened: number,
): { edited: Edited | null; error: Error | null } {
  const source = useSource('procedure', id, opened);
  const shipped = useFlow(opened === 0 ? flow : null);
  const version = versions.find((one) => one.version === opened);
  if (opened === 0) {
    if (shipped.data === undefined) return { edited: null, error: shipped.error };
    return { edited: { ...shipped.data.default, libraries: [], secrets: [] }, error: null };
  }
  if (source.data === undefined || version === undefined) return { edited: null, error: source.error };
  return { edited: editedOf(version, source.data), error: null };
}
