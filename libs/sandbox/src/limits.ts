import type { SandboxLimits } from '#libs/oauth';
import { SandboxError } from './sandbox-error.ts';

/** The port's defaults, repeated so that nothing of the port is loaded at run time; a spec compares the two. */
const DEFAULTS: SandboxLimits = {
  cpuMilliseconds: 50,
  wallMilliseconds: 5000,
  heapMegabytes: 64,
  hostCalls: 32,
  effects: 32,
  logBytes: 16_384,
  responseBytes: 65_536,
  sourceBytes: 262_144,
};

/** Range in which a limit still does what its name says. */
const RANGES: Readonly<Record<keyof SandboxLimits, readonly [least: number, most: number]>> = {
  cpuMilliseconds: [5, 5000],
  wallMilliseconds: [10, 600_000],
  heapMegabytes: [8, 2048],
  hostCalls: [0, 1000],
  effects: [0, 10_000],
  logBytes: [0, 1_048_576],
  responseBytes: [2, 4_194_304],
  sourceBytes: [64, 4_194_304],
};

/** Fills in the defaults. Throws `SandboxError` naming every limit that is not a whole number in its range. */
export function completeLimits(given: Partial<SandboxLimits> = {}): SandboxLimits {
  // Callers without strict types may give undefined.
  const set = Object.entries(given as Record<string, number | undefined>).filter(([, value]) => value !== undefined);
  const limits: SandboxLimits = { ...DEFAULTS, ...Object.fromEntries(set) };
  const wrong: string[] = [];
  for (const name of Object.keys(RANGES) as (keyof SandboxLimits)[]) {
    const [least, most] = RANGES[name];
    const value = limits[name];
    if (!Number.isInteger(value) || value < least || value > most) wrong.push(`${name} must be a whole number from ${least} to ${most}`);
  }
  if (wrong.length > 0) throw new SandboxError(`sandbox limits: ${wrong.join('; ')}`);
  return limits;
}
