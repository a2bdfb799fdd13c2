import type { ScriptVersion, VersionTests } from '../api/script-types.ts';
import { Badge } from '../components/badge.tsx';
import { Button } from '../components/button.tsx';
import { EmptyState } from '../components/states.tsx';
import { Time } from '../components/time.tsx';

export interface VersionActions {
  readonly open: (version: ScriptVersion) => void;
  readonly compare: (version: ScriptVersion) => void;
  /** Null for who may not even propose it. */
  readonly activate: ((version: ScriptVersion) => void) | null;
}

/** The versions of a script, the latest first. */
export function VersionsPanel({
  versions,
  active,
  opened,
  actions,
}: {
  readonly versions: readonly ScriptVersion[];
  readonly active: number | null;
  /** The one in the editor. */
  readonly opened: number;
  readonly actions: VersionActions;
}) {
  if (versions.length === 0) return <EmptyState title="No version is saved yet">Write one in the editor and save it.</EmptyState>;
  return (
    <ol className="versions" aria-label="Versions">
      {versions.map((version) => (
        <li key={version.version} className="version">
          <div className="version-text">
            <p className="row">
              <strong>Version {version.version}</strong>
              {version.version === active && <Badge kind="ok">active</Badge>}
              <TestsBadge tests={version.tests ?? null} />
              {version.version === opened && <Badge>in the editor</Badge>}
              <span className="muted">{version.language === 'typescript' ? 'TypeScript' : 'JavaScript'}</span>
            </p>
            {version.note !== '' && <p className="version-note">{version.note}</p>}
            <p className="muted">
              <Time at={version.createdAt} /> by {version.createdBy}
              <Uses version={version} />
            </p>
          </div>
          <div className="row">
            <Button small onClick={() => actions.open(version)}>
              Open<span className="visually-hidden"> version {version.version}</span>
            </Button>
            <Button small onClick={() => actions.compare(version)}>
              Compare<span className="visually-hidden"> version {version.version}</span>
            </Button>
            {actions.activate !== null && version.version !== active && (
              <Button small onClick={() => actions.activate?.(version)}>
                Activate<span className="visually-hidden"> version {version.version}</span> …
              </Button>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}

function TestsBadge({ tests }: { readonly tests: VersionTests | null }) {
  if (tests === null || tests.samples.length === 0) return null;
  const failing = tests.samples.filter(({ state }) => state === 'failed').length;
  if (failing > 0) return <Badge kind="danger">{`fails in ${failing} of ${tests.samples.length} samples`}</Badge>;
  return tests.state === 'passed' ? <Badge kind="ok">passes its samples</Badge> : <Badge kind="warning">samples not run</Badge>;
}

function Uses({ version: { libraries = [], secrets = [] } }: { readonly version: ScriptVersion }) {
  const uses = [...libraries.map(({ library, version }) => `${library}@${version}`), ...secrets.map((secret) => `secret ${secret}`)];
  return uses.length === 0 ? null : <> · uses {uses.join(', ')}</>;
}
