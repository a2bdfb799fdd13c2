import { performance } from 'node:perf_hooks';
import { canReadProcessor, idleMicroseconds, mainThreadMicroseconds, processMicroseconds, processorMicroseconds } from '../processor.mjs';

/**
 * One window of invocations, measured by the process that makes them.
 *
 * @param {object} window
 * @param {number | null} window.core the core it is pinned to
 * @param {number | null} window.sandbox process id of the sandbox process; null where there is none
 * @param {() => Promise<number>} work answers how many invocations it made
 * @returns {Promise<Invocations>}
 *
 * @typedef {object} Invocations
 * @property {number} count
 * @property {number} seconds
 * @property {number | null} all microseconds of this process and its children, whatever they did
 * @property {number | null} main of that, this process's main thread
 * @property {number | null} sandbox of that, the sandbox process
 * @property {number | null} idle microseconds that the core had nothing to do
 */
export async function measured({ core, sandbox }, work) {
  const before = clocks(core, sandbox);
  const began = performance.now();
  const count = await work();
  const seconds = (performance.now() - began) / 1000;
  const after = clocks(core, sandbox);
  const spent = Object.entries(after).map(([name, value]) => [name, value === null ? null : value - before[name]]);
  return { count, seconds, ...Object.fromEntries(spent) };
}

function clocks(core, sandbox) {
  if (!canReadProcessor) return { all: null, main: null, sandbox: null, idle: null };
  return {
    all: processorMicroseconds(process.pid),
    main: mainThreadMicroseconds(process.pid),
    sandbox: sandbox === null ? null : processMicroseconds(sandbox),
    idle: core === null ? null : idleMicroseconds(core),
  };
}

/** Microseconds an invocation; `wall` is what one of them takes of the clock's. */
export function figuresOf({ count, seconds, all, main, sandbox, idle }) {
  const each = (microseconds) => (microseconds === null ? null : microseconds / count);
  return {
    cpu: each(all),
    main: each(main),
    sandbox: each(sandbox),
    wall: (seconds * 1e6) / count,
    foreign: all === null || idle === null ? null : Math.max(0, 1 - (all + idle) / (seconds * 1e6)),
  };
}

/** For work that never waits: turns of `turn`, which answers how many invocations it made, until the time is over. */
export function turnsFor(seconds, turn) {
  const until = performance.now() + seconds * 1000;
  let count = 0;
  do count += turn();
  while (performance.now() < until);
  return count;
}
