import type { Launch } from './launch.ts';

/** What stands around a sandbox process. */
export interface Walls {
  readonly level: 'full' | 'partial' | 'process';
  readonly parts: readonly string[];
  readonly missing: readonly string[];
  /** The wrapped process is a child of the one that is started. */
  readonly forks: boolean;
  readonly wrap: (launch: Launch) => readonly string[];
}

/** What the process has by itself, on every platform. */
export const PROCESS_PARTS: readonly string[] = ['own process', 'no executable memory', 'permission model', 'empty environment'];

/** What only the operating system can add. */
export const ALL_PARTS: readonly string[] = ['no network', 'own file system', 'own process table', 'no privileges', 'resource limits'];

/** Only what Node and V8 give. */
export const PROCESS_WALLS: Walls = {
  level: 'process',
  parts: PROCESS_PARTS,
  missing: ALL_PARTS,
  forks: false,
  wrap: (launch) => launch.command,
};
