import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { SESSION_KEY, signedOut } from '../session/session.ts';
import { ApiError } from './api-error.ts';

/** What is read from the service, kept for a short while. An answer 401 anywhere ends the session on the page too. */
export function createQueryClient(): QueryClient {
  const onError = (error: Error) => {
    if (error instanceof ApiError && error.status === 401) signedOut(client);
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: (error, query) => (query.queryKey[0] === SESSION_KEY[0] ? undefined : onError(error)) }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _result, mutation) => (mutation.meta?.['signsIn'] === true ? undefined : onError(error)),
    }),
    defaultOptions: {
      // The service may well be on this machine: the browser's idea of being online says nothing about it.
      queries: { staleTime: 10_000, networkMode: 'always', retry: mayRetry, refetchOnWindowFocus: true },
      mutations: { networkMode: 'always', retry: false },
    },
  });
  return client;
}

/** What the service has refused it refuses again. */
function mayRetry(failures: number, error: Error): boolean {
  const temporary = error instanceof ApiError && (error.problem === 'unreachable' || error.status === 503);
  return temporary && failures < 2;
}
