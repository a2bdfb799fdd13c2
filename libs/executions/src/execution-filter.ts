import type { Slot } from './execution-ring.ts';
import type { ExecutionOutcomeName } from './execution-ring.ts';

/** Which executions are meant: those that fit everything that is said. */
export interface ExecutionFilter {
  readonly profile?: string;
  readonly procedure?: string;
  readonly version?: number;
  readonly client?: string;
  readonly endpoint?: string;
  readonly flow?: string;
  /** How it ended; `failed` for every ending that is a failure of the procedure, the sandbox or the service. */
  readonly outcome?: ExecutionOutcomeName | 'failed';
}

/** Every outcome, those of runs first. */
export const EXECUTION_OUTCOMES = [
  ...(['returned', 'rejected', 'timeout', 'memory', 'syntax', 'runtime', 'nondeterministic', 'invalid-response', 'unavailable'] as const),
  ...(['refused', 'slowed', 'failed-closed'] as const),
] as const satisfies readonly ExecutionOutcomeName[];

const NO_FAILURES: ReadonlySet<ExecutionOutcomeName> = new Set(['returned', 'rejected', 'refused', 'slowed']);

/** Whether something went wrong that is neither the procedure's intention nor the caller's doing. */
export function isFailure(outcome: ExecutionOutcomeName): boolean {
  return !NO_FAILURES.has(outcome);
}

/** Whether an execution is meant. */
export function matches(slot: Slot, filter: ExecutionFilter): boolean {
  const { place, ran } = slot;
  return (
    (filter.profile === undefined || filter.profile === place.profile) &&
    (filter.endpoint === undefined || filter.endpoint === place.endpoint) &&
    (filter.flow === undefined || filter.flow === ran?.flow) &&
    (filter.procedure === undefined || filter.procedure === ran?.procedure) &&
    (filter.version === undefined || filter.version === ran?.version) &&
    (filter.client === undefined || filter.client === slot.client) &&
    (filter.outcome === undefined || (filter.outcome === 'failed' ? isFailure(slot.outcome) : filter.outcome === slot.outcome))
  );
}
