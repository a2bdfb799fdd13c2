import type { ReactNode } from 'react';
import { ApiError } from '../api/api-error.ts';
import { Button } from './button.tsx';
import { Spinner } from './spinner.tsx';
import './states.css';

/** Nothing is there: says what would be, and what to do about it. */
export function EmptyState({
  title,
  children,
  action,
}: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className="state">
      <p className="state-title">{title}</p>
      {children !== undefined && <div className="state-text">{children}</div>}
      {action}
    </div>
  );
}

export function LoadingState({ label = 'Loading' }: { readonly label?: string }) {
  return (
    <div className="state">
      <Spinner label={label} />
    </div>
  );
}

/** Something could not be read: why, and which parameter was wrong. */
export function ErrorState({ error, retry }: { readonly error: Error; readonly retry?: () => void }) {
  const faults = error instanceof ApiError ? error.errors : [];
  return (
    <div className="state" role="alert">
      <p className="state-title">{error instanceof ApiError ? error.title : 'This could not be shown'}</p>
      <p className="state-text">{error.message}</p>
      {faults.length > 0 && (
        <ul className="state-text">
          {faults.map(({ pointer, message }) => (
            <li key={`${pointer} ${message}`}>
              {pointer !== '' && <strong>{pointer.slice(1)}</strong>} {message}
            </li>
          ))}
        </ul>
      )}
      {retry !== undefined && <Button onClick={retry}>Try again</Button>}
    </div>
  );
}
