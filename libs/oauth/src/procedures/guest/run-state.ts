import type { Guest } from '../sandbox.ts';

/**
 * Sent into the realm as text (`Function.prototype.toString`): the function may name nothing of this module but types.
 *
 * What the prelude remembers during one run, kept in the sandbox's object of that run so that nothing outlives it.
 */
export function runStates(guest: Guest) {
  interface RunState {
    flow?: string;
    status?: number;
  }
  const state = () => guest.run() as RunState;

  /** For members that another flow or a part of the service not present here has. */
  function notAvailable(member: string): Error {
    return new Error(`${member} is not available in flow ${state().flow ?? 'unknown'}`);
  }

  return { state, notAvailable };
}

/** What `runStates` makes. */
export type RunStates = ReturnType<typeof runStates>;
