import type { SandboxStatus } from '#libs/oauth';

/** What has happened since the start, for metrics. */
export type Counts = Record<Exclude<keyof SandboxStatus['counts'], 'retirements'>, number>;

export function newCounts(): Counts {
  return {
    invocations: 0,
    runs: 0,
    suspensions: 0,
    kills: 0,
    timeout: 0,
    memory: 0,
    syntax: 0,
    runtime: 0,
    nondeterministic: 0,
    'invalid-response': 0,
    unavailable: 0,
  };
}
