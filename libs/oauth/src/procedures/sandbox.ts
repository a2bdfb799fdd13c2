import type { MaybePromise } from '../stores.ts';

/**
 * The port through which procedures run. `libs/sandbox` fits it; nothing here knows of isolates.
 *
 * An invocation is a pure function of what the host sends: (program, context, now, seed, minted values, likely answers,
 * journal) to (response, effects, log). A killed invocation is therefore simply run again from the same frame.
 */
export interface Sandbox {
  /**
   * Compiles and checks a program where it can do no harm, before anything is stored.
   * Never throws for what is wrong with the program.
   */
  check(program: Program): Promise<CheckOutcome>;
  /**
   * Makes a program known under its key; later runs name it. Idempotent. With `apart` it is not made ready for ordinary runs
   * before the first one asks for it: one that is only ever run apart is never loaded where others run.
   */
  load(program: Program, options?: { readonly apart?: boolean }): void;
  /** Forgets a program: its isolates are disposed. */
  unload(key: string): void;
  /** Runs once. Every failure is an outcome; a rejected promise is a defect of the service. */
  run(invocation: Invocation): Promise<Outcome>;
  /** For health and metrics. */
  status(): SandboxStatus;
  close(): Promise<void>;
}

/** A procedure version, made runnable. */
export interface Program {
  /** Unique, such as `phantom@3`. */
  readonly key: string;
  readonly procedure: string;
  readonly version: number;
  readonly flow: string;
  /** What runs: the script of the version, its types blanked out, so that positions are those of the source as uploaded. */
  readonly source: string;
  /**
   * Global scripts it uses, in the order in which they are evaluated, each once and afresh in every run. Their top-level names
   * are visible to the procedure and to later libraries; they see the service's globals and no context.
   */
  readonly libraries?: readonly ProgramLibrary[];
  /** Names of the secrets it may read; none without. The sandbox does not look at it: the host answers by it. */
  readonly secrets?: readonly string[];
}

/** A library version, made runnable. */
export interface ProgramLibrary {
  /** Its id, which faults name. */
  readonly name: string;
  readonly version: number;
  /** What runs: its types blanked out. */
  readonly source: string;
}

/** The program by which a library is checked on its own: of it, only the top level runs. */
export function programOfLibrary(library: ProgramLibrary): Program {
  return {
    key: `library ${library.name}@${library.version}`,
    procedure: library.name,
    version: library.version,
    flow: '',
    source: 'function result() { return {}; }',
    libraries: [library],
  };
}

/** A position in the source as uploaded: line and column from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
  /** Name of the library whose source is meant; absent for the procedure's own. */
  readonly library?: string;
}

export type CheckOutcome =
  | { readonly ok: true; readonly warnings: readonly CheckFinding[] }
  /** At least one; all that could be found. */
  | { readonly ok: false; readonly errors: readonly CheckFinding[] };

export interface CheckFinding extends Partial<Position> {
  /** Stable: `syntax`, `unsupported`, `no-result`, `too-large`, `pattern`, ... */
  readonly code: string;
  readonly message: string;
}

/** Text that the guest sends to the host while it runs, with the answer it waits for. See `procedures/host-calls`. */
export interface HostCall {
  readonly kind: string;
  readonly args: string;
}

/** What a host call answers: a text, or an error that is thrown inside the procedure. */
export type HostAnswer = { readonly ok: string } | { readonly error: { readonly code: string; readonly message: string } };

export interface Invocation {
  /** Key of a loaded program. */
  readonly program: string;
  /** JSON object text. */
  readonly context: string;
  /** Milliseconds since 1970; `Date` stands still at it. */
  readonly now: number;
  /** Seeds `Math.random`. */
  readonly seed: number;
  /** Values of the system's generator: the n-th of a kind goes to the n-th use. Further ones are host calls of kind `mint`. */
  readonly minted: Readonly<Record<string, readonly string[]>>;
  /** Answers the host expects to be asked for, sent along so that the usual call needs no second run. */
  readonly likely: readonly { readonly kind: string; readonly args: string; readonly answer: string }[];
  /**
   * Answers a host call that neither journal nor likely answers hold. Called once per index, also when the run is killed
   * and repeated. A throw ends the invocation as `unavailable`.
   */
  answer(call: HostCall): MaybePromise<HostAnswer>;
  /** Milliseconds since 1970 after which nobody waits for the outcome. */
  readonly deadline: number;
  /** Ask for `usage` in the outcome; costs some microseconds. */
  readonly measure?: boolean;
  /**
   * Run it singly where it can harm nobody else's run: for programs that are only tried. The same limits and checks; slower,
   * after the suspects of production, and `unavailable` (retryable) when too many wait.
   */
  readonly apart?: boolean;
}

/** An effect as the guest recorded it; `procedures/host-calls` says what the payloads hold. */
export interface GuestEffect {
  readonly kind: string;
  readonly payload: string;
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
}

/** Measured where it was asked for: of the last run, which delivered or failed. */
export interface Usage {
  /** Of the last run, on the clock. */
  readonly wallMilliseconds: number;
  /** Processor time of all runs. */
  readonly cpuMilliseconds: number;
  readonly heapBytes: number;
  /** Runs it took: one, and one more for each suspension or killed process. */
  readonly runs: number;
}

