import { RefusedError } from '../admin-client.ts';
import { CommandError } from '../command-error.ts';

/** Creates something that must not be there yet, and says so in words when it is. `advice` is what else to do then. */
export async function created<T>(what: string, create: () => Promise<T>, advice = ''): Promise<T> {
  try {
    return await create();
  } catch (error) {
    if (!(error instanceof RefusedError) || error.problem !== 'precondition-failed') throw error;
    throw new CommandError(`${what} exists already${advice}`, { cause: error });
  }
}

/** Changes what was read before, and says so in words when somebody else has changed it since. */
export async function unchangedMeanwhile<T>(what: string, change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    if (!(error instanceof RefusedError) || error.problem !== 'precondition-failed') throw error;
    throw new CommandError(`somebody else has changed ${what} meanwhile, so nothing was changed: look at it, and try again`, {
      cause: error,
    });
  }
}
