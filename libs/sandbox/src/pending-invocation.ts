import type { HostAnswer, Invocation, NotRun, Outcome, Position, SandboxLimits, Usage } from '#libs/oauth';
import { FRAME, HOST_CALL, JOURNAL_CHARACTERS, REPLY } from './frames.ts';
import type { Entered } from './ledger.ts';
import type { InFlight, ProcessRole } from './sandbox-process.ts';
import type { KnownProgram } from './program.ts';
import { effectsOf, faultKindOf, faultOf, logOf, NO_EFFECTS, NO_LOG, positionsOf, sectionsOf } from './replies.ts';

/** Where an invocation goes from here. The pool fits it. */
export interface InvocationOwner {
  readonly limits: SandboxLimits;
  /** Another run is due: the same frame with a longer journal. */
  again(pending: PendingInvocation): void;
  /** A process ended its run for taking too long; to be verified and located. */
  tookTooLong(pending: PendingInvocation): void;
  suspended(): void;
  settled(pending: PendingInvocation, outcome: Outcome): void;
}

/**
 * One invocation until its outcome: the frame, which never changes but for the journal, and the answers that the host has
 * given so far. It may be run any number of times, in any process; the first result counts and every other is dropped.
 */
export class PendingInvocation implements InFlight, Entered {
  place = 0;
  readonly known: KnownProgram;
  readonly deadline: number;
  /** Milliseconds of the budget that suspended runs have used. */
  spent = 0;
  isSettled = false;
  /** Processes that died for no known reason while this ran alone. */
  mysteries = 0;
  /** Of all runs, where it is asked for. */
  #cpuMilliseconds = 0;
  #runs = 0;
  /** Characters of the journal. */
  #journalled = 0;
  readonly #invocation: Invocation;
  readonly #owner: InvocationOwner;
  readonly #resolve: (outcome: Outcome) => void;
  readonly #head: string;
  #journal: [kind: string, args: string, ok: string, code: string | null, message: string][] | null = null;

  constructor(known: KnownProgram, invocation: Invocation, owner: InvocationOwner, deadline: number, resolve: (outcome: Outcome) => void) {
    this.known = known;
    this.deadline = deadline;
    this.#invocation = invocation;
    this.#owner = owner;
    this.#resolve = resolve;
    this.#head = `${invocation.now}\u0001${invocation.seed}\u0001${mintedText(invocation.minted)}\u0001${likelyText(invocation.likely)}\u0001`;
  }

  get kind(): number {
    return this.#invocation.measure === true ? FRAME.measure : FRAME.run;
  }

  /** Asked to run where it can harm no other. */
  get apart(): boolean {
    return this.#invocation.apart === true;
  }

  get program(): number {
    return this.known.number;
  }

  text(): string {
    this.#runs++;
    return `${this.#head}${this.#journal === null ? '' : JSON.stringify(this.#journal)}\u0001${this.#invocation.context}`;
  }

  reply(text: string, role: ProcessRole): void {
    if (!this.isSettled) this.#read(text, role, undefined);
  }

