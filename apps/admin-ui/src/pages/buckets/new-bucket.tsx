import { NewEntity } from '../../components/new-entity.tsx';
import { BucketFields, bodyOf, FIELDS, NAME } from './bucket-fields.tsx';
import { useBucketsOf } from './bucket-resource.ts';

export function NewBucket() {
  const { profile, resource, address } = useBucketsOf();
  return (
    <NewEntity
      what="bucket"
      parent={{ to: address, label: `Buckets of ${profile}` }}
      resource={resource}
      start={{ id: '', description: '' }}
      fields={FIELDS}
      namePointer={NAME}
      bodyOf={bodyOf}
    >
      {(draft, onChange) => <BucketFields draft={draft} isNew onChange={onChange} />}
    </NewEntity>
  );
}
