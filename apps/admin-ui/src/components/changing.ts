import { useCallback } from 'react';
import type { Answer } from '../api/request.ts';
import { useProposing } from './proposed-change.tsx';
import { useTakeOver, type TakeOver } from './take-over.ts';

/**
 * Makes changes of configuration: asks before something is taken over from a file, and tells of a change that became a proposal.
 *
 * @returns a function that calls the change; it throws `LeftToFile` or `ChangeProposed`, both `NotChanged`, when it was not made
 */
export function useChanging(): <T>(change: (options: TakeOver) => Promise<Answer<T>>) => Promise<Answer<T>> {
  const takeOver = useTakeOver();
  const proposing = useProposing();
  return useCallback((change) => takeOver((options) => proposing(change(options))), [takeOver, proposing]);
}
