import { useState } from 'react';
import { CheckField, TextArea, TextField } from '../../components/field.tsx';
import { NAME, type SecretDraft } from './secret-draft.ts';

/** The value of a secret, which is covered while it is typed unless one says otherwise, and for a new one its name. */
export function SecretFields({
  draft,
  isNew,
  onChange,
}: {
  readonly draft: SecretDraft;
  readonly isNew: boolean;
  readonly onChange: (draft: SecretDraft) => void;
}) {
  const [isShown, setShown] = useState(false);
  return (
    <section className="card stack" aria-label="Secret">
      {isNew && (
        <TextField
          label="Secret id"
          pointer={NAME}
          required
          hint="What procedures read it by. It cannot be changed."
          className="mono"
          value={draft.id}
          onChange={(id) => onChange({ ...draft, id })}
        />
      )}
      <TextArea
        label={isNew ? 'Value' : 'New value'}
        pointer="/value"
        required
        hint="A password, a token, a key in PEM: taken as it is, with blanks and line ends. It is sealed before it is stored, and never shown again."
        className={`mono ${isShown ? '' : 'masked'}`}
        autoComplete="off"
        autoCapitalize="none"
        rows={4}
        value={draft.value}
        onChange={(value) => onChange({ ...draft, value })}
      />
      <CheckField label="Show what is typed" pointer="/shown" checked={isShown} onChange={setShown} />
    </section>
  );
}
