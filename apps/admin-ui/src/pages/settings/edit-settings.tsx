import { useOfProfile } from '../../api/profile-resource.ts';
import type { Profile } from '../../api/shapes.ts';
import { EditEntity } from '../../components/edit-entity.tsx';
import { bodyOf, draftOf, FIELDS, type SettingsDraft } from './settings-draft.ts';
import { SettingsFields } from './settings-fields.tsx';

export function EditSettings() {
  const { profile, of, address } = useOfProfile('settings');
  return (
    <EditEntity<Profile, SettingsDraft>
      id={profile}
      resource={of}
      address={address}
      fields={FIELDS}
      draftOf={draftOf}
      bodyOf={bodyOf}
      changes={['/profiles']}
    >
      {(draft, onChange) => <SettingsFields draft={draft} isNew={false} onChange={onChange} />}
    </EditEntity>
  );
}
