import type { CheckFinding, CheckOutcome, Program, SandboxLimits } from '#libs/oauth';
import { checkOutcome, deadlyCheck, failedCheck, trialOutcome } from './check-outcome.ts';
import { ControlFrame } from './control-frame.ts';
import { CHECKED_PROGRAM, FRAME, programText } from './frames.ts';
import type { PendingInvocation } from './pending-invocation.ts';
import type { ProcessStarter } from './process-starter.ts';
import type { KnownProgram } from './program.ts';
import type { ProcessBounds } from './process-bounds.ts';
import { CLOSED, type EndReason, type InFlight, type SandboxProcess } from './sandbox-process.ts';

/** What the lane tells the pool. */
export interface LaneObserver {
  /** A process of the lane died while this program alone ran in it. */
  guilty(known: KnownProgram, reason: EndReason): void;
  /** Null, or why a program may not run. */
  quarantined(known: KnownProgram): string | null;
  /** The guilty one of its case has been found, and it is of another program: back among the others. */
  cleared(pending: PendingInvocation): void;
  processEnded(process: SandboxProcess, reason: EndReason): void;
}

/** Suspects of one dead process are one case: one of them did it. */
type Task = { readonly pending: PendingInvocation; readonly case: object | null } | Check;

interface Check {
  readonly check: Program;
  readonly answer: (outcome: CheckOutcome) => void;
  isRepeated: boolean;
  /** Set when the check has been passed and the trial is under way. */
  warnings: readonly CheckFinding[] | null;
}

/** A burst of suspects must not make the others wait for minutes. */
const MOST_WAITING = 2000;
/** Checks and runs apart at a time, until they are answered. */
const MOST_VISITORS = 64;
const IDLE_MILLISECONDS = 30_000;
const FAILED_STARTS = 5;
const MOST_MYSTERIES = 10;

/**
 * One thing at a time, in a process of its own that is started when it is needed: runs under suspicion of having killed a
 * process or of taking too long, and after them visitors, which are checks of uploads and runs of programs that are only tried.
 * Whatever happens here has exactly one cause.
 */
export class DiagnosticLane {
  readonly #starter: ProcessStarter;
  readonly #observer: LaneObserver;
  readonly #limits: SandboxLimits;
  /** Milliseconds of processor time. More than a run may use: the process itself must be the first to say that, for it knows the line. */
  readonly #patience: number;
  #suspects: Task[] = [];
  #visitors: Task[] = [];
  /** Visitors not yet answered, waiting here or for their host. */
  #admitted = 0;
  #current: Task | null = null;
  #process: SandboxProcess | null = null;
  #failedStarts = 0;
  #idleSince = 0;
  #isClosed = false;

  constructor(starter: ProcessStarter, limits: SandboxLimits, observer: LaneObserver) {
    this.#starter = starter;
    this.#limits = limits;
    this.#observer = observer;
    this.#patience = Math.max(200, 4 * limits.cpuMilliseconds);
  }

  get process(): SandboxProcess | null {
    return this.#process;
  }

  get waiting(): number {
    return this.#suspects.length + this.#visitors.length + (this.#current === null ? 0 : 1);
  }

  /** Runs of production that wait. */
  get suspects(): number {
    return this.#suspects.length;
  }

