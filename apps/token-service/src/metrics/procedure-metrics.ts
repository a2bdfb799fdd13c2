import type { Registry } from 'prom-client';
import type { ExecutionRecord } from '#libs/oauth';
import { addCounter } from './read-counter.ts';

/** How runs of procedures ended. */
export function addProcedureMetrics(registry: Registry, executions: Pick<ExecutionRecord, 'countsByFlow'>): void {
  addCounter(registry, {
    name: 'tokenwright_procedure_runs_total',
    help: 'Runs of procedures, by flow and by how they ended.',
    labelNames: ['flow', 'outcome'],
    *read() {
      for (const [flow, counts] of executions.countsByFlow())
        for (const [outcome, count] of Object.entries(counts)) yield { labels: [flow, outcome], count };
    },
  });
}
