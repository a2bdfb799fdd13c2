import { useState, type SubmitEvent } from 'react';
import { useNavigate } from 'react-router';
import { Button } from '../../components/button.tsx';
import { SelectField, TextField } from '../../components/field.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import type { ScriptLanguage } from '../../api/script-types.ts';
import { keepDraft } from '../../scripts/draft.ts';
import { useAdministrator } from '../../session/session.ts';

const FIRST_TEXT: Readonly<Record<ScriptLanguage, string>> = {
  javascript: '/**\n * @param {string} name\n * @returns {string}\n */\nfunction greeting(name) {\n  return `Hello ${name}`;\n}\n',
  typescript: 'function greeting(name: string): string {\n  return `Hello ${name}`;\n}\n',
};

/** Names a library and opens it with a first text. It is made when its first version is saved. */
export function NewLibraryPage() {
  const navigate = useNavigate();
  const administrator = useAdministrator().id;
  const [id, setId] = useState('');
  const [language, setLanguage] = useState<ScriptLanguage>('javascript');
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const draft = { source: FIRST_TEXT[language], language, libraries: [], secrets: [], base: 0, latest: 0, at: Date.now(), isFirst: true };
    keepDraft({ administrator, kind: 'library', id }, draft);
    void navigate(`/libraries/${encodeURIComponent(id)}`);
  };
  return (
    <>
      <PageHeader title="New library" parent={{ to: '/libraries', label: 'Libraries' }} />
      <form className="card stack new-library" onSubmit={submit}>
        <TextField
          label="Name"
          pointer="/id"
          value={id}
          onChange={setId}
          required
          maxLength={64}
          pattern="[A-Za-z0-9][A-Za-z0-9._\-]*"
          title="Letters, digits, dots, dashes and underscores; a letter or digit first."
          className="mono"
          autoCapitalize="none"
          hint="Procedures name it so. It stays."
        />
        <SelectField
          label="Language"
          pointer="/language"
          value={language}
          onChange={(value) => setLanguage(value as ScriptLanguage)}
          options={[
            ['javascript', 'JavaScript'],
            ['typescript', 'TypeScript, whose types procedures see'],
          ]}
        />
        <div className="row">
          <Button type="submit" kind="primary">
            Write it
          </Button>
        </div>
      </form>
    </>
  );
}
