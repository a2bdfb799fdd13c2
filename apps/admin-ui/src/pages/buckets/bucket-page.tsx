import type { Bucket } from '../../api/shapes.ts';
import { OriginBadge } from '../../components/badge.tsx';
import { EntityActions } from '../../components/entity-actions.tsx';
import { EntityPage } from '../../components/entity-page.tsx';
import { useBucketOf } from './bucket-resource.ts';
import { EntriesOfSubject } from './entries-of-subject.tsx';

export function BucketPage() {
  const { id, resource, list, profile } = useBucketOf();
  return (
    <EntityPage<Bucket>
      id={id}
      resource={resource}
      parent={{ to: list, label: `Buckets of ${profile}` }}
      description={({ description }) => description}
      aside={({ origin }) => <OriginBadge origin={origin} />}
      actions={(_, etag) => (
        <EntityActions
          name={id}
          what="bucket"
          resource={resource}
          etag={etag}
          parent={list}
          consequence="All that it holds is gone with it, for everybody, and procedures that name it fail from now on."
        />
      )}
    >
      {() => <EntriesOfSubject />}
    </EntityPage>
  );
}
