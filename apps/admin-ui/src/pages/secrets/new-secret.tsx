import { NewEntity } from '../../components/new-entity.tsx';
import { bodyOf, EMPTY, FIELDS, NAME } from './secret-draft.ts';
import { SecretFields } from './secret-fields.tsx';
import { useSecretsOf } from './secret-resource.ts';

export function NewSecret() {
  const { profile, resource, address } = useSecretsOf();
  return (
    <NewEntity
      what="secret"
      parent={{ to: address, label: `Secrets of ${profile}` }}
      resource={resource}
      start={EMPTY}
      fields={FIELDS}
      namePointer={NAME}
      bodyOf={bodyOf}
    >
      {(draft, onChange) => <SecretFields draft={draft} isNew onChange={onChange} />}
    </NewEntity>
  );
}
