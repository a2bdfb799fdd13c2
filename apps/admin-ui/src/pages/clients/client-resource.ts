import { useParams } from 'react-router';
import { path } from '../../api/request.ts';

/** The clients of the profile in the address: their resource, and the address of their list. */
export function useClientsOf(): { readonly profile: string; readonly resource: string; readonly address: string } {
  const { profile = '' } = useParams();
  const resource = path`/profiles/${profile}/clients`;
  return { profile, resource, address: resource };
}

/** The client in the address, besides. */
export function useClientOf() {
  const clients = useClientsOf();
  const { client: id = '' } = useParams();
  const client = path`/${id}`;
  return { ...clients, id, list: clients.resource, resource: clients.resource + client, address: clients.address + client };
}
