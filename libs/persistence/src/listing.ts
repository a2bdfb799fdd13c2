import { StoreError, type MaybePromise, type Page } from '#libs/oauth';
import { then, type Database, type Query, type Row, type Value } from './database.ts';
import { label } from './label.ts';

const LARGEST_PAGE = 1000;

/** The rows a page may have: whatever is asked for, it stays readable at once. */
export function pageSize(limit: number): number {
  return Math.min(Math.max(Math.trunc(limit) || 1, 1), LARGEST_PAGE);
}

/** Conditions joined by `and`, with their values numbered. Each set of filters makes one text, so texts stay few. */
export class Where {
  readonly #conditions: string[] = [];
  readonly #values: Value[] = [];

  /** Leaves the condition out when there is no value. */
  equal(column: string, value: Value | undefined): void {
    if (value !== undefined) this.add((parameter) => `${column} = ${parameter}`, typeof value === 'string' ? label(value) : value);
  }

  add(condition: (parameter: string) => string, value: Value): void {
    this.#values.push(value);
    this.#conditions.push(condition(`$${String(this.#values.length)}`));
  }

  /** A condition on two values. */
  addBoth(condition: (first: string, second: string) => string, ...values: readonly [Value, Value]): void {
    const from = this.#values.push(...values) - 1;
    this.#conditions.push(condition(`$${String(from)}`, `$${String(from + 1)}`));
  }

  query(text: (condition: string, limit: string) => string, limit: number): Query {
    const condition = this.#conditions.length === 0 ? 'true' : this.#conditions.join(' and ');
    return { text: text(condition, `$${String(this.#values.length + 1)}`), values: [...this.#values, limit] };
  }
}

/** Lists newest first by a table's `seq`; the cursor is the `seq` of the page's last row. */
export function listPage<T>(
  database: Database,
  table: string,
  where: Where,
  page: { readonly after?: string; readonly limit: number },
  read: (row: Row) => T,
): MaybePromise<Page<T>> {
  const limit = pageSize(page.limit);
  if (page.after !== undefined) where.add((value) => `t.seq < ${value}`, parseCursor(page.after));
  const query = where.query(
    (condition, rows) => `select t.* from ${table} t where ${condition} order by t.seq desc limit ${rows}`,
    limit + 1,
  );
  return then(database.query(query), (rows) => {
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return { items: rows.slice(0, limit).map(read), next: last === undefined ? null : (last['seq'] as number).toString(36) };
  });
}

function parseCursor(text: string): number {
  const seq = /^[0-9a-z]{1,10}$/.test(text) ? parseInt(text, 36) : Number.NaN;
  if (!Number.isSafeInteger(seq))
    throw new StoreError('bad-cursor', 'The page cursor is not one that was given: start from the first page.');
  return seq;
}
