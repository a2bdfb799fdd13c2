import type { Secret } from '../../api/shapes.ts';
import { EditEntity } from '../../components/edit-entity.tsx';
import { bodyOf, EMPTY, FIELDS, type SecretDraft } from './secret-draft.ts';
import { SecretFields } from './secret-fields.tsx';
import { useSecretOf } from './secret-resource.ts';

/** Sets another value. */
export function EditSecret() {
  const { id, resource, list, address } = useSecretOf();
  return (
    <EditEntity<Secret, SecretDraft>
      id={id}
      resource={resource}
      address={address}
      fields={FIELDS}
      draftOf={() => EMPTY}
      bodyOf={bodyOf}
      changes={[list]}
    >
      {(draft, onChange) => <SecretFields draft={draft} isNew={false} onChange={onChange} />}
    </EditEntity>
  );
}
