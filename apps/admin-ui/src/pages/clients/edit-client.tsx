import { useNavigate } from 'react-router';
import { useChanged } from '../../api/changed.ts';
import { useEntity } from '../../api/entity.ts';
import { put } from '../../api/request.ts';
import type { Client } from '../../api/types.ts';
import { EntityForm } from '../../components/entity-form.tsx';
import { NotThere } from '../../components/entity-state.tsx';
import { useOutcome } from '../../components/outcome.ts';
import { PageHeader } from '../../components/page-header.tsx';
import { bodyOf, draftOf, FIELDS, OTHER_POINTERS, type ClientDraft } from './client-draft.ts';
import { ClientFields } from './client-fields.tsx';
import { useClientOf } from './client-resource.ts';

export function EditClient() {
  const { id, resource, list, address } = useClientOf();
  const client = useEntity<Client>(resource);
  const navigate = useNavigate();
  const changed = useChanged();
  const outcome = useOutcome();
  const name = client.data?.data.name ?? id;
  return (
    <>
      <PageHeader title={`Edit ${id}`} parent={{ to: address, label: name }} />
      {client.data === undefined ? (
        <NotThere of={client} />
      ) : (
        <EntityForm<ClientDraft>
          start={{
            draft: draftOf(client.data.data),
            etag: client.data.etag,
            isOfFile: client.data.data.origin === 'file',
            reload: () => void client.refetch(),
          }}
          fields={[...FIELDS, ...OTHER_POINTERS]}
          action="Save"
          cancel={address}
          send={async (draft, conditions) => put<Client>(resource, { body: bodyOf(draft), ...conditions })}
          onSaved={async (answer) => {
            outcome(answer, `${name} is saved.`);
            await navigate(address);
            await changed(list, resource);
          }}
        >
          {(draft, onChange) => <ClientFields draft={draft} onChange={onChange} />}
        </EntityForm>
      )}
    </>
  );
}
