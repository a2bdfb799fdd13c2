import { useNavigate } from 'react-router';
import { useChanged } from '../../api/changed.ts';
import { useEntity } from '../../api/entity.ts';
import { put } from '../../api/request.ts';
import type { Endpoint } from '../../api/types.ts';
import { EntityForm } from '../../components/entity-form.tsx';
import { NotThere } from '../../components/entity-state.tsx';
import { useOutcome } from '../../components/outcome.ts';
import { PageHeader } from '../../components/page-header.tsx';
import { bodyOf, draftOf, FIELDS, type EndpointDraft } from './endpoint-draft.ts';
import { EndpointFields } from './endpoint-fields.tsx';
import { useEndpointOf } from './endpoint-resource.ts';

export function EditEndpoint() {
  const { id, resource, list, address } = useEndpointOf();
  const endpoint = useEntity<Endpoint>(resource);
  const navigate = useNavigate();
  const changed = useChanged();
  const outcome = useOutcome();
  return (
    <>
      <PageHeader title={`Edit ${id}`} parent={{ to: address, label: id }} />
      {endpoint.data === undefined ? (
        <NotThere of={endpoint} />
      ) : (
        <EntityForm<EndpointDraft>
          start={{
            draft: draftOf(endpoint.data.data),
            etag: endpoint.data.etag,
            isOfFile: endpoint.data.data.origin === 'file',
            reload: () => void endpoint.refetch(),
          }}
          fields={FIELDS}
          action="Save"
          cancel={address}
          send={async (draft, conditions) => put(resource, { body: bodyOf(draft), ...conditions })}
          onSaved={async (answer) => {
            outcome(answer, `${id} is saved.`);
            await navigate(address);
            await changed(list, resource);
          }}
        >
          {(draft, onChange) => <EndpointFields draft={draft} isNew={false} onChange={onChange} />}
        </EntityForm>
      )}
    </>
  );
}
