import type { ReactNode } from 'react';
import './notice.css';

/** A sentence or two that stand out, in the flow of the page. */
export function Notice({
  kind = 'info',
  title,
  children,
}: {
  readonly kind?: 'info' | 'ok' | 'warning' | 'danger';
  readonly title?: string;
  readonly children: ReactNode;
}) {
  return (
    <div className={`notice notice-${kind}`} role={kind === 'danger' ? 'alert' : undefined}>
      {title !== undefined && <p className="notice-title">{title}</p>}
      <div>{children}</div>
    </div>
  );
}
