import { useParams } from 'react-router';
import { useOfProfile } from '../../api/profile-resource.ts';
import { path } from '../../api/request.ts';

export function useBucketsOf() {
  return useOfProfile('buckets');
}

/** The bucket in the address. */
export function useBucketOf() {
  const all = useBucketsOf();
  const { bucket: id = '' } = useParams();
  const resource = all.resource + path`/${id}`;
  return { ...all, id, list: all.resource, resource, address: resource };
}
