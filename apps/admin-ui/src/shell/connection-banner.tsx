import { useIsFetching, useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { isProblem } from '../api/api-error.ts';
import { Button } from '../components/button.tsx';

const RETRY_MILLISECONDS = 5_000;

/** Says that the service does not answer, and asks again until it does. */
export function ConnectionBanner() {
  const client = useQueryClient();
  const lost = useIsUnreachable();
  const fetching = useIsFetching() > 0;
  useEffect(() => {
    if (!lost) return;
    const again = () => void client.refetchQueries({ type: 'active', predicate: ({ state }) => isUnreachable(state.error) });
    const timer = setInterval(again, RETRY_MILLISECONDS);
    window.addEventListener('online', again);
    return () => {
      clearInterval(timer);
      window.removeEventListener('online', again);
    };
  }, [lost, client]);
  return (
    <div role="status" className="connection">
      {lost && (
        <div className="connection-lost">
          The service does not answer. What you see may be out of date.
          <Button small busy={fetching} onClick={() => void client.refetchQueries({ type: 'active' })}>
            Try now
          </Button>
        </div>
      )}
    </div>
  );
}

function useIsUnreachable(): boolean {
  const cache = useQueryClient().getQueryCache();
  return useSyncExternalStore(
    (tell) => cache.subscribe(tell),
    () => cache.getAll().some(({ state }) => isUnreachable(state.error)),
  );
}

function isUnreachable(error: unknown): boolean {
  return isProblem(error, 'unreachable');
}
