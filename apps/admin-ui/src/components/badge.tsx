import type { ReactNode } from 'react';
import './badge.css';

/** A word about the state of something. The colour says nothing that the word does not. */
export function Badge({
  kind = 'neutral',
  children,
}: {
  readonly kind?: 'neutral' | 'accent' | 'ok' | 'warning' | 'danger';
  readonly children: ReactNode;
}) {
  return <span className={`badge badge-${kind}`}>{children}</span>;
}

const ORIGINS = {
  file: ['accent', 'from a file'],
  api: ['neutral', 'by the API'],
  system: ['neutral', 'by the service'],
} as const;

/** Who made something: what a file owns is changed there, or taken over. */
export function OriginBadge({ origin }: { readonly origin: keyof typeof ORIGINS }) {
  const [kind, text] = ORIGINS[origin];
  return <Badge kind={kind}>{text}</Badge>;
}
