import type { Fault, FaultKind, LogLevel, Outcome, Program } from './sandbox.ts';
import type { ExecutionCall } from './service-calls.ts';

/** Where executions are written for the operator; the product's structured log. */
export interface ExecutionLog {
  write(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>): void;
}

/** A fault as the operator sees it. */
export interface RecordedFault extends Fault {
  /** Seconds since 1970. */
  readonly at: number;
  readonly profile: string;
  readonly flow: string;
}

/** How often the runs of a program ended in which way. */
export type OutcomeCounts = Record<ExecutionEnding, number>;

/** How a run can end. */
export type ExecutionEnding = 'returned' | 'rejected' | FaultKind;

const KEPT_FAULTS = 200;

/** Remembers how runs ended: counts by program and kind, the latest faults, and a log line for each. */
export class ExecutionRecord {
  readonly #counts = new Map<string, OutcomeCounts>();
  /** By key of the program. */
  readonly #flows = new Map<string, string>();
  readonly #faults: RecordedFault[] = [];

  constructor(
    private readonly log: ExecutionLog,
    private readonly clock: () => number,
  ) {}

  /** @param calls the services that the run called, shown with its fault */
  ended(profile: string, program: Program, outcome: Outcome, calls: readonly ExecutionCall[] = []): void {
    const counts = this.#countsOf(program);
    counts[outcome.kind === 'fault' ? outcome.fault.kind : outcome.kind]++;
    if (outcome.kind === 'returned' && outcome.log.length === 0) return;

    const fields = { profile, flow: program.flow, procedure: program.procedure, version: program.version };
    for (const line of outcome.log) this.log.write(line.level, line.message, { ...fields, source: 'procedure' });
    if (outcome.kind !== 'fault') return;
    const { fault } = outcome;
    this.#faults.push({ ...fault, at: this.clock(), profile, flow: program.flow });
    if (this.#faults.length > KEPT_FAULTS) this.#faults.shift();
    this.log.write('error', `procedure failed: ${fault.kind}: ${fault.message}`, {
      ...fields,
      kind: fault.kind,
      library: fault.library,
      line: fault.line,
      column: fault.column,
      stack: fault.stack,
      ...(calls.length > 0 ? { calls } : {}),
    });
  }

  /** The host could not answer a call of a service, for a reason that is not the procedure's. */
  callFailed(profile: string, program: Program, kind: string, message: string): void {
    const { flow, procedure, version } = program;
    this.log.write('error', `the service could not answer the call ${kind}: ${message}`, { profile, flow, procedure, version });
  }

  /** Newest first. */
  get faults(): readonly RecordedFault[] {
    return this.#faults.toReversed();
  }

  get counts(): ReadonlyMap<string, OutcomeCounts> {
    return this.#counts;
  }

  /** How often runs of each flow ended in which way, whichever procedure was bound to it. */
  countsByFlow(): ReadonlyMap<string, OutcomeCounts> {
    const sums = new Map<string, OutcomeCounts>();
    for (const [key, counts] of this.#counts) {
      const flow = this.#flows.get(key) ?? '';
      const sum: Record<string, number> = { ...sums.get(flow) };
      for (const [ending, count] of Object.entries(counts)) sum[ending] = (sum[ending] ?? 0) + count;
      sums.set(flow, sum as OutcomeCounts);
    }
    return sums;
  }

  #countsOf({ key, flow }: Program): OutcomeCounts {
    let counts = this.#counts.get(key);
    if (counts === undefined) {
      counts = {
        returned: 0,
        rejected: 0,
        timeout: 0,
        memory: 0,
        syntax: 0,
        runtime: 0,
        nondeterministic: 0,
        'invalid-response': 0,
        unavailable: 0,
      };
      this.#counts.set(key, counts);
      this.#flows.set(key, flow);
    }
    return counts;
  }
}
