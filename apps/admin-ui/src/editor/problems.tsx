import { Button } from '../components/button.tsx';
import { Spinner } from '../components/spinner.tsx';
import type { CheckState } from './findings.ts';
import type { PlacedFinding } from './worker/language-service.ts';

/** What was found in a text, and how far its check is. */
export function Problems(props: {
  readonly findings: readonly PlacedFinding[];
  readonly source: string;
  readonly check: CheckState;
  readonly goTo: (place: number) => void;
  readonly retry: () => void;
}) {
  const { findings, source, check, goTo, retry } = props;
  return (
    <div className="problems">
      <p className="problems-summary" role="status">
        <Summary findings={findings} check={check} />
        {check.state === 'failed' && (
          <Button small kind="quiet" onClick={retry}>
            Try again
          </Button>
        )}
      </p>
      {findings.length > 0 && (
        <ul aria-label="Problems" className="problems-list">
          {findings.map(({ from, message, severity, library }) => (
            <li key={`${from} ${message}`}>
              <button type="button" className={`problem problem-${severity}`} onClick={() => goTo(from)}>
                <span className="problem-severity">{severity === 'error' ? 'Error' : 'Advice'}</span>
                <span className="problem-place">{library ?? lineOf(source, from)}</span>
                <span className="problem-message">{message}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Summary({ findings, check }: { readonly findings: readonly PlacedFinding[]; readonly check: CheckState }) {
  if (check.state === 'failed') return `The text is not checked: ${check.error.message}`;
  if (check.state === 'starting') {
    return (
      <>
        <Spinner /> Reading the types …
      </>
    );
  }
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const advice = findings.length - errors;
  const counts = [counted(errors, 'error', 'errors'), counted(advice, 'piece of advice', 'pieces of advice')].filter((part) => part !== '');
  if (counts.length > 0) return <>{counts.join(', ')} · F8 goes to the next</>;
  if (check.state === 'checking') return 'Checking …';
  return check.confirmed ? 'No problems: the service would take it' : 'No problems';
}

function counted(count: number, one: string, many: string): string {
  return count === 0 ? '' : `${count} ${count === 1 ? one : many}`;
}

function lineOf(source: string, place: number): string {
  const before = source.slice(0, place).split('\n');
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}
