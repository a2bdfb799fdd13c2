import type { ReactNode } from 'react';
import './key-values.css';

/** What something is, member by member. */
export function KeyValues({ items }: { readonly items: readonly (readonly [title: string, value: ReactNode])[] }) {
  return (
    <dl className="key-values">
      {items.map(([title, value]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>{value === null || value === undefined || value === '' ? <span className="muted">–</span> : value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Short values beside each other. */
export function Values({ of }: { readonly of: readonly string[] | null }) {
  if (of === null || of.length === 0) return <span className="muted">none</span>;
  return (
    <ul className="values">
      {of.map((value) => (
        <li key={value}>
          <code>{value}</code>
        </li>
      ))}
    </ul>
  );
}
