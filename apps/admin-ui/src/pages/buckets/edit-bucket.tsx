import type { Bucket } from '../../api/shapes.ts';
import { EditEntity } from '../../components/edit-entity.tsx';
import { BucketFields, bodyOf, FIELDS, type BucketDraft } from './bucket-fields.tsx';
import { useBucketOf } from './bucket-resource.ts';

export function EditBucket() {
  const { id, resource, list, address } = useBucketOf();
  return (
    <EditEntity<Bucket, BucketDraft>
      id={id}
      resource={resource}
      address={address}
      fields={FIELDS}
      draftOf={({ description }) => ({ id, description })}
      bodyOf={bodyOf}
      changes={[list]}
    >
      {(draft, onChange) => <BucketFields draft={draft} isNew={false} onChange={onChange} />}
    </EditEntity>
  );
}
