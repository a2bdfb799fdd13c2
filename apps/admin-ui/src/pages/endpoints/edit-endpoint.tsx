import type { Endpoint } from '../../api/shapes.ts';
import { EditEntity } from '../../components/edit-entity.tsx';
import { bodyOf, draftOf, FIELDS, type EndpointDraft } from './endpoint-draft.ts';
import { EndpointFields } from './endpoint-fields.tsx';
import { useEndpointOf } from './endpoint-resource.ts';

export function EditEndpoint() {
  const { id, resource, list, address } = useEndpointOf();
  return (
    <EditEntity<Endpoint, EndpointDraft>
      id={id}
      resource={resource}
      address={address}
      fields={FIELDS}
      draftOf={draftOf}
      bodyOf={bodyOf}
      changes={[list]}
    >
      {(draft, onChange) => <EndpointFields draft={draft} isNew={false} onChange={onChange} />}
    </EditEntity>
  );
}
