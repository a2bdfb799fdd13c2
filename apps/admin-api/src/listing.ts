import { z } from 'zod';
import { shape } from '#libs/configuration';
import { keyOf, type Configuration, type Entities, type EntityKind } from '#libs/oauth';
import { viewOf, type Views } from './views.ts';

/** A whole number as a query parameter. */
export function wholeNumber(least: number, most: number) {
  return (
    z
      .string()
      .regex(/^\d{1,16}$/, 'must be a whole number')
      // For the description: what stands in a query is text, but nobody thinks of it so.
      .meta({ type: 'integer', pattern: undefined, minimum: least, maximum: most })
      .transform(Number)
      .pipe(z.int().min(least).max(most))
  );
}

export const pageQuery = shape({
  limit: wholeNumber(1, 500).default(100).describe('At most this many; up to 500, 100 unless told.'),
  after: z.string().max(4096).optional().describe('The `next` of the page before.'),
});
export type PageQuery = z.output<typeof pageQuery>;

/** One page of a list; `next` is null on the last one. */
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** A page of configuration, by key: nothing is left out or shown twice while others add and remove. */
export function page<K extends EntityKind>(
  configuration: Configuration,
  kind: K,
  query: PageQuery,
  matches: (value: Entities[K]) => boolean = () => true,
): ListPage<Views[K]> {
  const after = query.after === undefined ? '' : Buffer.from(query.after, 'base64url').toString();
  const entries: [string, Entities[K]][] = [];
  for (const value of configuration.all(kind)) {
    const key = sortKey(kind, value);
    if (key > after && matches(value)) entries.push([key, value]);
  }
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  const items = entries.slice(0, query.limit);
  const last = items.at(-1);
  return {
    items: items.map(([, value]) => viewOf(kind, value)),
    next: last === undefined || entries.length <= query.limit ? null : Buffer.from(last[0]).toString('base64url'),
  };
}

/** Versions in the order of their numbers, all else by its key. */
function sortKey<K extends EntityKind>(kind: K, value: Entities[K]): string {
  const key = keyOf(kind, value);
  return kind.endsWith('-version') ? key.replace(/\d+$/, (digits) => digits.padStart(10, '0')) : key;
}

/** The members that are not undefined: the stores tell one that is absent from one that is undefined. */
export function defined<T extends object>(members: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}
