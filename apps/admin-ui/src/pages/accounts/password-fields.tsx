import { SelectField, TextField } from '../../components/field.tsx';

/** How a password comes about. */
export interface PasswordDraft {
  readonly by: 'service' | 'typed' | 'none';
  readonly typed: string;
}

export const MADE_BY_SERVICE: PasswordDraft = { by: 'service', typed: '' };

/** The member of a body: absent for one that the service makes, null for none. */
export function passwordOf({ by, typed }: PasswordDraft): { readonly password?: string | null } {
  if (by === 'service') return {};
  return { password: by === 'none' ? null : typed };
}

const WAYS = [
  ['service', 'made by the service, shown once'],
  ['typed', 'typed here'],
  ['none', 'none: an upstream provider signs them in'],
] as const satisfies readonly (readonly [PasswordDraft['by'], string])[];

export function PasswordFields({ draft, onChange }: { readonly draft: PasswordDraft; readonly onChange: (draft: PasswordDraft) => void }) {
  return (
    <>
      <SelectField
        label="The password is"
        pointer="/password-way"
        options={WAYS}
        value={draft.by}
        onChange={(by) => onChange({ by: by as PasswordDraft['by'], typed: '' })}
      />
      {draft.by === 'typed' && (
        <TextField
          label="Password"
          pointer="/password"
          type="password"
          autoComplete="new-password"
          hint="At least 8 characters."
          value={draft.typed}
          onChange={(typed) => onChange({ ...draft, typed })}
        />
      )}
    </>
  );
}
