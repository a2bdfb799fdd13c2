import type { Fault, SandboxLimits } from '#libs/oauth';
import type { ProcessStarter } from './process-starter.ts';

export type Level = 'debug' | 'info' | 'warn' | 'error';

/** Where the sandbox reports what operators should know. Fields hold no procedure's data but names, versions and positions. */
export type SandboxLog = (level: Level, message: string, fields: Readonly<Record<string, unknown>>) => void;

/**
 * How much the operating system must add to the walls of the process itself: `required` refuses to open unless all of it
 * holds, `preferred` takes what there is, `off` adds nothing.
 */
export type IsolationWish = 'required' | 'preferred' | 'off';

export interface SandboxOptions {
  /** Source text of an expression whose value is a `Prelude` function (see the port). */
  readonly prelude: string;
  readonly limits?: Partial<SandboxLimits>;
  /** Default: `preferred`. */
  readonly isolation?: IsolationWish;
  readonly log?: SandboxLog;
  /** Called for every outcome that is a fault, after it has been answered. */
  readonly onFault?: (fault: Fault, program: string) => void;
  /** Most invocations at a time; further ones are `unavailable` at once. Default 10,000. */
  readonly maxInFlight?: number;
}

/** The same, completed, for the pool. */
export interface PoolOptions {
  readonly limits: SandboxLimits;
  readonly starter: ProcessStarter;
  readonly log: SandboxLog;
  readonly onFault: (fault: Fault, program: string) => void;
  readonly maxInFlight: number;
}
