import type { ReactNode } from 'react';
import { useEntity } from '../api/entity.ts';
import { NotThere } from './entity-state.tsx';
import { PageHeader } from './page-header.tsx';

/** The page of one entity, with what stands in the place of it until it is read. */
export function EntityPage<E>(props: {
  readonly title: string;
  readonly resource: string;
  /** The page of all. */
  readonly parent: { readonly to: string; readonly label: string };
  readonly aside?: (entity: E) => ReactNode;
  readonly actions?: (entity: E, etag: string | null) => ReactNode;
  readonly children: (entity: E, etag: string | null) => ReactNode;
}) {
  const { title, resource, parent, aside, actions, children } = props;
  const entity = useEntity<E>(resource);
  if (entity.data === undefined)
    return (
      <>
        <PageHeader title={title} parent={parent} />
        <NotThere of={entity} />
      </>
    );
  const { data, etag } = entity.data;
  return (
    <>
      <PageHeader title={title} parent={parent} aside={aside?.(data)} actions={actions?.(data, etag)} />
      <div className="stack">{children(data, etag)}</div>
    </>
  );
}
