import type { RefObject } from 'react';
import type { ConfigurationDiff } from '../../api/shapes.ts';
import { Button } from '../../components/button.tsx';
import { Changes } from '../../components/changes.tsx';
import { nameOfKey, nameOfKind } from '../../components/entity-names.ts';
import { Notice } from '../../components/notice.tsx';
import { Warnings } from './warnings.tsx';
import './configuration.css';

type Field = RefObject<HTMLTextAreaElement | null>;

/** What applying a file would do, or why it cannot be applied. */
export function Comparison({
  diff,
  isOutdated,
  field,
}: {
  readonly diff: ConfigurationDiff;
  readonly isOutdated: boolean;
  readonly field: Field;
}) {
  const { changes, refused, problems, warnings, revision } = diff;
  return (
    <div className="stack" aria-live="polite">
      {isOutdated && <Notice kind="warning">The text was changed since: compare it again.</Notice>}
      {problems.length > 0 && <Problems problems={problems} field={field} />}
      {refused.length > 0 && (
        <Notice kind="warning" title="Made in the service, and different from the file">
          <p>A file does not take these over. Have the file say the same, or delete them in the service first.</p>
          <ul>
            {refused.map(({ kind, key }) => (
              <li key={`${kind} ${key}`}>
                {nameOfKind(kind)} <strong>{nameOfKey(key)}</strong>
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <Warnings warnings={warnings} />
      {changes.length === 0 ? (
        problems.length === 0 && <Notice kind="ok">It says what is in force: nothing would change.</Notice>
      ) : (
        <>
          <h3>
            {changes.length === 1 ? '1 change' : `${changes.length} changes`} to revision {revision}
            {problems.length > 0 && ', if nothing were wrong'}
          </h3>
          <Changes changes={changes} />
        </>
      )}
    </div>
  );
}

/** Everything that is wrong, each with its line and the way there. */
function Problems({ problems, field }: { readonly problems: ConfigurationDiff['problems']; readonly field: Field }) {
  const lines = field.current?.value.split('\n') ?? [];
  return (
    <Notice
      kind="danger"
      title={problems.length === 1 ? '1 problem: it cannot be applied' : `${problems.length} problems: it cannot be applied`}
    >
      <ol className="configuration-problems">
        {problems.map(({ pointer, line, column, message }) => (
          <li key={`${line} ${column} ${pointer} ${message}`}>
            <p>{message}</p>
            <p className="row">
              <Button small onClick={() => markLine(field.current, line)}>
                Line {line}, column {column}
              </Button>
              {pointer !== '' && <code>{pointer}</code>}
            </p>
            {lines[line - 1] !== undefined && (
              <pre className="configuration-excerpt" tabIndex={0} role="region" aria-label={`Line ${line}`}>
                <code>
                  {lines[line - 1]}
                  {'\n'}
                  {' '.repeat(Math.max(column - 1, 0))}^
                </code>
              </pre>
            )}
          </li>
        ))}
      </ol>
    </Notice>
  );
}

/** Marks a line of the text, brought into view. Lines are from 1. */
function markLine(field: HTMLTextAreaElement | null, line: number): void {
  if (field === null) return;
  const lines = field.value.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  field.focus();
  field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  field.scrollTop = (field.scrollHeight / lines.length) * Math.max(line - 4, 0);
}
