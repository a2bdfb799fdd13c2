import { NewEntity } from '../../components/new-entity.tsx';
import { bodyOf, EMPTY, FIELDS, NAME } from '../settings/settings-draft.ts';
import { SettingsFields } from '../settings/settings-fields.tsx';

export function NewProfile() {
  return (
    <NewEntity
      what="profile"
      parent={{ to: '/profiles', label: 'Profiles' }}
      resource="/profiles"
      start={EMPTY}
      fields={FIELDS}
      namePointer={NAME}
      bodyOf={bodyOf}
    >
      {(draft, onChange) => <SettingsFields draft={draft} isNew onChange={onChange} />}
    </NewEntity>
  );
}
