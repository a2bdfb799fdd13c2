import { useNavigate } from 'react-router';
import { useChanged } from '../../api/changed.ts';
import { path, put } from '../../api/request.ts';
import { nameOf } from '../../components/draft.ts';
import { EntityForm } from '../../components/entity-form.tsx';
import { useOutcome } from '../../components/outcome.ts';
import { PageHeader } from '../../components/page-header.tsx';
import { bodyOf, EMPTY, FIELDS, NAME } from './endpoint-draft.ts';
import { EndpointFields } from './endpoint-fields.tsx';
import { useEndpointsOf } from './endpoint-resource.ts';

export function NewEndpoint() {
  const { profile, resource, address } = useEndpointsOf();
  const navigate = useNavigate();
  const changed = useChanged();
  const outcome = useOutcome();
  return (
    <>
      <PageHeader title="New endpoint" parent={{ to: address, label: `Endpoints of ${profile}` }} />
      <EntityForm
        start={EMPTY}
        fields={FIELDS}
        namePointer={NAME}
        action="Create the endpoint"
        cancel={address}
        send={async (draft, conditions) => put(resource + path`/${nameOf(draft.id, NAME)}`, { body: bodyOf(draft), ...conditions })}
        onSaved={async (answer) => {
          const isThere = outcome(answer, 'The endpoint is created.');
          await navigate(isThere ? address + path`/${(answer.data as { readonly id: string }).id}` : address);
          await changed(resource);
        }}
      >
        {(draft, onChange) => <EndpointFields draft={draft} isNew onChange={onChange} />}
      </EntityForm>
    </>
  );
}