  #read(text: string, role: ProcessRole, usage: Usage | undefined): void {
    switch (text.charCodeAt(0)) {
      case REPLY.returned:
        this.#settle({ kind: 'returned', response: text.slice(1), effects: NO_EFFECTS, log: NO_LOG, ...(usage && { usage }) });
        return;
      case REPLY.delivered: {
        const sections = sectionsOf(text);
        if (sections === null) break;
        this.#settle({
          kind: 'returned',
          response: sections.rest,
          effects: effectsOf(sections.first),
          log: logOf(sections.second),
          ...(usage && { usage }),
        });
        return;
      }
      case REPLY.rejected: {
        const end = text.indexOf('\u0001');
        if (end < 0) break;
        this.#settle({ kind: 'rejected', payload: text.slice(end + 1), log: logOf(text.slice(1, end)), ...(usage && { usage }) });
        return;
      }
      case REPLY.fault: {
        const sections = sectionsOf(text);
        if (sections === null) break;
        const fault = faultOf(this.known.program, faultKindOf(text.charAt(1)), sections.rest, this.#positions(sections.first.slice(1)));
        this.#settle({ kind: 'fault', fault, log: logOf(sections.second), ...(usage && { usage }) });
        return;
      }
      case REPLY.suspended: {
        const sections = sectionsOf(text);
        const end = sections === null ? -1 : sections.rest.indexOf('\u0001');
        if (sections === null || end < 0) break;
        this.#suspend(Number(sections.first), Number(sections.second), sections.rest.slice(0, end), sections.rest.slice(end + 1));
        return;
      }
      case REPLY.timeout:
        if (role === 'diagnostic') this.timedOut(text.slice(1));
        else this.#owner.tookTooLong(this);
        return;
      case REPLY.memory:
        this.fail('memory', `the procedure used more than ${this.#owner.limits.heapMegabytes} MB of memory`);
        return;
      case REPLY.measured: {
        const end = text.indexOf('\u0001');
        const [wall = NaN, heap = NaN, cpu = NaN] = text.slice(1, Math.max(1, end)).split(',').map(Number);
        if (end < 0 || usage !== undefined || !Number.isFinite(wall + heap + cpu)) break;
        this.#cpuMilliseconds += cpu / 1000;
        this.#read(text.slice(end + 1), role, {
          wallMilliseconds: wall / 1000,
          cpuMilliseconds: this.#cpuMilliseconds,
          heapBytes: heap,
          runs: this.#runs,
        });
        return;
      }
      case REPLY.failed:
        this.fail('unavailable', `the sandbox could not run the procedure: ${text.slice(1)}`, false);
        return;
      default:
    }
    if (!this.isSettled) this.fail('unavailable', 'the sandbox process sent a malformed reply', true);
  }

  /** @param positions `line:column,...` where they are known */
  timedOut(positions = ''): void {
    const fault = faultOf(
      this.known.program,
      'timeout',
      `the procedure used more than ${this.#owner.limits.cpuMilliseconds} ms of processor time`,
      this.#positions(positions),
    );
    this.#settle({ kind: 'fault', fault, log: NO_LOG });
  }

  fail(kind: 'timeout' | 'memory' | 'nondeterministic' | 'unavailable', message: string, retryable?: boolean, notRun?: NotRun): void {
    this.#settle({ kind: 'fault', fault: faultOf(this.known.program, kind, message, undefined, retryable, notRun), log: NO_LOG });
  }

  #positions(text: string): readonly Position[] {
    return positionsOf(text, this.known.program.libraries);
  }

  #settle(outcome: Outcome): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.#owner.settled(this, outcome);
    this.#resolve(outcome);
  }

  /** The run met a call that has no answer. The entry is made before the host is asked, so each index is asked for once. */
  #suspend(index: number, milliseconds: number, kind: string, args: string): void {
    this.#journal ??= [];
    if (index !== this.#journal.length) {
      this.fail('nondeterministic', `host call ${index + 1} was asked for again`);
      return;
    }
    if (index >= this.#owner.limits.hostCalls) {
      this.fail('unavailable', `more than ${this.#owner.limits.hostCalls} host calls`, false);
      return;
    }
    if (kind.length > HOST_CALL.kind || args.length > HOST_CALL.args) {
      this.fail('unavailable', 'the sandbox process sent a host call that is too large', false);
      return;
    }
    this.#owner.suspended();
    if (Number.isFinite(milliseconds)) this.spent = Math.min(65_535, this.spent + Math.max(0, Math.round(milliseconds)));
    const entry: [string, string, string, string | null, string] = [kind, args, '', null, ''];
    this.#journal.push(entry);
    this.#journalled += kind.length + args.length;
    try {
      const answer = this.#invocation.answer({ kind, args });
      if ('then' in answer)
        answer.then(
          (given) => {
            this.#resume(entry, given);
          },
          () => {
            this.#noAnswer(kind);
          },
        );
      else this.#resume(entry, answer);
    } catch {
      this.#noAnswer(kind);
    }
  }

  #resume(entry: [string, string, string, string | null, string], answer: HostAnswer): void {
    if (this.isSettled) return;
    if ('ok' in answer) entry[2] = answer.ok;
    else {
      entry[3] = answer.error.code;
      entry[4] = answer.error.message;
    }
    this.#journalled += entry[2].length + entry[4].length;
    if (this.#journalled > JOURNAL_CHARACTERS) {
      this.fail('memory', `the host calls of the procedure and their answers are longer than ${JOURNAL_CHARACTERS} characters`);
      return;
    }
    this.#owner.again(this);
  }

  /** What was thrown stays with the host, which knows what may be told. */
  #noAnswer(kind: string): void {
    this.fail('unavailable', `the service could not answer the host call ${kind.slice(0, 100)}`, true);
  }
}

function mintedText(minted: Invocation['minted']): string {
  let text = '';
  for (const kind in minted) {
    const values = minted[kind];
    if (values !== undefined && values.length > 0) text += `${text === '' ? '' : '\u0002'}${kind}\u0003${values.join('\u0003')}`;
  }
  return text;
}

/** An answer that could be taken for a separator is left out: the procedure then asks for it, which is slower and as right. */
function likelyText(likely: Invocation['likely']): string {
  let text = '';
  for (const { kind, args, answer } of likely) {
    const entry = `${kind}\u0003${args}\u0003${answer}`;
    if (entry.includes('\u0001') || entry.includes('\u0002') || kind.includes('\u0003') || args.includes('\u0003')) continue;
    text += text === '' ? entry : `\u0002${entry}`;
  }
  return text;
}
