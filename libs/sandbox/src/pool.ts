import type { CheckOutcome, Fault, Invocation, NotRun, Outcome, Program, SandboxLimits, SandboxStatus } from '#libs/oauth';
import { ControlFrame } from './control-frame.ts';
import { newCounts, type Counts } from './counts.ts';
import { DiagnosticLane, type LaneObserver } from './diagnostic-lane.ts';
import { FRAME, UNFLUSHED } from './frames.ts';
import { Heartbeat } from './heartbeat.ts';
import type { PoolOptions, SandboxLog } from './options.ts';
import { PendingInvocation, type InvocationOwner } from './pending-invocation.ts';
import { boundsOf, type ProcessBounds } from './process-bounds.ts';
import type { ProcessStarter } from './process-starter.ts';
import { KnownProgram } from './program.ts';
import { Quarantine } from './quarantine.ts';
import { faultOf, NO_LOG } from './replies.ts';
import { Retirement } from './retirement.ts';
import { SandboxError } from './sandbox-error.ts';
import { CLOSED, type EndReason, type InFlight, type SandboxProcess } from './sandbox-process.ts';
import { UnderWay } from './under-way.ts';

/** More timeouts than these are believed without being looked at again. */
const MOST_VERIFIED = 16;

/**
 * The processes and who runs where: everything in the main process, the spare ready to take over at once, suspects singly in
 * the diagnostic process. A process that dies takes nothing along: its invocations are run again from the same frames.
 */
export class Pool implements InvocationOwner, LaneObserver {
  readonly limits: SandboxLimits;
  readonly counts: Counts = newCounts();
  readonly #starter: ProcessStarter;
  readonly #log: SandboxLog;
  readonly #onFault: (fault: Fault, program: string) => void;
  readonly #maxInFlight: number;
  readonly #bounds: ProcessBounds;
  readonly #retirement: Retirement;
  readonly #lane: DiagnosticLane;
  readonly #heartbeat = new Heartbeat((now, lost) => this.#watch(now, lost));
  readonly #quarantine = new Quarantine();
  readonly #programs = new Map<string, KnownProgram>();
  readonly #pending = new UnderWay();
  /** Runs that wait for a main process. */
  #homeless: PendingInvocation[] = [];
  #main: SandboxProcess | null = null;
  #spare: SandboxProcess | null = null;
  #nextNumber = 1;
  #failedStarts = 0;
  #isClosed = false;
  #opening: { resolve: () => void; reject: (error: Error) => void } | null = null;

  constructor(options: PoolOptions) {
    this.limits = options.limits;
    this.#starter = options.starter;
    this.#log = options.log;
    this.#onFault = options.onFault;
    this.#maxInFlight = options.maxInFlight;
    this.#bounds = boundsOf(options.limits);
    this.#retirement = new Retirement(this.#bounds);
    this.#lane = new DiagnosticLane(options.starter, options.limits, this);
  }

