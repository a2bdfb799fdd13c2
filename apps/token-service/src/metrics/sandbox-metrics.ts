import { Gauge, type Registry } from 'prom-client';
import type { Sandbox, SandboxStatus } from '#libs/oauth';
import { addCounter } from './read-counter.ts';

/** The processes that procedures run in. */
export function addSandboxMetrics(registry: Registry, sandbox: Pick<Sandbox, 'status'>): void {
  const counted = (name: string, help: string, count: keyof SandboxStatus['counts']) => {
    addCounter(registry, { name, help, labelNames: [], read: () => [{ labels: [], count: sandbox.status().counts[count] }] });
  };
  counted('tokenwright_sandbox_invocations_total', 'Invocations of procedures.', 'invocations');
  counted('tokenwright_sandbox_runs_total', 'Runs that these took: one, and one more after each suspension or lost process.', 'runs');
  counted('tokenwright_sandbox_suspensions_total', 'Runs that ended to wait for an answer of the host.', 'suspensions');
  addCounter(registry, {
    name: 'tokenwright_sandbox_process_replacements_total',
    help: 'Sandbox processes that others took the place of: ended of themselves or by force, or retired because they had grown large.',
    labelNames: ['reason'],
    read: () => {
      const { kills, retirements } = sandbox.status().counts;
      return [
        { labels: ['ended'], count: kills },
        { labels: ['retired'], count: retirements },
      ];
    },
  });
  const registers = [registry];
  new Gauge({
    name: 'tokenwright_sandbox_in_flight',
    help: 'Invocations under way.',
    registers,
    collect() {
      this.set(sandbox.status().inFlight);
    },
  });
  new Gauge({
    name: 'tokenwright_sandbox_resident_memory_bytes',
    help: 'Resident memory of the sandbox processes, by their role.',
    labelNames: ['role'],
    registers,
    collect() {
      this.reset();
      for (const { role, residentBytes } of sandbox.status().processes) this.inc({ role }, residentBytes);
    },
  });
  new Gauge({
    name: 'tokenwright_sandbox_quarantined_procedures',
    help: 'Procedures that rest because they ended the processes they ran in.',
    registers,
    collect() {
      this.set(sandbox.status().quarantined.length);
    },
  });
}
