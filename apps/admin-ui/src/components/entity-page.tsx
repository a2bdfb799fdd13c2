import type { ReactNode } from 'react';
import { useEntity } from '../api/entity.ts';
import { NotThere } from './entity-state.tsx';
import { PageHeader } from './page-header.tsx';

/** The page of one entity, with what stands in the place of it until it is read. */
export function EntityPage<E>(props: {
  readonly id: string;
  /** What people call it, where that is not its id. */
  readonly nameOf?: (entity: E) => string;
  readonly resource: string;
  /** The page of all. */
  readonly parent: { readonly to: string; readonly label: string };
  readonly description?: (entity: E) => ReactNode;
  readonly aside?: (entity: E) => ReactNode;
  readonly actions?: (entity: E, etag: string | null) => ReactNode;
  readonly children: (entity: E, etag: string | null) => ReactNode;
}) {
  const { id, nameOf, resource, parent, description, aside, actions, children } = props;
  const entity = useEntity<E>(resource);
  if (entity.data === undefined)
    return (
      <>
        <PageHeader title={id} parent={parent} />
        <NotThere of={entity} />
      </>
    );
  const { data, etag } = entity.data;
  return (
    <>
      <PageHeader
        title={nameOf?.(data) ?? id}
        parent={parent}
        description={description?.(data)}
        aside={aside?.(data)}
        actions={actions?.(data, etag)}
      />
      <div className="stack">{children(data, etag)}</div>
    </>
  );
}