  /** Resolves when main process and spare answer; rejects with what is wrong with prelude or platform. */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#opening = { resolve, reject };
      this.#startSpare();
      this.#heartbeat.start();
    });
  }

  // ---------------------------------------------------------------- programs

  load(program: Program, apart: boolean): void {
    const known = this.#programs.get(program.key);
    if (known !== undefined && !known.leaving && known.program.source === program.source && known.program.flow === program.flow) {
      if (known.state === 'apart' && !apart) this.#tryLoading(known);
      return;
    }
    if (known !== undefined) this.unload(program.key);
    const added = new KnownProgram(program, this.#nextNumber++, apart ? 'apart' : 'waiting');
    this.#programs.set(program.key, added);
    if (!apart) this.#tryLoading(added);
  }

  unload(key: string): void {
    const known = this.#programs.get(key);
    if (known === undefined) return;
    this.#programs.delete(key);
    this.#quarantine.forget(key);
    known.leaving = true;
    if (known.active === 0) this.#forget(known);
  }

  check(program: Program): Promise<CheckOutcome> {
    if (this.#isClosed) return Promise.resolve({ ok: false, errors: [{ code: 'closed', message: 'the sandbox has been closed' }] });
    this.#heartbeat.start();
    return this.#lane.check(program);
  }

  // ---------------------------------------------------------------- invocations

  run(invocation: Invocation): Promise<Outcome> {
    this.counts.invocations++;
    const now = Date.now();
    const known = this.#programs.get(invocation.program);
    if (known === undefined)
      return this.#refused({ procedure: invocation.program, version: 0 }, invocation.program, 'the program is not loaded', 'not-loaded');
    if (this.#isClosed) return this.#refused(known.program, invocation.program, 'the sandbox has been closed', 'closed');
    if (this.#pending.size >= this.#maxInFlight)
      return this.#refused(known.program, invocation.program, 'too many procedures are running', 'overloaded');
    if (invocation.deadline <= now) return this.#refused(known.program, invocation.program, 'the deadline had passed', 'late');
    const refusal = this.quarantined(known, now);
    if (refusal !== null) return this.#refused(known.program, invocation.program, refusal, 'quarantined');
    if (invocation.apart === true && !this.#lane.admit())
      return this.#refused(known.program, invocation.program, 'too many trial runs and checks are waiting', 'overloaded');
    return new Promise((resolve) => {
      const deadline = Math.min(invocation.deadline, now + this.limits.wallMilliseconds);
      const pending = new PendingInvocation(known, invocation, this, deadline, resolve);
      known.active++;
      this.#pending.add(pending);
      if (!this.#heartbeat.isRunning) this.#heartbeat.start();
      this.#place(pending, now);
    });
  }

  again(pending: PendingInvocation): void {
    this.#place(pending, Date.now());
  }

  suspended(): void {
    this.counts.suspensions++;
  }

  tookTooLong(pending: PendingInvocation): void {
    const now = Date.now();
    pending.known.noteTimeout(now);
    if (this.#lane.suspects >= MOST_VERIFIED) pending.timedOut();
    else {
      this.counts.runs++;
      this.#lane.examine(pending, null);
    }
  }

  settled(pending: PendingInvocation, outcome: Outcome): void {
    this.#pending.delete(pending);
    if (pending.apart) this.#lane.dismiss();
    const { known } = pending;
    known.active--;
    if (known.leaving && known.active === 0) this.#forget(known);
    if (outcome.kind === 'fault') this.#noteFault(outcome.fault, known.program.key);
  }

  #place(pending: PendingInvocation, now: number): void {
    const { known } = pending;
    if (pending.isSettled) return;
    if (known.state !== 'loaded' && !pending.apart) {
      known.queue.push(pending);
      if (known.state === 'harmful' || known.state === 'apart') this.#tryLoading(known);
      return;
    }
    this.counts.runs++;
    if (pending.apart || (known.isSuspect && known.runsApart(now))) this.#lane.examine(pending, null);
    else if (this.#main === null) this.#homeless.push(pending);
    else this.#main.send(pending);
  }

  #refused(
    about: { readonly procedure: string; readonly version: number },
    program: string,
    message: string,
    notRun: NotRun,
  ): Promise<Outcome> {
    const fault = faultOf(about, 'unavailable', message, undefined, notRun !== 'not-loaded' && notRun !== 'closed', notRun);
    this.#noteFault(fault, program);
    return Promise.resolve({ kind: 'fault', fault, log: NO_LOG });
  }

  #noteFault(fault: Fault, program: string): void {
    this.counts[fault.kind]++;
    try {
      this.#onFault(fault, program);
    } catch (error) {
      this.#log('error', 'a listener for faults threw', { error: error instanceof Error ? error.message : String(error) });
    }
  }

  // ---------------------------------------------------------------- processes

  /** The spare tries a program first: one that kills its process while it is loaded must not take the main process along. */
  #tryLoading(known: KnownProgram): void {
    known.state = 'waiting';
    const spare = this.#spare;
    if (!spare?.isReady) return;
    this.#sendLoad(spare, known, (reply) => {
      known.learn(reply);
      known.state = 'loaded';
      for (const process of [this.#main, this.#spare])
        if (process?.isReady === true && !process.loaded.has(known.number)) this.#sendLoad(process, known);
      const now = Date.now();
      for (const pending of known.queue.splice(0)) this.#place(pending, now);
    });
  }

  #sendLoad(process: SandboxProcess, known: KnownProgram, done?: (reply: string) => void): void {
    process.loaded.add(known.number);
    process.send(new ControlFrame(FRAME.load, known.number, known.frame(), done));
    this.#heartbeat.start();
  }

  #forget(known: KnownProgram): void {
    for (const process of [this.#main, this.#spare])
      if (process?.loaded.delete(known.number) === true) process.send(new ControlFrame(FRAME.unload, known.number, ''));
    this.#lane.unload(known.number);
  }

  #startSpare(): void {
    if (this.#isClosed || this.#spare !== null) return;
    this.#spare = this.#starter.start('spare', this.#ready.bind(this), this.#processEnded.bind(this));
  }

  #ready(process: SandboxProcess, problem: string | null): void {
    if (problem !== null) {
      process.end({ kind: 'exit', detail: `the prelude does not run: ${problem}`, outOfMemory: false, mysterious: false });
      return;
    }
    this.#failedStarts = 0;
    if (this.#main === null) {
      this.#promote(process);
      this.#spare = null;
      this.#startSpare();
      return;
    }
    this.#bringUpToDate(process);
    for (const known of this.#programs.values()) if (known.state === 'waiting') this.#tryLoading(known);
    this.#opening?.resolve();
    this.#opening = null;
  }

  #promote(process: SandboxProcess): void {
    process.role = 'main';
    this.#main = process;
    this.#bringUpToDate(process);
    for (const pending of this.#homeless.splice(0)) if (!pending.isSettled) process.send(pending);
  }

  /** Tells a process every program that has proved safe to load. */
  #bringUpToDate(process: SandboxProcess): void {
    for (const known of this.#programs.values())
      if (known.state === 'loaded' && !process.loaded.has(known.number)) this.#sendLoad(process, known);
  }

  #processEnded(process: SandboxProcess, reason: EndReason): void {
    this.processEnded(process, reason);
    if (this.#isClosed) return;
    this.#retirement.forget(process);
    const unanswered = process.takeUnanswered();
    const wasMain = this.#main === process;
    const spare = this.#spare;
    if (wasMain) {
      this.#main = null;
      if (spare?.isReady === true) {
        this.#spare = null;
        this.#promote(spare);
      }
    } else if (spare === process) {
      this.#spare = null;
      this.#blameLoad(unanswered.sent, reason);
    }
    this.#rehouse(unanswered, reason);
    if (this.#spare === null) this.#startAgain(process, reason);
  }

  /** The spare died over the program it was loading. */
  #blameLoad(sent: readonly InFlight[], reason: EndReason): void {
    const first = sent[0];
    if (!(first instanceof ControlFrame) || first.kind !== FRAME.load) return;
    const known = [...this.#programs.values()].find((one) => one.number === first.program);
    if (known?.isToBlame(reason) !== true) return;
    known.state = 'harmful';
    const why = `it ended the process that loaded it (${reason.detail})`;
    this.#quarantine.ban(known.program.key, why, Date.now());
    this.#log('error', 'a procedure was quarantined', { procedure: known.program.procedure, version: known.program.version, reason: why });
    for (const pending of known.queue.splice(0)) pending.fail('unavailable', `the procedure is quarantined: ${why}`, true, 'quarantined');
  }

  /** The oldest may include the guilty one and are looked at singly, all others run again at once. */
  #rehouse(unanswered: { readonly sent: readonly InFlight[]; readonly unsent: readonly InFlight[] }, reason: EndReason): void {
    const now = Date.now();
    const suspicion = {};
    let suspects = reason.kind === 'stalled' ? 0 : UNFLUSHED;
    for (const item of unanswered.sent) {
      if (!(item instanceof PendingInvocation)) continue;
      if (suspects-- > 0) {
        this.counts.runs++;
        this.#lane.examine(item, suspicion);
      } else this.#place(item, now);
    }
    for (const item of unanswered.unsent) if (item instanceof PendingInvocation) this.#place(item, now);
  }

  #startAgain(process: SandboxProcess, reason: EndReason): void {
    if (process.loaded.size > 0 || reason.kind !== 'exit' || reason.mysterious) {
      this.#startSpare();
      return;
    }
    this.#failedStarts++; // It never came up.
    const why = [reason.detail, process.complaints.slice(0, 1000)].filter((part) => part !== '').join(': ');
    if (this.#opening !== null && this.#failedStarts >= 3) {
      this.#opening.reject(new SandboxError(`the sandbox process does not start (${why})`));
      this.#opening = null;
      void this.close();
      return;
    }
    if (this.#opening === null) this.#log('error', 'a sandbox process did not start', { reason: why });
    setTimeout(this.#startSpare.bind(this), Math.min(5000, 50 * 2 ** this.#failedStarts));
  }

  // ---------------------------------------------------------------- what the lane finds

  processEnded(process: SandboxProcess, reason: EndReason): void {
    if (reason.kind === 'closed' || this.#isClosed) return;
    this.counts.kills++;
    this.#log('warn', 'a sandbox process ended', {
      role: process.role,
      reason: reason.kind,
      detail: reason.detail,
      complaints: process.complaints.slice(0, 500),
    });
  }

  cleared(pending: PendingInvocation): void {
    this.#place(pending, Date.now());
  }

  guilty(known: KnownProgram, reason: EndReason): void {
    known.keepApart(Date.now());
    if (!this.#quarantine.strike(known.program.key, `it ended its process: ${reason.detail}`, Date.now())) return;
    this.#log('error', 'a procedure was quarantined', {
      procedure: known.program.procedure,
      version: known.program.version,
      reason: reason.detail,
    });
  }

  quarantined(known: KnownProgram, now = Date.now()): string | null {
    return this.#quarantine.refusal(known.program.key, now);
  }

  // ---------------------------------------------------------------- clocks

  /** Looks after processes and deadlines; answers whether anything is under way. */
  #watch(now: number, lost: number): boolean {
    for (const process of [this.#main, this.#spare]) process?.endIfOverdue(this.#bounds, now, lost);
    this.#retirement.supervise(now, lost);
    this.#lane.supervise(this.#bounds, now, lost);
    this.#retireWhenLarge(now);
    this.#pending.endLate(now);
    return (
      this.#pending.size > 0 ||
      this.#opening !== null ||
      this.#main?.isIdle === false ||
      this.#retirement.process !== null ||
      this.#spare?.isIdle !== true ||
      this.#lane.waiting > 0
    );
  }

  #retireWhenLarge(now: number): void {
    const main = this.#main;
    const spare = this.#spare;
    if (main === null || !spare?.isReady || !this.#retirement.isDue(main, now)) return;
    this.#log('info', 'a sandbox process has grown large and is replaced', { residentBytes: main.residentBytes });
    this.#retirement.begin(main, now);
    this.#promote(spare);
    this.#spare = null;
    this.#startSpare();
  }

  // ---------------------------------------------------------------- for health and the end

  status(): Omit<SandboxStatus, 'isolation'> {
    const processes = [this.#main, this.#spare, this.#retirement.process, this.#lane.process].filter((one) => one !== null);
    return {
      ready: !this.#isClosed && this.#main !== null,
      processes: processes.map((one) => ({ pid: one.pid, role: one.role, residentBytes: one.residentBytes })),
      inFlight: this.#pending.size,
      counts: { ...this.counts, retirements: this.#retirement.count },
      quarantined: this.#quarantine.list(Date.now()),
    };
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#heartbeat.stop();
    this.#lane.close();
    for (const process of [this.#main, this.#spare, this.#retirement.process]) process?.end(CLOSED);
    this.#main = null;
    this.#spare = null;
    this.#pending.endAll('the sandbox has been closed');
    return Promise.resolve();
  }
}
