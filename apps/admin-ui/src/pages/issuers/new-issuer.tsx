import { useNavigate } from 'react-router';
import { useChanged } from '../../api/changed.ts';
import { path, put } from '../../api/request.ts';
import { nameOf } from '../../components/draft.ts';
import { EntityForm } from '../../components/entity-form.tsx';
import { useOutcome } from '../../components/outcome.ts';
import { PageHeader } from '../../components/page-header.tsx';
import { bodyOf, EMPTY, FIELDS, NAME } from './issuer-draft.ts';
import { IssuerFields } from './issuer-fields.tsx';
import { useIssuersOf } from './issuer-resource.ts';

export function NewIssuer() {
  const { profile, of, resource, address } = useIssuersOf();
  const navigate = useNavigate();
  const changed = useChanged();
  const outcome = useOutcome();
  return (
    <>
      <PageHeader title="New token issuer" parent={{ to: address, label: `Token issuers of ${profile}` }} />
      <EntityForm
        start={EMPTY}
        fields={FIELDS}
        namePointer={NAME}
        action="Create the token issuer"
        cancel={address}
        send={async (draft, conditions) => put(resource + path`/${nameOf(draft.id, NAME)}`, { body: bodyOf(draft), ...conditions })}
        onSaved={async (answer) => {
          outcome(answer, 'The token issuer is created.');
          await navigate(address);
          await changed(resource, `${of}/keys`);
        }}
      >
        {(draft, onChange) => <IssuerFields draft={draft} isNew onChange={onChange} />}
      </EntityForm>
    </>
  );
}
