import { NewEntity } from '../../components/new-entity.tsx';
import { bodyOf, EMPTY, FIELDS, NAME } from './http-client-draft.ts';
import { HttpClientFields } from './http-client-fields.tsx';
import { useHttpClientsOf } from './http-client-resource.ts';

export function NewHttpClient() {
  const { profile, resource, address } = useHttpClientsOf();
  return (
    <NewEntity
      what="HTTP client"
      parent={{ to: address, label: `HTTP clients of ${profile}` }}
      resource={resource}
      start={EMPTY}
      fields={FIELDS}
      namePointer={NAME}
      bodyOf={bodyOf}
    >
      {(draft, onChange) => <HttpClientFields draft={draft} isNew onChange={onChange} />}
    </NewEntity>
  );
}
