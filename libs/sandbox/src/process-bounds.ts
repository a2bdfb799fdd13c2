import type { SandboxLimits } from '#libs/oauth';

const MEGABYTE = 1_048_576;
/** What the isolate of a program may hold that is not running, garbage included. */
const BYTES_PER_PROGRAM = 16 * MEGABYTE;
/** A process tells no more programs apart than it keeps isolates. */
const MOST_PROGRAMS = 64;

/** Bounds the supervision of one process. */
export interface ProcessBounds {
  /** Milliseconds of processor time without a reply. */
  readonly processor: number;
  /** Beside what its loaded programs may hold. Beyond it the process is ended. */
  readonly residentBytes: number;
  /** The same; beyond it the process gives its place to a fresh one and ends when it has answered what it has. */
  readonly comfortableBytes: number;
  /** Milliseconds on the clock without a reply, whatever the process did with them. */
  readonly wall: number;
}

export function boundsOf(limits: SandboxLimits): ProcessBounds {
  return {
    processor: Math.max(100, 2 * limits.cpuMilliseconds),
    residentBytes: (384 + 2 * limits.heapMegabytes) * MEGABYTE,
    comfortableBytes: (128 + limits.heapMegabytes) * MEGABYTE,
    wall: Math.max(2000, 40 * limits.cpuMilliseconds),
  };
}

/** What so many programs may hold on top of either bound of memory. */
export function bytesOf(programs: number): number {
  return Math.min(programs, MOST_PROGRAMS) * BYTES_PER_PROGRAM;
}
