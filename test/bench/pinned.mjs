import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Whether processes can be held on a core: needs two cores and util-linux's `taskset`. */
export const canPin = process.platform === 'linux' && availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;

/**
 * The command that runs another on one core; children inherit it.
 *
 * @param {number | null} core null to leave it to the system
 * @param {readonly string[]} command
 * @returns {string[]}
 */
export function pinned(core, command) {
  return core === null ? [...command] : ['taskset', '-c', String(core), ...command];
}
