import { CheckField, ChoicesField, SelectField, TextArea, TextField } from '../../components/field.tsx';
import { memberSetter } from '../../components/member-setter.ts';
import { ALL_CAPABILITIES, OTHER_POINTERS, type Capability, type ClientDraft, type TokenFormat } from './client-draft.ts';

const FORMATS = [
  ['', 'as the profile has them'],
  ['opaque', 'opaque'],
  ['jwt', 'jwt'],
  ['wrapped-opaque', 'wrapped-opaque'],
] as const satisfies readonly (readonly [TokenFormat | '', string])[];

/** The fields of a client, for a new one and for one that is changed. */
export function ClientFields({ draft, onChange }: { readonly draft: ClientDraft; readonly onChange: (draft: ClientDraft) => void }) {
  const set = memberSetter(draft, onChange);
  return (
    <>
      <section className="card stack" aria-labelledby="about">
        <h2 id="about">About it</h2>
        <TextField label="Name" pointer="/name" hint="For people; by default the id." value={draft.name} onChange={set('name')} />
        <TextArea label="Description" pointer="/description" rows={2} value={draft.description} onChange={set('description')} />
        <CheckField
          label="Enabled"
          pointer="/enabled"
          hint="A disabled client cannot authenticate."
          checked={draft.enabled}
          onChange={set('enabled')}
        />
      </section>
      <section className="card stack" aria-labelledby="may">
        <h2 id="may">What it may do</h2>
        <ChoicesField
          label="Capabilities"
          pointer="/capabilities"
          value={draft.capabilities}
          options={ALL_CAPABILITIES}
          onChange={(value) => set('capabilities')(value as readonly Capability[])}
        />
        <div className="fields">
          <TextArea
            label="Scopes"
            pointer="/scopes"
            hint="Out of those of the profile, one a line."
            className="mono"
            value={draft.scopes}
            onChange={set('scopes')}
          />
          <TextArea
            label="Audiences"
            pointer="/audiences"
            hint="Of its tokens, one a line; none for its own id."
            className="mono"
            value={draft.audiences}
            onChange={set('audiences')}
          />
        </div>
      </section>
      <section className="card stack" aria-labelledby="tokens">
        <h2 id="tokens">Its access tokens</h2>
        <div className="fields">
          <SelectField
            label="Format"
            pointer="/accessTokenFormat"
            options={FORMATS}
            value={draft.accessTokenFormat}
            onChange={(value) => set('accessTokenFormat')(value as TokenFormat | '')}
          />
          <TextField
            label="Lifetime"
            pointer="/accessTokenLifetime"
            hint="Seconds; empty for the profile’s."
            inputMode="numeric"
            value={draft.accessTokenLifetime}
            onChange={set('accessTokenLifetime')}
          />
        </div>
      </section>
      <section className="card stack" aria-labelledby="others">
        <h2 id="others">All else</h2>
        <TextArea
          label="Further members as JSON"
          pointer={OTHER_POINTERS}
          hint="How it authenticates, redirect URIs, OpenID Connect, token exchange and so on, as the admin API has them; /openapi.json describes each."
          className="mono"
          rows={14}
          value={draft.others}
          onChange={set('others')}
        />
      </section>
    </>
  );
}