/** Why a run did not deliver. */
export type FaultKind =
  | 'timeout'
  | 'memory'
  | 'syntax'
  | 'runtime'
  | 'nondeterministic'
  | 'invalid-response'
  /** The sandbox could not run it: quarantined, overloaded, past its deadline, or the host could not answer. */
  | 'unavailable';

/**
 * Why the sandbox did not begin to run a program: it rests because it ended processes, too many others run, its request is too old, or the
 * sandbox does not have it or is closed.
 */
export type NotRun = (typeof NOT_RUN)[number];
export const NOT_RUN = ['quarantined', 'overloaded', 'late', 'not-loaded', 'closed'] as const;

export interface Fault extends Partial<Position> {
  readonly kind: FaultKind;
  readonly procedure: string;
  readonly version: number;
  /** At most 500 characters. */
  readonly message: string;
  /** Frames in the source as uploaded, innermost first. */
  readonly stack: readonly Position[];
  /** For `unavailable`: worth another attempt by the caller after a while. */
  readonly retryable?: boolean;
  /** For `unavailable`: why it did not even begin to run; absent when it had begun. */
  readonly notRun?: NotRun;
}

/** How a run ended, as a value. */
export type Outcome =
  | {
      readonly kind: 'returned';
      readonly response: string;
      readonly effects: readonly GuestEffect[];
      readonly log: readonly LogLine[];
      readonly usage?: Usage;
    }
  /** The procedure refused on purpose, by `exceptionFactory`: the payload is what the prelude's `rejection` gave. */
  | { readonly kind: 'rejected'; readonly payload: string; readonly log: readonly LogLine[]; readonly usage?: Usage }
  | { readonly kind: 'fault'; readonly fault: Fault; readonly log: readonly LogLine[]; readonly usage?: Usage };

export interface SandboxStatus {
  readonly ready: boolean;
  /** What the operating system adds to the walls: `full`, `partial` or `process`, with the parts that hold. */
  readonly isolation: {
    readonly level: 'full' | 'partial' | 'process';
    readonly parts: readonly string[];
    readonly missing: readonly string[];
  };
  readonly processes: readonly {
    readonly pid: number;
    /** `retiring`: has grown large, and ends when it has answered what it has. */
    readonly role: 'main' | 'spare' | 'diagnostic' | 'retiring';
    readonly residentBytes: number;
  }[];
  readonly inFlight: number;
  readonly counts: {
    readonly invocations: number;
    readonly runs: number;
    readonly suspensions: number;
    readonly kills: number;
    readonly retirements: number;
  } & Readonly<Record<FaultKind, number>>;
  readonly quarantined: readonly { readonly program: string; readonly since: number; readonly until: number; readonly reason: string }[];
}

/** Limits, configuration with safe defaults. A limit bounds what its name says and nothing else. */
export interface SandboxLimits {
  /** Of one invocation's own running, all its runs together; ends a loop. Milliseconds. */
  readonly cpuMilliseconds: number;
  /** From the request's arrival to its answer, waiting included. Milliseconds. */
  readonly wallMilliseconds: number;
  /** Of an isolate. Megabytes; buffers outside the heap are bounded by the process's resident memory. */
  readonly heapMegabytes: number;
  readonly hostCalls: number;
  readonly effects: number;
  readonly logBytes: number;
  readonly responseBytes: number;
  readonly sourceBytes: number;
}

export const DEFAULT_LIMITS: SandboxLimits = {
  cpuMilliseconds: 50,
  wallMilliseconds: 5000,
  heapMegabytes: 64,
  hostCalls: 32,
  effects: 32,
  logBytes: 16_384,
  responseBytes: 65_536,
  sourceBytes: 262_144,
};

/**
 * The guest side, given to the sandbox as source text: an expression whose value is a `Prelude` function.
 * It is evaluated once in each realm before the intrinsics are frozen, and what it returns is frozen with them.
 */
export type Prelude = (guest: Guest) => {
  /** Constants visible to every procedure, such as `logger`. */
  readonly globals: Readonly<Record<string, unknown>>;
  /** Makes the argument of `result` from the parsed context; called once per run. */
  context(parsed: never, flow: string, options: { readonly dressed: boolean }): unknown;
  /** The payload of a refusal on purpose, or null for any other thrown value. */
  rejection(thrown: unknown): string | null;
  /** Turns the returned value into response text; throws what should be the fault. Optional: JSON of a plain object. */
  response?(returned: unknown): string;
};

/** What the sandbox's guest runtime offers the prelude. All of it throws `Error('the context is closed')` outside a run. */
export interface Guest {
  /** Asks the host: journal, then likely answers, then a suspension. Throws `Error` with `code` for an error answer. */
  call(kind: string, args: string): string;
  /** Records an effect, in order. */
  effect(kind: string, payload: string): void;
  /** The next minted value of a kind, with its place among them. */
  mint(kind: string): { readonly index: number; readonly value: string };
  /** Milliseconds since 1970 of this run. */
  now(): number;
  log(level: LogLevel, message: string): void;
  /** An object of the present run only, for prelude state that must not outlive it. */
  run(): object;
}
