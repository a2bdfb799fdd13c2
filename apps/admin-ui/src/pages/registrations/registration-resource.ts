import { useParams } from 'react-router';
import { useOfProfile } from '../../api/profile-resource.ts';
import { path } from '../../api/request.ts';

/** Clients of a profile that have registered themselves, and the tokens by which they may. */
export function useRegistrationsOf() {
  const { profile, of, resource: clients, address } = useOfProfile('dynamic-clients', 'registrations');
  return { profile, of, clients, tokens: `${of}/initial-access-tokens`, address };
}

/** The registered client in the address. */
export function useRegisteredClientOf() {
  const all = useRegistrationsOf();
  const { client: id = '' } = useParams();
  return { ...all, id, resource: all.clients + path`/${id}` };
}
