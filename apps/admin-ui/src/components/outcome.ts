import { useCallback } from 'react';
import type { Answer } from '../api/request.ts';
import { useToast } from './toast.tsx';

/**
 * Says what came of a change: it is done, or it waits for another administrator, with a link to the proposal.
 *
 * @returns a function that answers whether it is done
 */
export function useOutcome(): (answer: Answer<unknown>, done: string) => boolean {
  const toast = useToast();
  return useCallback(
    ({ status, data }, done) => {
      if (status !== 202) {
        toast.done(done);
        return true;
      }
      const { id } = data as { readonly id: string };
      toast.done('This waits until another administrator approves it.', {
        address: `/proposals/${encodeURIComponent(id)}`,
        label: 'See the proposal',
      });
      return false;
    },
    [toast],
  );
}
