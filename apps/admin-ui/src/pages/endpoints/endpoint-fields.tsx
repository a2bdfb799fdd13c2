import { CheckField, SelectField, TextArea, TextField } from '../../components/field.tsx';
import { memberSetter } from '../../components/member-setter.ts';
import { KINDS, NAME, OTHER_POINTERS, type EndpointDraft, type EndpointKind } from './endpoint-draft.ts';

const KIND_OPTIONS = Object.entries(KINDS).map(([kind, text]) => [kind, `${kind} – ${text}`] as const);
const ADVERTISED = [
  ['unless-another', 'unless another of its kind is'],
  ['yes', 'yes'],
  ['no', 'no'],
] as const satisfies readonly (readonly [EndpointDraft['advertised'], string])[];

/** The fields of an endpoint. What names it cannot be changed later. */
export function EndpointFields({
  draft,
  isNew,
  onChange,
}: {
  readonly draft: EndpointDraft;
  readonly isNew: boolean;
  readonly onChange: (draft: EndpointDraft) => void;
}) {
  const set = memberSetter(draft, onChange);
  return (
    <>
      <section className="card stack" aria-labelledby="where">
        <h2 id="where">What and where</h2>
        {isNew && (
          <TextField
            label="Endpoint id"
            pointer={NAME}
            required
            hint="What it is known by to administrators. It cannot be changed."
            className="mono"
            value={draft.id}
            onChange={set('id')}
          />
        )}
        <SelectField
          label="Kind"
          pointer="/kind"
          options={KIND_OPTIONS}
          value={draft.kind}
          onChange={(value) => set('kind')(value as EndpointKind)}
        />
        <TextField
          label="Path"
          pointer="/path"
          required
          hint="At the address of the service; begins with /."
          className="mono"
          value={draft.path}
          onChange={set('path')}
        />
        <CheckField
          label="Enabled"
          pointer="/enabled"
          hint="A disabled endpoint answers nothing."
          checked={draft.enabled}
          onChange={set('enabled')}
        />
        <div className="fields">
          <SelectField
            label="Advertised in metadata"
            pointer="/advertised"
            hint="Discovery names one endpoint of a kind."
            options={isNew ? ADVERTISED : ADVERTISED.slice(1)}
            value={draft.advertised}
            onChange={(value) => set('advertised')(value as EndpointDraft['advertised'])}
          />
          <TextField
            label="Service roles that serve it"
            pointer="/deployedTo"
            hint="Apart by spaces."
            className="mono"
            value={draft.deployedTo}
            onChange={set('deployedTo')}
          />
        </div>
      </section>
      <section className="card stack" aria-labelledby="settings">
        <h2 id="settings">Settings of its kind</h2>
        <TextArea
          label="Settings as JSON"
          pointer={OTHER_POINTERS}
          hint="Such as revocationLag, forwardAuth or userPages, as the admin API has them; /openapi.json describes each."
          className="mono"
          rows={10}
          value={draft.others}
          onChange={set('others')}
        />
      </section>
    </>
  );
}
