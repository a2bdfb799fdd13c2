import type { Launch } from './launch.ts';

/** What stands around a sandbox process beside its own flags. */
export interface Walls {
  readonly level: 'full' | 'partial' | 'process';
  readonly parts: readonly string[];
  readonly missing: readonly string[];
  /** The wrapped process is a child of the one that is started. */
  readonly forks: boolean;
  wrap(launch: Launch): readonly string[];
}

/** Only what Node and V8 give. */
export const PROCESS_WALLS: Walls = {
  level: 'process',
  parts: [],
  missing: [],
  forks: false,
  wrap: (launch) => launch.command,
};
