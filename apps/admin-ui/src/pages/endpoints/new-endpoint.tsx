import { NewEntity } from '../../components/new-entity.tsx';
import { bodyOf, EMPTY, FIELDS, NAME } from './endpoint-draft.ts';
import { EndpointFields } from './endpoint-fields.tsx';
import { useEndpointsOf } from './endpoint-resource.ts';

export function NewEndpoint() {
  const { profile, resource, address } = useEndpointsOf();
  return (
    <NewEntity
      what="endpoint"
      parent={{ to: address, label: `Endpoints of ${profile}` }}
      resource={resource}
      start={EMPTY}
      fields={FIELDS}
      namePointer={NAME}
      bodyOf={bodyOf}
    >
      {(draft, onChange) => <EndpointFields draft={draft} isNew onChange={onChange} />}
    </NewEntity>
  );
}
