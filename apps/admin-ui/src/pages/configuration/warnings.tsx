import type { ConfigurationDiff } from '../../api/shapes.ts';
import { nameOfKey, nameOfKind } from '../../components/entity-names.ts';
import { Notice } from '../../components/notice.tsx';

/** What is valid, and yet less safe than it may seem. */
export function Warnings({ warnings }: Pick<ConfigurationDiff, 'warnings'>) {
  if (warnings.length === 0) return null;
  return (
    <Notice kind="warning" title={warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`}>
      <ul>
        {warnings.map(({ kind, key, message }) => (
          <li key={`${kind} ${key} ${message}`}>
            {nameOfKind(kind)} <strong>{nameOfKey(key)}</strong>: {message}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
