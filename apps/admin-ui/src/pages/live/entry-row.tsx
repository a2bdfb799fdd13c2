import { memo } from 'react';
import { Badge } from '../../components/badge.tsx';
import type { Execution } from '../../api/shapes.ts';
import { ExecutionDetails } from './execution-details.tsx';
import type { Entry, Gap } from './held-entries.ts';
import { milliseconds, OUTCOMES, timeOfDay } from './words.ts';

/** One line, which opens to all that is known; drawn again only when it opens or closes. */
export const EntryRow = memo(function EntryRow({
  entry,
  isOpen,
  onToggle,
}: {
  readonly entry: Entry;
  readonly isOpen: boolean;
  readonly onToggle: (key: string) => void;
}) {
  const { key, execution, gap } = entry;
  if (gap !== undefined) return <li className="live-gap">{gapWords(gap)}</li>;
  return (
    <li className="live-entry">
      <button type="button" className="live-summary" aria-expanded={isOpen} onClick={() => onToggle(key)}>
        <Summary of={execution} />
      </button>
      {isOpen && <ExecutionDetails of={execution} />}
    </li>
  );
});

function Summary({ of }: { readonly of: Execution }) {
  const { at, outcome, procedure, version, flow, profile, endpoint, client, log } = of;
  const [label, kind] = OUTCOMES[outcome];
  const preview = previewOf(of);
  return (
    <>
      <span className="live-time">{timeOfDay(at)}</span>
      <span className="live-outcome">
        <Badge kind={kind}>{label}</Badge>
      </span>
      <span className="live-program">
        {procedure === null ? <span className="muted">no procedure</span> : <strong>{procedure}</strong>}
        {version !== null && version > 0 && ` version ${version}`}
      </span>
      <span className="live-where">
        {flow ?? 'no flow'} at {profile}/{endpoint}
      </span>
      <span className="live-client">{client ?? <span className="muted">no client</span>}</span>
      <span className="live-took">{milliseconds(of.milliseconds)}</span>
      {preview !== null && <span className="live-preview">{preview}</span>}
      {log.length > 1 && <span className="live-lines">{log.length} lines logged</span>}
    </>
  );
}

/** What is wrong, or else what was logged first; as much as fits. */
function previewOf({ fault, refusal, notRun, why, log: [first] }: Execution): string | null {
  const text = fault?.message ?? refusal?.description ?? (notRun === null ? first?.message : why);
  return text === undefined ? null : text.slice(0, 300);
}

function gapWords({ because, missed }: Gap): string {
  const count = missed === null ? 'Executions' : missed === 1 ? 'One execution' : `${new Intl.NumberFormat().format(missed)} executions`;
  switch (because) {
    case 'slow':
      return `${count} came too fast to be shown. A filter, as for failures alone, shows them all.`;
    case 'overwritten':
      return `${count} from here on are missing: there were too many while the connection was broken.`;
    case 'unknown':
      return 'The service was started again here. What ran before this page was connected again is missing.';
  }
}
