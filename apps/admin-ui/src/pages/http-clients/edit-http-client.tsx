import type { HttpClient } from '../../api/shapes.ts';
import { EditEntity } from '../../components/edit-entity.tsx';
import { bodyOf, draftOf, FIELDS, type HttpClientDraft } from './http-client-draft.ts';
import { HttpClientFields } from './http-client-fields.tsx';
import { useHttpClientOf } from './http-client-resource.ts';

export function EditHttpClient() {
  const { id, resource, list, address } = useHttpClientOf();
  return (
    <EditEntity<HttpClient, HttpClientDraft>
      id={id}
      resource={resource}
      address={address}
      fields={FIELDS}
      draftOf={draftOf}
      bodyOf={bodyOf}
      changes={[list]}
    >
      {(draft, onChange) => <HttpClientFields draft={draft} isNew={false} onChange={onChange} />}
    </EditEntity>
  );
}
