import { useCallback } from 'react';
import { isProblem } from '../api/api-error.ts';
import { LeftToFile } from '../api/not-changed.ts';
import { useConfirm } from './confirm.tsx';

/** What a change is given: spread it into the options of the request. */
export interface TakeOver {
  readonly takeOver: boolean;
}

/**
 * Makes changes of what a configuration file may own: the service refuses those, the person is asked, and when they take it over the
 * change is made again.
 *
 * @returns a function that calls the change; it throws `LeftToFile` when they do not
 */
export function useTakeOver(): <T>(change: (options: TakeOver) => Promise<T>) => Promise<T> {
  const confirm = useConfirm();
  return useCallback(
    async (change) => {
      try {
        return await change({ takeOver: false });
      } catch (error) {
        if (!isProblem(error, 'owned-by-file')) throw error;
        const taken = await confirm({
          title: 'A configuration file owns this',
          text: 'When you change it here, it belongs to the API from then on: a file that says otherwise about it is refused at the next start. To keep it in the file, change the file.',
          action: 'Take over and change',
          dangerous: true,
        });
        if (!taken) throw new LeftToFile();
        return change({ takeOver: true });
      }
    },
    [confirm],
  );
}
