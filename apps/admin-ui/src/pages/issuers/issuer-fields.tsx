import { CheckField, SelectField, TextField } from '../../components/field.tsx';
import { memberSetter } from '../../components/member-setter.ts';
import { ALGORITHMS, KINDS, NAME, type Algorithm, type IssuerDraft, type IssuerKind } from './issuer-draft.ts';

const KIND_OPTIONS = Object.entries(KINDS);
const ALGORITHM_OPTIONS = [['', 'the usual one, ES256'], ...Object.entries(ALGORITHMS)] as const;
const DEFAULT = [
  ['unless-another', 'unless another of its kind is'],
  ['yes', 'yes'],
  ['no', 'no'],
] as const satisfies readonly (readonly [IssuerDraft['isDefault'], string])[];

export function IssuerFields({
  draft,
  isNew,
  onChange,
}: {
  readonly draft: IssuerDraft;
  readonly isNew: boolean;
  readonly onChange: (draft: IssuerDraft) => void;
}) {
  const set = memberSetter(draft, onChange);
  return (
    <section className="card stack" aria-label="Token issuer">
      {isNew && (
        <TextField
          label="Token issuer id"
          pointer={NAME}
          required
          hint="What procedures name it by. It cannot be changed."
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
        onChange={(value) => set('kind')(value as IssuerKind)}
      />
      {draft.kind !== 'opaque' && (
        <SelectField
          label="Signs with"
          pointer="/algorithm"
          hint="Keys are made when the profile has none of the algorithm."
          options={ALGORITHM_OPTIONS}
          value={draft.algorithm}
          onChange={(value) => set('algorithm')(value as Algorithm | '')}
        />
      )}
      <div className="fields">
        <TextField
          label="Lifetime of its tokens"
          pointer="/lifetime"
          hint="Seconds; empty for the client’s, else the profile’s."
          inputMode="numeric"
          value={draft.lifetime}
          onChange={set('lifetime')}
        />
        <SelectField
          label="Default of its kind"
          pointer="/isDefault"
          options={isNew ? DEFAULT : DEFAULT.slice(1)}
          value={draft.isDefault}
          onChange={(value) => set('isDefault')(value as IssuerDraft['isDefault'])}
        />
      </div>
      <CheckField
        label="Enabled"
        pointer="/enabled"
        hint="A disabled one gives procedures null instead of a token."
        checked={draft.enabled}
        onChange={set('enabled')}
      />
      <CheckField
        label="Procedures may change the subject"
        pointer="/allowSubjectChange"
        hint="Tokens may then name somebody else than who the delegation is of."
        checked={draft.allowSubjectChange}
        onChange={set('allowSubjectChange')}
      />
    </section>
  );
}
