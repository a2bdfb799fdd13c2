import { NewEntity } from '../../components/new-entity.tsx';
import { bodyOf, EMPTY, FIELDS, NAME } from './issuer-draft.ts';
import { IssuerFields } from './issuer-fields.tsx';
import { useIssuersOf } from './issuer-resource.ts';

export function NewIssuer() {
  const { profile, of, resource, address } = useIssuersOf();
  return (
    <NewEntity
      what="token issuer"
      parent={{ to: address, label: `Token issuers of ${profile}` }}
      resource={resource}
      start={EMPTY}
      fields={FIELDS}
      namePointer={NAME}
      bodyOf={bodyOf}
      changes={[`${of}/keys`]}
    >
      {(draft, onChange) => <IssuerFields draft={draft} isNew onChange={onChange} />}
    </NewEntity>
  );
}
