import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { useChanged } from '../api/changed.ts';
import { path, put } from '../api/request.ts';
import { nameOf } from './draft.ts';
import { EntityForm } from './entity-form.tsx';
import { PageHeader } from './page-header.tsx';
import { useToast } from './toast.tsx';

/** The page on which an entity is made under the id that the form has. Made, it goes on to the page of the entity. */
export function NewEntity<D extends { readonly id: string }>(props: {
  /** What it is, as words go on with it: "token issuer". */
  readonly what: string;
  /** The page of all. */
  readonly parent: { readonly to: string; readonly label: string };
  /** The resource of all. */
  readonly resource: string;
  readonly start: D;
  /** Pointers that the fields have. */
  readonly fields: readonly string[];
  /** That of the field for the id: the member of the address, as faults of the service name it. */
  readonly namePointer: string;
  /** The body that is put. What cannot be read it throws as an `ApiError` with pointers. */
  readonly bodyOf: (draft: D) => object;
  /** Resources that are other than before, besides that of all. */
  readonly changes?: readonly string[];
  readonly children: (draft: D, onChange: (draft: D) => void) => ReactNode;
}) {
  const { what, parent, resource, start, fields, namePointer, bodyOf, changes = [], children } = props;
  const navigate = useNavigate();
  const changed = useChanged();
  const toast = useToast();
  return (
    <>
      <PageHeader title={`New ${what}`} parent={parent} />
      <EntityForm<D>
        start={start}
        fields={fields}
        namePointer={namePointer}
        action={`Create the ${what}`}
        cancel={parent.to}
        send={async (draft, conditions) => put(resource + path`/${nameOf(draft.id, namePointer)}`, { body: bodyOf(draft), ...conditions })}
        onSaved={async ({ data }) => {
          const { id } = data as { readonly id: string };
          toast.done(`${id} is created.`);
          await navigate(parent.to + path`/${id}`);
          await changed(resource, ...changes);
        }}
      >
        {children}
      </EntityForm>
    </>
  );
}
