import { useEffect, useRef } from 'react';
import { ApiError, isProblem } from '../../../api/api-error.ts';
import type { SampleRun } from '../../../api/script-types.ts';
import { Button } from '../../../components/button.tsx';
import { Badge } from '../../../components/badge.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { ReportView } from './report-view.tsx';
import type { Ended } from './run.ts';
import { Differences } from './differences.tsx';

const OUTCOMES = {
  answered: ['ok', 'Answered'],
  rejected: ['warning', 'Refused by the procedure'],
  fault: ['danger', 'Failed'],
  refused: ['danger', 'Not run'],
} as const;

/** What came of the last run. */
export function Result({
  ended,
  isRunning,
  isStale,
  onAnswer,
  onSave,
}: {
  readonly ended: Ended | null;
  readonly isRunning: boolean;
  /** The text is another by now. */
  readonly isStale: boolean;
  readonly onAnswer: ((call: string) => void) | null;
  /** Keeps it as a sample, or says what its sample expects; null where that cannot be. */
  readonly onSave: (() => void) | null;
}) {
  const place = useRef<HTMLDivElement>(null);
  // What is wrong with the context has the focus, at its field.
  const isMisfit = ended?.error instanceof ApiError && !isProblem(ended.error, 'procedure-refused');
  const number = isMisfit ? undefined : ended?.number;
  useEffect(() => {
    if (number !== undefined) show(place.current);
  }, [number]);
  return (
    <div ref={place} className="stack try-result" aria-busy={isRunning}>
      <div role="status" className="try-outcome">
        {isRunning ? (
          <>
            <Spinner /> Running …
          </>
        ) : (
          ended !== null && <Outcome ended={ended} isStale={isStale} />
        )}
      </div>
      {ended === null ? (
        <p className="muted">
          It runs on the executor of production, with its limits and checks. Effects are muted: nothing is stored, no service is called, and
          what is signed is signed with a key that nobody trusts.
        </p>
      ) : (
        <div className={isRunning ? 'stack try-before' : 'stack'} key={ended.number}>
          {ended.sample !== null && <Verdict run={ended.sample} />}
          {ended.error !== null && <Refused error={ended.error} />}
          {onSave !== null && (
            <div>
              <Button small onClick={onSave}>
                {ended.sample === null ? 'Save as a sample …' : 'Change what it expects …'}
              </Button>
            </div>
          )}
          {ended.report !== null && <ReportView report={ended.report} onAnswer={onAnswer} />}
        </div>
      )}
    </div>
  );
}

/** Scrolls to what came of it, beneath the fields: within the panel, or with the page where that has no height of its own. */
function show(place: HTMLElement | null): void {
  const body = place?.parentElement;
  if (place === null || body == null) return;
  if (getComputedStyle(body).overflowY === 'auto') body.scrollTop = place.offsetTop;
  else if (place.checkVisibility()) place.scrollIntoView({ block: 'start' });
}

function Outcome({ ended: { report, sample, error }, isStale }: { readonly ended: Ended; readonly isStale: boolean }) {
  const [kind, words] = report === null ? (['danger', 'Not run'] as const) : OUTCOMES[report.outcome];
  return (
    <>
      <Badge kind={kind}>
        {words}
        {report !== null && report.outcome !== 'refused' && ` ${report.answer.status}`}
      </Badge>
      {sample !== null && <StateBadge state={sample.state} />}
      {report !== null && <span className="muted">{report.milliseconds} ms</span>}
      {error === null && isStale && <span className="muted">The text has changed since.</span>}
    </>
  );
}

const STATES = { passed: ['ok', 'passed'], failed: ['danger', 'failed'], 'not-run': ['warning', 'could not run'] } as const;

/** How a sample ended. */
export function StateBadge({ state }: { readonly state: SampleRun['state'] }) {
  const [kind, words] = STATES[state];
  return <Badge kind={kind}>{words}</Badge>;
}

function Verdict({ run: { name, state, problems, differences } }: { readonly run: SampleRun }) {
  if (state === 'passed') return <Notice kind="ok">All that the sample {name} expects holds.</Notice>;
  if (state === 'failed') return <Differences title={`What the sample ${name} expects does not hold`} differences={differences} />;
  return (
    <Notice kind="warning" title={`The sample ${name} could not run`}>
      <ul className="try-list">
        {problems.map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
    </Notice>
  );
}

/** What is wrong with the context is told at its fields; here is what is wrong with the text. */
function Refused({ error }: { readonly error: Error }) {
  if (!isProblem(error, 'procedure-refused')) return error instanceof ApiError ? null : <Notice kind="danger">{error.message}</Notice>;
  return (
    <Notice kind="danger" title="The check refuses the text: it was not run">
      <ul className="try-list">
        {error.findings.map(({ line, column, library, message }) => (
          <li key={`${library ?? ''} ${line ?? 0}:${column ?? 0} ${message}`}>
            {library !== undefined && `${library}, `}
            {line !== undefined && `line ${line}: `}
            {message}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
