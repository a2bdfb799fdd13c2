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
