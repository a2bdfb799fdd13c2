import { StoreError } from '../store-error.ts';
import type { Page } from '../stores.ts';

/** The rows a page may have. */
export function clampPage(limit: number): number {
  return Math.min(Math.max(Math.trunc(limit) || 1, 1), 1000);
}

/** A page of what was made, newest first; the cursor is the place of the page's last item. */
export function pageOf<T extends object>(
  made: Iterable<T>,
  matches: (item: T) => boolean,
  page: { readonly after?: string; readonly limit: number },
): Page<T> {
  if (page.after !== undefined && !/^\d{1,15}$/.test(page.after)) {
    throw new StoreError('bad-cursor', 'The page cursor is not one that was given: start from the first page.');
  }
  const limit = clampPage(page.limit);
  const before = page.after === undefined ? Infinity : Number(page.after);
  const found = [...made]
    .map((item, place) => ({ item, place }))
    .filter(({ item, place }) => place < before && matches(item))
    .reverse();
  const last = found.length > limit ? found[limit - 1] : undefined;
  return { items: found.slice(0, limit).map(({ item }) => item), next: last === undefined ? null : String(last.place) };
}
