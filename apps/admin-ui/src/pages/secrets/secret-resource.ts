import { useParams } from 'react-router';
import { useOfProfile } from '../../api/profile-resource.ts';
import { path } from '../../api/request.ts';

export function useSecretsOf() {
  return useOfProfile('secrets');
}

/** The secret in the address. */
export function useSecretOf() {
  const all = useSecretsOf();
  const { secret: id = '' } = useParams();
  const resource = all.resource + path`/${id}`;
  return { ...all, id, list: all.resource, resource, address: resource };
}
