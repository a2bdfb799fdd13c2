import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { get, type Query } from './request.ts';
import type { ListPage } from './shapes.ts';

export interface List<T> {
  readonly items: readonly T[];
  /** From 1. */
  readonly page: number;
  /** Null on the last page, and while it is not known. */
  readonly toNext: (() => void) | null;
  /** Null on the first page. */
  readonly toPrevious: (() => void) | null;
  /** Nothing was read yet. */
  readonly pending: boolean;
  /** What is shown is of the page or filter before. */
  readonly stale: boolean;
  readonly error: Error | null;
  readonly retry: () => void;
}

/** The cursors of the pages before the present one, for one filter. */
interface Place {
  readonly of: string;
  readonly cursors: readonly string[];
}

/**
 * A list that the server pages and filters. Another filter begins at the first page again; what was shown stays until the next is there.
 * Its query key is `[resource, query, cursor]`: invalidate `[resource]` after a change.
 *
 * @param cursorName what `next` is sent as; the audit trail calls it `before`
 */
export function useList<T>(resource: string, query: Query = {}, { limit = 50, cursorName = 'after' } = {}): List<T> {
  const of = JSON.stringify([resource, query, limit]);
  const [place, setPlace] = useState<Place>({ of, cursors: [] });
  const cursors = place.of === of ? place.cursors : [];
  const cursor = cursors.at(-1);
  const result: UseQueryResult<ListPage<T>> = useQuery({
    queryKey: [resource, query, limit, cursor ?? null],
    queryFn: async ({ signal }) => (await get<ListPage<T>>(resource, { query: { ...query, limit, [cursorName]: cursor }, signal })).data,
    placeholderData: keepPreviousData,
  });
  const next = result.isPlaceholderData ? null : (result.data?.next ?? null);
  return {
    items: result.data?.items ?? [],
    page: cursors.length + 1,
    toNext: next === null ? null : () => setPlace({ of, cursors: [...cursors, next] }),
    toPrevious: cursors.length === 0 ? null : () => setPlace({ of, cursors: cursors.slice(0, -1) }),
    pending: result.isPending,
    stale: result.isPlaceholderData,
    error: result.error,
    retry: () => void result.refetch(),
  };
}
