import { useNavigate } from 'react-router';
import { useChanged } from '../../api/changed.ts';
import { useEntity } from '../../api/entity.ts';
import { put } from '../../api/request.ts';
import type { TokenIssuer } from '../../api/types.ts';
import { EntityForm } from '../../components/entity-form.tsx';
import { NotThere } from '../../components/entity-state.tsx';
import { useOutcome } from '../../components/outcome.ts';
import { PageHeader } from '../../components/page-header.tsx';
import { bodyOf, draftOf, FIELDS, type IssuerDraft } from './issuer-draft.ts';
import { IssuerFields } from './issuer-fields.tsx';
import { useIssuerOf } from './issuer-resource.ts';

export function EditIssuer() {
  const { id, of, resource, list, address } = useIssuerOf();
  const issuer = useEntity<TokenIssuer>(resource);
  const navigate = useNavigate();
  const changed = useChanged();
  const outcome = useOutcome();
  return (
    <>
      <PageHeader title={`Edit ${id}`} parent={{ to: address, label: id }} />
      {issuer.data === undefined ? (
        <NotThere of={issuer} />
      ) : (
        <EntityForm<IssuerDraft>
          start={{
            draft: draftOf(issuer.data.data),
            etag: issuer.data.etag,
            isOfFile: issuer.data.data.origin === 'file',
            reload: () => void issuer.refetch(),
          }}
          fields={FIELDS}
          action="Save"
          cancel={address}
          send={async (draft, conditions) => put(resource, { body: bodyOf(draft), ...conditions })}
          onSaved={async (answer) => {
            outcome(answer, `${id} is saved.`);
            await navigate(address);
            await changed(list, resource, `${of}/keys`);
          }}
        >
          {(draft, onChange) => <IssuerFields draft={draft} isNew={false} onChange={onChange} />}
        </EntityForm>
      )}
    </>
  );
}
