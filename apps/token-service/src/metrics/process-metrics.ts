import { collectDefaultMetrics, Registry } from 'prom-client';

let registry: Registry | undefined;

/** Processor time, memory, event loop and garbage collection of this process, watched from the first time that somebody asks. */
export function processMetrics(): Registry {
  if (registry === undefined) collectDefaultMetrics({ register: (registry = new Registry()) });
  return registry;
}
