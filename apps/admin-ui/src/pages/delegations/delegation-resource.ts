import { useQueryClient } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { path } from '../../api/request.ts';

/** Of the profile in the address: resources of the API and the address of the page. */
export function useProfileResources() {
  const { profile = '' } = useParams();
  const resource = path`/profiles/${profile}`;
  return {
    profile,
    delegations: `${resource}/delegations`,
    tokens: `${resource}/tokens`,
    revocations: `${resource}/revocations`,
    address: `${resource}/delegations`,
  };
}

/** Has all that revocations change read again. */
export function useRevoked(): () => Promise<void> {
  const queries = useQueryClient();
  const { delegations, tokens } = useProfileResources();
  return async () => {
    await queries.invalidateQueries({
      predicate: ({ queryKey: [resource] }) =>
        typeof resource === 'string' && (resource.startsWith(delegations) || resource.startsWith(tokens)),
    });
  };
}
