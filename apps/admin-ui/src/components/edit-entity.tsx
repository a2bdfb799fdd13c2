import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { useChanged } from '../api/changed.ts';
import { useEntity } from '../api/entity.ts';
import { put } from '../api/request.ts';
import { EntityForm } from './entity-form.tsx';
import { NotThere } from './entity-state.tsx';
import { PageHeader } from './page-header.tsx';
import { useToast } from './toast.tsx';

/** The page on which an entity is changed. Saved, it goes back to the page of the entity. */
export function EditEntity<E extends { readonly origin: string }, D extends object>(props: {
  readonly id: string;
  /** What people call it, where that is not its id. */
  readonly nameOf?: (entity: E) => string;
  readonly resource: string;
  /** Of its own page. */
  readonly address: string;
  /** Pointers that the fields have. */
  readonly fields: readonly string[];
  readonly draftOf: (entity: E) => D;
  /** The body that is put. What cannot be read it throws as an `ApiError` with pointers. */
  readonly bodyOf: (draft: D) => object;
  /** Resources that are other than before when it is saved, besides itself. */
  readonly changes: readonly string[];
  readonly children: (draft: D, onChange: (draft: D) => void) => ReactNode;
}) {
  const { id, nameOf = () => id, resource, address, fields, draftOf, bodyOf, changes, children } = props;
  const entity = useEntity<E>(resource);
  const navigate = useNavigate();
  const changed = useChanged();
  const toast = useToast();
  const name = entity.data === undefined ? id : nameOf(entity.data.data);
  return (
    <>
      <PageHeader title={`Edit ${id}`} parent={{ to: address, label: name }} />
      {entity.data === undefined ? (
        <NotThere of={entity} />
      ) : (
        <EntityForm<D>
          start={{
            draft: draftOf(entity.data.data),
            etag: entity.data.etag,
            isOfFile: entity.data.data.origin === 'file',
            reload: () => void entity.refetch(),
          }}
          fields={fields}
          action="Save"
          cancel={address}
          send={async (draft, conditions) => put(resource, { body: bodyOf(draft), ...conditions })}
          onSaved={async () => {
            toast.done(`${name} is saved.`);
            await navigate(address);
            await changed(resource, ...changes);
          }}
        >
          {children}
        </EntityForm>
      )}
    </>
  );
}
