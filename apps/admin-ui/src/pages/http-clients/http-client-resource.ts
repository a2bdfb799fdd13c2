import { useParams } from 'react-router';
import { useOfProfile } from '../../api/profile-resource.ts';
import { path } from '../../api/request.ts';

export function useHttpClientsOf() {
  return useOfProfile('http-clients');
}

/** The HTTP client in the address. */
export function useHttpClientOf() {
  const all = useHttpClientsOf();
  const { client: id = '' } = useParams();
  const resource = all.resource + path`/${id}`;
  return { ...all, id, list: all.resource, resource, address: resource };
}
