import type { Client } from '../../api/shapes.ts';
import { EditEntity } from '../../components/edit-entity.tsx';
import { bodyOf, draftOf, FIELDS, OTHER_POINTERS, type ClientDraft } from './client-draft.ts';
import { ClientFields } from './client-fields.tsx';
import { useClientOf } from './client-resource.ts';

export function EditClient() {
  const { id, resource, list, address } = useClientOf();
  return (
    <EditEntity<Client, ClientDraft>
      id={id}
      nameOf={({ name }) => name}
      resource={resource}
      address={address}
      fields={[...FIELDS, ...OTHER_POINTERS]}
      draftOf={draftOf}
      bodyOf={bodyOf}
      changes={[list]}
    >
      {(draft, onChange) => <ClientFields draft={draft} onChange={onChange} />}
    </EditEntity>
  );
}