  /** Room for one more visitor? It has its place until it is dismissed. */
  admit(): boolean {
    if (this.#admitted >= MOST_VISITORS) return false;
    this.#admitted++;
    return true;
  }

  /** A visitor has been answered. */
  dismiss(): void {
    this.#admitted--;
  }

  /** @param suspicion the case of a dead process, the same object for all its suspects; null for a run that only takes long */
  examine(pending: PendingInvocation, suspicion: object | null): void {
    if (pending.apart) {
      this.#visitors.push({ pending, case: null });
      this.#advance();
      return;
    }
    if (this.#suspects.length >= MOST_WAITING) {
      pending.fail('unavailable', 'too many runs of suspect procedures are waiting', true);
      return;
    }
    this.#suspects.push({ pending, case: suspicion });
    this.#advance();
  }

  check(program: Program): Promise<CheckOutcome> {
    if (!this.admit())
      return Promise.resolve(failedCheck('unavailable', 'too many trial runs and checks are waiting; try again in a moment'));
    return new Promise((resolve) => {
      const answer = (outcome: CheckOutcome): void => {
        this.dismiss();
        resolve(outcome);
      };
      this.#visitors.push({ check: program, answer, isRepeated: false, warnings: null });
      this.#advance();
    });
  }

  unload(number: number): void {
    if (this.#process?.loaded.delete(number) === true) this.#process.send(new ControlFrame(FRAME.unload, number, ''));
  }

  /** The tick of the pool: is the process overdue, has it been idle for long? */
  supervise(bounds: ProcessBounds, now: number, lost: number): void {
    const process = this.#process;
    if (process === null) return;
    if (process.endIfOverdue(bounds, now, lost)) return;
    if (this.waiting > 0) this.#idleSince = now;
    else if (now - this.#idleSince > IDLE_MILLISECONDS) process.end(CLOSED);
  }

  close(): void {
    this.#isClosed = true;
    const tasks = [...(this.#current === null ? [] : [this.#current]), ...this.#suspects, ...this.#visitors];
    this.#suspects = [];
    this.#visitors = [];
    this.#current = null;
    for (const task of tasks) if ('check' in task) task.answer(failedCheck('closed', 'the sandbox has been closed'));
    this.#process?.end(CLOSED);
  }

  #advance(): void {
    if (this.#isClosed || this.#current !== null || this.waiting === 0) return;
    this.#start();
    if (this.#process?.isReady !== true) return;
    const next = this.#next();
    if (next === undefined) return;
    this.#current = next;
    this.#begin(next, this.#process);
  }

  /** Suspects first. Those that nobody waits for any more are left out. */
  #next(): Task | undefined {
    for (;;) {
      const task = this.#suspects.shift() ?? this.#visitors.shift();
      if (task === undefined || 'check' in task || !task.pending.isSettled) return task;
    }
  }

  /** To be tried once more, before the others. */
  #putBack(task: Task): void {
    ('check' in task || task.pending.apart ? this.#visitors : this.#suspects).unshift(task);
  }

  #start(): void {
    if (this.#process !== null) return;
    this.#idleSince = Date.now();
    this.#process = this.#starter.start(
      'diagnostic',
      (process, problem) => {
        if (problem !== null) process.end({ kind: 'exit', detail: problem, outOfMemory: false, mysterious: false });
        else {
          this.#failedStarts = 0;
          this.#advance();
        }
      },
      (process, reason) => {
        this.#ended(process, reason);
      },
    );
  }

  #begin(task: Task, process: SandboxProcess): void {
    if ('check' in task) {
      this.#check(task, process);
      return;
    }
    const { pending } = task;
    const refusal = this.#observer.quarantined(pending.known);
    if (refusal !== null) {
      this.#finish(task, () => {
        pending.fail('unavailable', refusal, true);
      });
      return;
    }
    const { known } = pending;
    if (!process.loaded.has(known.number)) {
      process.loaded.add(known.number);
      process.send(new ControlFrame(FRAME.load, known.number, known.frame()));
    }
    process.send(this.#single(task, pending));
  }

  /** Compiles and analyses; then evaluates the top level as a run would, with no more patience than a run gets. */
  #check(task: Check, process: SandboxProcess): void {
    const trial = new ControlFrame(
      FRAME.trial,
      CHECKED_PROGRAM,
      '',
      (text) => {
        this.#finish(task, () => {
          task.answer(trialOutcome(text, task.warnings ?? [], this.#limits.cpuMilliseconds, task.check));
        });
      },
      this.#patience,
    );
    const check = new ControlFrame(FRAME.check, CHECKED_PROGRAM, JSON.stringify(programText(task.check)), (text) => {
      const outcome = checkOutcome(text);
      if (outcome.ok) {
        task.warnings = outcome.warnings;
        process.send(trial);
      } else
        this.#finish(task, () => {
          task.answer(outcome);
        });
    });
    process.send(check);
  }

  /** The invocation's frame, with word to the lane before the reply is acted upon. */
  #single(task: Task, pending: PendingInvocation): InFlight {
    return {
      kind: pending.kind,
      program: pending.program,
      spent: pending.spent,
      patience: this.#patience,
      text: () => pending.text(),
      reply: (text, role) => {
        this.#finish(task, () => {
          pending.reply(text, role);
        });
      },
    };
  }

  #finish(task: Task, act: () => void): void {
    if (this.#current !== task) return;
    this.#current = null;
    act();
    this.#advance();
  }

  #ended(process: SandboxProcess, reason: EndReason): void {
    if (this.#process !== process) return;
    const wasStarting = process.loaded.size === 0 && this.#current === null;
    this.#process = null;
    this.#observer.processEnded(process, reason);
    const task = this.#current;
    this.#current = null;
    if (task !== null) this.#conclude(task, reason);
    else if (wasStarting && reason.kind !== 'closed' && !reason.mysterious && ++this.#failedStarts >= FAILED_STARTS) this.#giveUp(reason);
    // Trouble seldom comes alone: the next suspect need not wait for a process.
    if (task !== null && !this.#isClosed) this.#start();
    this.#advance();
  }

  /** One task ran, and its process is gone. */
  #conclude(task: Task, reason: EndReason): void {
    if ('check' in task) {
      if ((reason.mysterious || reason.kind === 'stalled') && !task.isRepeated) {
        task.isRepeated = true;
        task.warnings = null;
        this.#putBack(task);
      } else task.answer(deadlyCheck(reason, task.warnings !== null, this.#limits.cpuMilliseconds));
      return;
    }
    const { pending } = task;
    if (reason.mysterious || reason.kind === 'stalled') {
      // Nobody's fault in here: no verdict, but no endless repetition either.
      if (++pending.mysteries < MOST_MYSTERIES) this.#putBack(task);
      else pending.fail('unavailable', `its process was ended from outside ${MOST_MYSTERIES} times`, true);
      return;
    }
    this.#observer.guilty(pending.known, reason);
    this.#closeCase(task);
    if (reason.kind === 'processor') pending.timedOut();
    else if (reason.kind === 'memory' || reason.outOfMemory)
      pending.fail(
        'memory',
        `the procedure used more memory than it may (${this.#limits.heapMegabytes} MB of heap) and its process was ended`,
      );
    else pending.fail('unavailable', `the procedure ended the process it ran in (${reason.detail})`, false);
  }

  /** Nobody else waits for the diagnostic process. Runs of the guilty program stay: they may be as harmful. */
  #closeCase(guilty: Task & { readonly case: object | null }): void {
    if (guilty.case === null || 'check' in guilty) return;
    const cleared: PendingInvocation[] = [];
    this.#suspects = this.#suspects.filter((task) => {
      const goes = !('check' in task) && task.case === guilty.case && task.pending.known !== guilty.pending.known;
      if (goes) cleared.push(task.pending);
      return !goes;
    });
    for (const pending of cleared) this.#observer.cleared(pending);
  }

  #giveUp(reason: EndReason): void {
    this.#failedStarts = 0;
    const tasks = [...this.#suspects, ...this.#visitors];
    this.#suspects = [];
    this.#visitors = [];
    for (const task of tasks) {
      if ('check' in task) task.answer(failedCheck('unavailable', `the diagnostic process does not start (${reason.detail})`));
      else task.pending.fail('unavailable', 'the diagnostic process does not start', true);
    }
  }
}
