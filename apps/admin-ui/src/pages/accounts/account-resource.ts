import { useParams } from 'react-router';
import { useOfProfile } from '../../api/profile-resource.ts';
import { path } from '../../api/request.ts';

export function useAccountsOf() {
  return useOfProfile('accounts');
}

/** The account in the address. */
export function useAccountOf() {
  const accounts = useAccountsOf();
  const { account: id = '' } = useParams();
  const resource = accounts.resource + path`/${id}`;
  return { ...accounts, id, list: accounts.resource, resource, address: resource };
}
