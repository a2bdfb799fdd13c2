import type { UseQueryResult } from '@tanstack/react-query';
import { ErrorState, LoadingState } from './states.tsx';

/** In place of what is not there yet, or could not be read. */
export function NotThere({ of: { error, refetch } }: { readonly of: Pick<UseQueryResult, 'error' | 'refetch'> }) {
  return error === null ? <LoadingState /> : <ErrorState error={error} retry={() => void refetch()} />;
}
