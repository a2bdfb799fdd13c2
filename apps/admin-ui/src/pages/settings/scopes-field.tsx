import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/field.tsx';
import { newScope, pointerOf, type ScopeDraft } from './scopes-draft.ts';
import './settings.css';

/** The scopes that clients of a profile may have, each with its members. */
export function ScopesField({
  scopes,
  onChange,
}: {
  readonly scopes: readonly ScopeDraft[];
  readonly onChange: (scopes: readonly ScopeDraft[]) => void;
}) {
  return (
    <>
      {scopes.length === 0 && <p className="muted">There are none: clients can be given no scope.</p>}
      <ul className="scopes">
        {scopes.map((scope) => (
          <li key={scope.key}>
            <ScopeFields
              scope={scope}
              onChange={(changed) => onChange(scopes.map((one) => (one.key === changed.key ? changed : one)))}
              onRemove={() => onChange(scopes.filter(({ key }) => key !== scope.key))}
            />
          </li>
        ))}
      </ul>
      <div className="row">
        <Button small onClick={() => onChange([...scopes, newScope()])}>
          Add a scope
        </Button>
      </div>
    </>
  );
}

function ScopeFields({
  scope,
  onChange,
  onRemove,
}: {
  readonly scope: ScopeDraft;
  readonly onChange: (scope: ScopeDraft) => void;
  readonly onRemove: () => void;
}) {
  const at = pointerOf(scope);
  const named = scope.name.trim() === '' ? 'the new scope' : scope.name.trim();
  const set = (member: keyof ScopeDraft) => (value: string) => onChange({ ...scope, [member]: value });
  return (
    <fieldset className="scope">
      <legend className="visually-hidden">Scope {named}</legend>
      <TextField label="Name" pointer={`${at}#`} className="mono" value={scope.name} onChange={set('name')} />
      <TextField label="Description" pointer={`${at}/description`} value={scope.description} onChange={set('description')} />
      <TextField
        label="Holds for, in seconds"
        pointer={`${at}/lifetime`}
        inputMode="numeric"
        placeholder="the token’s"
        value={scope.lifetime}
        onChange={set('lifetime')}
      />
      <TextField
        label="Claims it releases"
        pointer={`${at}/claims`}
        className="mono"
        placeholder="the standard’s"
        value={scope.claims}
        onChange={set('claims')}
      />
      <Button small kind="quiet" aria-label={`Remove ${named}`} onClick={onRemove}>
        Remove
      </Button>
    </fieldset>
  );
}
