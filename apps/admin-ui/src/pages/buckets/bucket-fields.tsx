import type { Bucket } from '../../api/shapes.ts';
import { TextArea, TextField } from '../../components/field.tsx';

export type BucketDraft = Pick<Bucket, 'id' | 'description'>;

/** The member of the address that names it, as faults of the service have it. */
export const NAME = '/bucket';
export const FIELDS = [NAME, '/description'];

/** The body of a request. */
export function bodyOf({ description }: BucketDraft): object {
  return { description: description.trim() };
}

export function BucketFields({
  draft,
  isNew,
  onChange,
}: {
  readonly draft: BucketDraft;
  readonly isNew: boolean;
  readonly onChange: (draft: BucketDraft) => void;
}) {
  return (
    <section className="card stack" aria-label="Bucket">
      {isNew && (
        <TextField
          label="Bucket id"
          pointer={NAME}
          required
          hint="What procedures name it by. It cannot be changed."
          className="mono"
          value={draft.id}
          onChange={(id) => onChange({ ...draft, id })}
        />
      )}
      <TextArea
        label="Description"
        pointer="/description"
        hint="For people: what is kept in it, and why."
        value={draft.description}
        onChange={(description) => onChange({ ...draft, description })}
      />
    </section>
  );
}
