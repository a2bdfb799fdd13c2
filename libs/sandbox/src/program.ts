import type { Program } from '#libs/oauth';
import { programText, REPLY, type AcceptedAnalysis } from './frames.ts';
import type { PendingInvocation } from './pending-invocation.ts';
import type { EndReason } from './sandbox-process.ts';

/** Processes that may end over the loading of one program before it is taken for the cause, whatever they ended of. */
const MOST_FAILED_LOADS = 3;

/** A program as the service keeps it: its place in the processes and what has been seen of it. */
export class KnownProgram {
  readonly program: Program;
  /** What frames call it; never used twice. */
  readonly number: number;
  #frame: string;
  /** `apart`: for the diagnostic process only. `waiting`: not yet tried in a process. `loaded`: tried, safe to load anywhere. `harmful`: loading it killed a process. */
  state: 'apart' | 'waiting' | 'loaded' | 'harmful';
  /** Runs that arrived before it was loaded. */
  readonly queue: PendingInvocation[] = [];
  /** Invocations not yet answered. */
  active = 0;
  /** Forget it when the last invocation has been answered. */
  leaving = false;
  #failedLoads = 0;
  /** Times of its latest timeouts, for the choice of the lane. */
  #timeouts: number[] = [];
  #apartUntil = 0;

  constructor(program: Program, number: number, state: 'apart' | 'waiting') {
    this.state = state;
    this.program = program;
    this.number = number;
    this.#frame = JSON.stringify(programText(program));
  }

  /**
   * Whether it is the cause that a process has ended which was loading it. Of an end that could be anybody's it is not, once or
   * twice; but every program behind it waits for this one.
   */
  isToBlame({ kind, mysterious }: EndReason): boolean {
    return (kind !== 'stalled' && !mysterious) || ++this.#failedLoads >= MOST_FAILED_LOADS;
  }

  frame(): string {
    return this.#frame;
  }

  /** Takes over what the first process that loaded it has found, so that no other need take the program apart again. */
  learn(reply: string): void {
    const accepted = acceptedIn(reply);
    if (accepted !== null) this.#frame = JSON.stringify({ ...programText(this.program), accepted });
  }

  /** Three within ten seconds: for half a minute its runs go singly through the diagnostic process, where they hold up no others. */
  noteTimeout(now: number): void {
    this.#timeouts = this.#timeouts.filter((at) => at > now - 10_000);
    this.#timeouts.push(now);
    if (this.#timeouts.length >= 3) this.keepApart(now);
  }

  /** From now on, for half a minute, where it can only harm itself. */
  keepApart(now: number): void {
    this.#apartUntil = now + 30_000;
  }

  runsApart(now: number): boolean {
    return this.#apartUntil > now;
  }

  get isSuspect(): boolean {
    return this.#apartUntil !== 0;
  }
}

/** Names become parameters of the function that a run calls, so nothing but names may be among them. */
const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

function acceptedIn(reply: string): AcceptedAnalysis | null {
  if (reply.charCodeAt(0) !== REPLY.done || reply.length === 1) return null;
  const { assigned, dressed } = parsed(reply.slice(1));
  if (!Array.isArray(assigned) || typeof dressed !== 'boolean') return null;
  const names = assigned.filter((name): name is string => typeof name === 'string' && NAME.test(name));
  return names.length === assigned.length ? { assigned: names, dressed } : null;
}

/** A process that has been taken over may answer anything. */
function parsed(text: string): Partial<Record<keyof AcceptedAnalysis, unknown>> {
  try {
    return { ...(JSON.parse(text) as object) };
  } catch {
    return {};
  }
}
