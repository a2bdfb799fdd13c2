import type { ReactNode } from 'react';
import type { List } from '../api/list.ts';
import { Icon } from '../shell/icon.tsx';
import { Button } from './button.tsx';
import { ErrorState, LoadingState } from './states.tsx';
import './list-table.css';

export interface Column<T> {
  readonly title: string;
  readonly cell: (item: T) => ReactNode;
  /** Numbers and times are easier to compare at the right. */
  readonly align?: 'start' | 'end';
  /** Left out where the window is narrow. */
  readonly wideOnly?: boolean;
}

/** A list as a table, with its pages. On a telephone each row is a block with its titles. */
export function ListTable<T>(props: {
  readonly list: List<T>;
  /** What the table has, for screen readers. */
  readonly caption: string;
  /** The first says which row it is. */
  readonly columns: readonly Column<T>[];
  readonly keyOf: (item: T) => string;
  /** Instead of a table without rows. */
  readonly empty: ReactNode;
}) {
  const { list, caption, columns, keyOf, empty } = props;
  if (list.error !== null && list.items.length === 0) return <ErrorState error={list.error} retry={list.retry} />;
  if (list.pending) return <LoadingState />;
  if (list.items.length === 0 && list.page === 1) return empty;
  return (
    <div className="list">
      {/* Without a style of tables, as on telephones, browsers forget the roles. */}
      <table className={`list-table ${list.stale ? 'list-stale' : ''}`} role="table" aria-busy={list.stale}>
        <caption className="visually-hidden">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ title, align, wideOnly }) => (
              <th key={title} role="columnheader" scope="col" className={classOf(align, wideOnly)}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {list.items.map((item) => (
            <tr key={keyOf(item)} role="row">
              {columns.map(({ title, cell, align, wideOnly }) => (
                <td key={title} role="cell" data-title={title} className={classOf(align, wideOnly)}>
                  {cell(item)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <Pages list={list} />
    </div>
  );
}

function Pages<T>({ list: { page, toNext, toPrevious, stale } }: { readonly list: List<T> }) {
  if (page === 1 && toNext === null && !stale) return null;
  const move = (to: (() => void) | null) => ({ 'aria-disabled': to === null, onClick: () => to?.() });
  return (
    <nav className="list-pages" aria-label="Pages of the list">
      <Button small {...move(toPrevious)}>
        <Icon name="previous" /> Previous
      </Button>
      <span aria-live="polite">Page {page}</span>
      <Button small {...move(toNext)}>
        Next <Icon name="next" />
      </Button>
    </nav>
  );
}

function classOf(align: Column<never>['align'], wideOnly: boolean | undefined): string {
  return `${align === 'end' ? 'list-end' : ''} ${wideOnly === true ? 'list-wide' : ''}`;
}
