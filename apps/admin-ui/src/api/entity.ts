import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { get, type Answer, type Query } from './request.ts';

/** One entity with its entity tag. Its query key is `[resource, query]`. */
export function useEntity<T>(resource: string, query: Query = {}): UseQueryResult<Answer<T>> {
  return useQuery({ queryKey: [resource, query], queryFn: ({ signal }) => get<T>(resource, { query, signal }) });
}
