import type { TokenIssuer } from '../../api/shapes.ts';
import { EditEntity } from '../../components/edit-entity.tsx';
import { bodyOf, draftOf, FIELDS, type IssuerDraft } from './issuer-draft.ts';
import { IssuerFields } from './issuer-fields.tsx';
import { useIssuerOf } from './issuer-resource.ts';

export function EditIssuer() {
  const { id, of, resource, list, address } = useIssuerOf();
  return (
    <EditEntity<TokenIssuer, IssuerDraft>
      id={id}
      resource={resource}
      address={address}
      fields={FIELDS}
      draftOf={draftOf}
      bodyOf={bodyOf}
      changes={[list, `${of}/keys`]}
    >
      {(draft, onChange) => <IssuerFields draft={draft} isNew={false} onChange={onChange} />}
    </EditEntity>
  );
}
