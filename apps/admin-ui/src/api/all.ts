import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { get, type Query } from './request.ts';
import type { ListPage } from './shapes.ts';

/** As many as the service answers at once. */
const LIMIT = 500;

/** All pages of a list. */
export async function all<T>(resource: string, query: Query = {}, signal?: AbortSignal): Promise<T[]> {
  const items: T[] = [];
  for (let after: string | null = null; ;) {
    const { data }: { data: ListPage<T> } = await get<ListPage<T>>(resource, {
      query: { ...query, limit: LIMIT, after },
      ...(signal === undefined ? {} : { signal }),
    });
    items.push(...data.items);
    after = data.next;
    if (after === null) return items;
  }
}

/** All of a list of which there are few. Its query key is `[resource, query, 'all']`. */
export function useAll<T>(resource: string, query: Query = {}, enabled = true): UseQueryResult<readonly T[]> {
  return useQuery({ queryKey: [resource, query, 'all'], enabled, queryFn: ({ signal }) => all<T>(resource, query, signal) });
}
