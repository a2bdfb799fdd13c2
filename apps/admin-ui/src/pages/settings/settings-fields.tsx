import { CheckField, ChoicesField, SelectField, TextArea, TextField } from '../../components/field.tsx';
import { memberSetter } from '../../components/member-setter.ts';
import { ScopesField } from './scopes-field.tsx';
import {
  ALL_CAPABILITIES,
  ALL_LIFETIMES,
  ALL_PARTS,
  LIFETIMES,
  NAME,
  PARTS,
  type Capability,
  type SettingsDraft,
  type TokenFormat,
} from './settings-draft.ts';

const FORMATS = [
  ['opaque', 'opaque'],
  ['jwt', 'jwt'],
  ['wrapped-opaque', 'wrapped-opaque'],
] as const satisfies readonly (readonly [TokenFormat, string])[];

/** The fields of a profile. What names it cannot be changed later. */
export function SettingsFields({
  draft,
  isNew,
  onChange,
}: {
  readonly draft: SettingsDraft;
  readonly isNew: boolean;
  readonly onChange: (draft: SettingsDraft) => void;
}) {
  const set = memberSetter(draft, onChange);
  return (
    <>
      <section className="card stack" aria-labelledby="what">
        <h2 id="what">What it is</h2>
        {isNew && (
          <TextField
            label="Profile id"
            pointer={NAME}
            required
            hint="What it is known by to administrators. It cannot be changed."
            className="mono"
            value={draft.id}
            onChange={set('id')}
          />
        )}
        <TextField
          label="Issuer"
          pointer="/issuer"
          required
          hint="An https URL, or a path such as /~ that is appended to the address of the service. Tokens name it, so that a change makes those that are out invalid."
          className="mono"
          value={draft.issuer}
          onChange={set('issuer')}
        />
        <ChoicesField
          label="What it can do"
          pointer="/capabilities"
          hint="A client needs the same word among its own."
          value={draft.capabilities}
          options={ALL_CAPABILITIES}
          onChange={(value) => set('capabilities')(value as readonly Capability[])}
        />
      </section>
      <section className="card stack" aria-labelledby="defaults">
        <h2 id="defaults">Tokens</h2>
        <div className="fields">
          <SelectField
            label="Form of access tokens"
            pointer="/defaults/accessTokenFormat"
            hint="When the client says nothing else."
            options={FORMATS}
            value={draft.accessTokenFormat}
            onChange={(value) => set('accessTokenFormat')(value as TokenFormat)}
          />
          {ALL_LIFETIMES.map((name) => {
            const [label, hint] = LIFETIMES[name];
            return (
              <TextField
                key={name}
                label={`${label}, in seconds`}
                pointer={`/defaults/${name}`}
                hint={hint}
                inputMode="numeric"
                value={draft.lifetimes[name]}
                onChange={(value) => set('lifetimes')({ ...draft.lifetimes, [name]: value })}
              />
            );
          })}
        </div>
        <CheckField
          label="DPoP proofs need a nonce"
          pointer="/defaults/dpopNonces"
          hint="At the token endpoint. RFC 9449 section 8."
          checked={draft.dpopNonces}
          onChange={set('dpopNonces')}
        />
        <CheckField label="Tokens may have any audience" pointer="/anyAudience" checked={draft.anyAudience} onChange={set('anyAudience')} />
        {!draft.anyAudience && (
          <TextArea
            label="Allowed audiences"
            pointer="/allowedAudiences"
            hint="One a line; none at all when it is empty."
            className="mono"
            value={draft.allowedAudiences}
            onChange={set('allowedAudiences')}
          />
        )}
      </section>
      <section className="card stack" aria-labelledby="scopes">
        <h2 id="scopes">Scopes</h2>
        <ScopesField scopes={draft.scopes} onChange={set('scopes')} />
      </section>
      <section className="card stack" aria-labelledby="parts">
        <h2 id="parts">Others that are trusted, and what may be registered</h2>
        <p className="muted">As JSON, with the members of the admin API; /openapi.json describes each.</p>
        {ALL_PARTS.map((name) => {
          const [, label, hint] = PARTS[name];
          const text = draft.parts[name];
          return (
            <TextArea
              key={name}
              label={label}
              pointer={`/${name}`}
              hint={hint}
              className="mono"
              rows={Math.min(Math.max(text.split('\n').length, 2), 16)}
              value={text}
              onChange={(value) => set('parts')({ ...draft.parts, [name]: value })}
            />
          );
        })}
      </section>
    </>
  );
}
