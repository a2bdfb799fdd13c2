import type { ConfigurationChanges } from '../../api/shapes.ts';
import { nameOfKey, nameOfKind } from '../../components/entity-names.ts';
import { Notice } from '../../components/notice.tsx';
import { Warnings } from './warnings.tsx';

const VERBS = { create: 'Created', update: 'Changed', delete: 'Deleted' } as const;

/** What was done. */
export function Applied({ result: { revision, changes, warnings } }: { readonly result: ConfigurationChanges }) {
  return (
    <div className="stack" role="status">
      <Notice kind="ok" title={`The configuration is applied: revision ${revision}`}>
        <ul>
          {changes.map(({ action, kind, key }) => (
            <li key={`${kind} ${key}`}>
              {VERBS[action]} {nameOfKind(kind)} <strong>{nameOfKey(key)}</strong>
            </li>
          ))}
        </ul>
      </Notice>
      <Warnings warnings={warnings} />
    </div>
  );
}
