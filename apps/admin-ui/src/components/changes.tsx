import { useId } from 'react';
import type { Change, Difference } from '../api/shapes.ts';
import { Badge } from './badge.tsx';
import { nameOfKey, nameOfKind } from './entity-names.ts';
import './changes.css';

const ACTIONS = {
  create: ['ok', 'created'],
  update: ['accent', 'changed'],
  delete: ['danger', 'deleted'],
} as const;

/** How many are open from the start. */
const OPEN = 8;

/** What becomes of each entity, member by member, and its texts as diffs. */
export function Changes({ changes }: { readonly changes: readonly Change[] }) {
  return (
    <div className="changes">
      {changes.map((change, index) => (
        <details className="change" key={`${change.kind} ${change.key}`} open={index < OPEN}>
          <summary>
            <Badge kind={ACTIONS[change.action][0]}>{ACTIONS[change.action][1]}</Badge>
            <span>
              {nameOfKind(change.kind)} <strong>{nameOfKey(change.key)}</strong>
            </span>
          </summary>
          <div className="change-body">
            <Differences differences={change.differences} />
            {change.source !== undefined && <UnifiedDiff text={change.source} label={`Text of ${nameOfKey(change.key)}`} />}
          </div>
        </details>
      ))}
    </div>
  );
}

/** Members before and after. */
export function Differences({ differences }: { readonly differences: readonly Difference[] }) {
  if (differences.length === 0) return <p className="muted">None of its members that are shown differs.</p>;
  return (
    <dl className="differences">
      {differences.flatMap(membersOf).map((difference) => (
        <div key={difference.pointer}>
          <dt>
            <code>{difference.pointer === '' ? 'all of it' : difference.pointer}</code>
          </dt>
          <dd>
            {difference.secret === true ? (
              <p className="muted">It changes, and is secret.</p>
            ) : (
              <>
                {'before' in difference && <Side sign="−" word="before" value={difference.before} />}
                {'after' in difference && <Side sign="+" word="after" value={difference.after} />}
              </>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Side({ sign, word, value }: { readonly sign: string; readonly word: 'before' | 'after'; readonly value: unknown }) {
  return (
    <div className={`difference difference-${word}`}>
      <span aria-hidden="true">{sign}</span>
      <span>
        <span className="visually-hidden">{word}: </span>
        {typeof value === 'string' ? value : JSON.stringify(value, null, 1)}
      </span>
    </div>
  );
}

/** All of one that is made or goes: member by member, as far as they say something. */
function membersOf(difference: Difference): readonly Difference[] {
  const { pointer, before, after } = difference;
  const [side, whole] = 'after' in difference ? (['after', after] as const) : (['before', before] as const);
  if (pointer !== '' || ('before' in difference && 'after' in difference) || !isRecord(whole)) return [difference];
  return Object.entries(whole)
    .filter(([, value]) => !isVoid(value))
    .map(([name, value]) => ({ pointer: `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, [side]: value }));
}

function isVoid(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  return typeof value === 'object' && Object.values(value).every(isVoid);
}

/** The members that differ between two values: objects member by member, all else as a whole. RFC 6901. */
export function differencesOf(before: unknown, after: unknown, pointer = ''): readonly Difference[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (isRecord(before) && isRecord(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) =>
      differencesOf(before[name], after[name], `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
    );
  }
  return [{ pointer, ...(before == null ? {} : { before }), ...(after == null ? {} : { after }) }];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A unified diff of a text, whose lines say by their sign and colour what becomes of them. */
export function UnifiedDiff({ text, label }: { readonly text: string; readonly label: string }) {
  const id = useId();
  return (
    <pre className="unified-diff" tabIndex={0} role="region" aria-label={label}>
      {text
        .trimEnd()
        .split('\n')
        .map((line, index) => (
          <code key={`${id}${String(index)}`} className={classOf(line)}>
            {line === '' ? ' ' : line}
          </code>
        ))}
    </pre>
  );
}

function classOf(line: string): string {
  if (line.startsWith('@@') || line.startsWith('+++') || line.startsWith('---')) return 'line-place';
  if (line.startsWith('+')) return 'difference-after';
  return line.startsWith('-') ? 'difference-before' : '';
}
