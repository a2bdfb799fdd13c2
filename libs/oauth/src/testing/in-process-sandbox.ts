import { createContext, Script } from 'node:vm';
import { preludeSource } from '../procedures/guest/prelude.ts';
import type {
  CheckOutcome,
  Fault,
  FaultKind,
  Guest,
  GuestEffect,
  HostAnswer,
  HostCall,
  Invocation,
  LogLine,
  Outcome,
  Prelude,
  Program,
  Sandbox,
  SandboxStatus,
} from '../procedures/sandbox.ts';

/** What specs may look at afterwards: an invocation as the host made it, and the runs it took. */
export interface SeenInvocation extends Invocation {
  runs: number;
  /** Host calls that neither journal nor likely answers held, as they were asked. */
  readonly asked: HostCall[];
}

type Result = (context: unknown) => unknown;

interface Loaded {
  readonly program: Program;
  readonly evaluate: () => Result;
}

/** The call whose answer a run must wait for. Private: a procedure that catches it gains nothing. */
class Suspension {
  constructor(readonly call: HostCall) {}
}

const MOST_SUSPENSIONS = 16;

/**
 * For specs of the host's side only: procedures run in a `node:vm` context of this process, with the real prelude and
 * with the sandbox's journal, so that a host call that is not answered yet ends the run and starts it again.
 * It keeps nobody out and bounds nothing.
 */
export class InProcessSandbox implements Sandbox {
  readonly seen: SeenInvocation[] = [];
  /** Ends the next runs as these faults, one each, in place of running. */
  readonly failures: { readonly kind: FaultKind; readonly message: string; readonly retryable?: boolean }[] = [];
  readonly loaded = new Map<string, Loaded>();
  readonly #realm = createContext(Object.create(null) as object);
  readonly #guest = new JournalledGuest();
  readonly #prelude: ReturnType<Prelude>;
  readonly #parse: typeof JSON.parse;

  /** @param clock of procedures, seconds since 1970; by default the machine's */
  constructor(private readonly clock: (() => number) | null = null) {
    this.#prelude = (this.#evaluate(preludeSource(), 'prelude.js') as Prelude)(this.#guest);
    this.#parse = this.#evaluate('JSON.parse', 'realm.js') as typeof JSON.parse;
    this.#guest.makeError = this.#evaluate('(message, code) => Object.assign(new Error(message), { code })', 'realm.js') as never;
  }

  check(program: Program): Promise<CheckOutcome> {
    try {
      this.#compile(program)();
      return Promise.resolve({ ok: true, warnings: [] });
    } catch (error) {
      const { name, message } = error as Error;
      const code = name === 'SyntaxError' ? 'syntax' : 'no-result';
      return Promise.resolve({ ok: false, errors: [{ code, message, ...positions(error)[0] }] });
    }
  }

  load(program: Program): void {
    if (!this.loaded.has(program.key)) this.loaded.set(program.key, { program, evaluate: this.#compile(program) });
  }

  unload(key: string): void {
    this.loaded.delete(key);
  }

  async run(invocation: Invocation): Promise<Outcome> {
    const loaded = this.loaded.get(invocation.program);
    if (loaded === undefined) throw new Error(`program ${invocation.program} was never loaded`);
    const seen: SeenInvocation = { ...invocation, runs: 0, asked: [] };
    this.seen.push(seen);
    const failure = this.failures.shift();
    if (failure !== undefined)
      return { kind: 'fault', fault: { ...faultOf(loaded.program, failure.kind, failure.message), ...failure }, log: [] };

    const journal: HostAnswer[] = [];
    while (seen.runs < MOST_SUSPENSIONS) {
      seen.runs++;
      const ended = this.#runOnce(loaded, this.clock === null ? invocation : { ...invocation, now: this.clock() * 1000 }, journal);
      if (!(ended instanceof Suspension)) return this.#measured(ended, seen);
      seen.asked.push(ended.call);
      try {
        journal.push(await invocation.answer(ended.call));
      } catch {
        return { kind: 'fault', fault: faultOf(loaded.program, 'unavailable', 'the host could not answer'), log: [] };
      }
    }
    return { kind: 'fault', fault: faultOf(loaded.program, 'runtime', 'too many host calls'), log: [] };
  }

  status(): SandboxStatus {
    const runs = this.seen.reduce((sum, { runs }) => sum + runs, 0);
    const faults = { timeout: 0, memory: 0, syntax: 0, runtime: 0, nondeterministic: 0, 'invalid-response': 0, unavailable: 0 };
    return {
      ready: true,
      isolation: { level: 'process', parts: [], missing: [] },
      processes: [],
      inFlight: 0,
      counts: { invocations: this.seen.length, runs, suspensions: runs - this.seen.length, kills: 0, retirements: 0, ...faults },
      quarantined: [],
    };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** The last invocation of a program whose key starts with a text; by default of any. */
  last(key = ''): SeenInvocation {
    const found = this.seen.findLast(({ program }) => program.startsWith(key));
    if (found === undefined) throw new Error(`nothing has run of ${key}`);
    return found;
  }

  #runOnce({ program, evaluate }: Loaded, invocation: Invocation, journal: readonly HostAnswer[]): Outcome | Suspension {
    const run = this.#guest.open(invocation, journal);
    try {
      const context = this.#prelude.context(this.#parse(invocation.context) as never, program.flow, { dressed: true });
      const returned = evaluate()(context);
      if (run.suspension !== null) return run.suspension;
      try {
        const response = this.#prelude.response?.(returned) ?? JSON.stringify(returned);
        return { kind: 'returned', response, effects: run.effects, log: run.log };
      } catch (thrown) {
        return { kind: 'fault', fault: faultOf(program, 'invalid-response', messageOf(thrown)), log: run.log };
      }
    } catch (thrown) {
      if (run.suspension !== null) return run.suspension;
      const payload = this.#prelude.rejection(thrown);
      if (payload !== null) return { kind: 'rejected', payload, log: run.log };
      const kind = run.isNondeterministic ? 'nondeterministic' : 'runtime';
      return {
        kind: 'fault',
        fault: { ...faultOf(program, kind, messageOf(thrown)), ...positions(thrown)[0], stack: positions(thrown) },
        log: run.log,
      };
    } finally {
      this.#guest.close();
    }
  }

  #measured(outcome: Outcome, seen: SeenInvocation): Outcome {
    return seen.measure === true
      ? { ...outcome, usage: { wallMilliseconds: 1, cpuMilliseconds: 1, heapBytes: 1, runs: seen.runs } }
      : outcome;
  }

  /** A function that evaluates the script afresh: what it keeps at its top level does not outlive a run. */
  #compile(program: Program): () => Result {
    const { globals } = this.#prelude;
    const names = Object.keys(globals);
    const libraries = (program.libraries ?? []).map(({ source }) => `return (function () { ${source}\n;`).join('');
    const ends = ' })();'.repeat(program.libraries?.length ?? 0);
    const wrapped = `(function (${names.join(', ')}) { 'use strict'; ${libraries}${program.source}\nreturn result;${ends} })`;
    const script = new Script(wrapped, { filename: PROCEDURE, lineOffset: 1 - libraries.split('\n').length });
    const body = script.runInContext(this.#realm) as (...values: unknown[]) => Result;
    return () => body(...names.map((name) => globals[name]));
  }

  #evaluate(source: string, filename: string): unknown {
    return new Script(source, { filename }).runInContext(this.#realm);
  }
}

const PROCEDURE = 'procedure.js';

interface OpenRun {
  readonly invocation: Invocation;
  readonly journal: readonly HostAnswer[];
  readonly effects: GuestEffect[];
  readonly log: LogLine[];
  readonly minted: Map<string, number>;
  readonly state: object;
  readonly asked: string[];
  isNondeterministic: boolean;
  suspension: Suspension | null;
}

class JournalledGuest implements Guest {
  makeError: (message: string, code: string) => Error = () => new Error();
  readonly #askedBefore = new WeakMap<readonly HostAnswer[], string[]>();
  #run: OpenRun | null = null;

  open(invocation: Invocation, journal: readonly HostAnswer[]): OpenRun {
    const asked: string[] = [];
    return (this.#run = {
      invocation,
      journal,
      effects: [],
      log: [],
      minted: new Map(),
      state: {},
      asked,
      isNondeterministic: false,
      suspension: null,
    });
  }

  close(): void {
    this.#run = null;
  }

  call = (kind: string, args: string): string => {
    const run = this.#open();
    if (run.suspension !== null) throw this.makeError('the run waits for the host', 'suspended');
    const likely = run.invocation.likely.find((each) => each.kind === kind && each.args === args);
    if (likely !== undefined) return likely.answer;

    const index = run.asked.push(`${kind}\n${args}`) - 1;
    const before = this.#askedBefore.get(run.journal) ?? [];
    const answer = run.journal[index];
    if (answer === undefined) {
      this.#askedBefore.set(run.journal, [...run.asked]);
      run.suspension = new Suspension({ kind, args });
      throw this.makeError('the run waits for the host', 'suspended');
    }
    if (before[index] !== run.asked[index]) {
      run.isNondeterministic = true;
      throw this.makeError('the procedure asked for something else than before', 'nondeterministic');
    }
    if ('ok' in answer) return answer.ok;
    throw this.makeError(answer.error.message, answer.error.code);
  };

  effect = (kind: string, payload: string): void => {
    this.#open().effects.push({ kind, payload });
  };

  mint = (kind: string): { readonly index: number; readonly value: string } => {
    const { minted, invocation } = this.#open();
    const index = minted.get(kind) ?? 0;
    minted.set(kind, index + 1);
    return { index, value: invocation.minted[kind]?.[index] ?? this.call('mint', kind) };
  };

  now = (): number => this.#open().invocation.now;

  log = (level: LogLine['level'], message: string): void => {
    this.#open().log.push({ level, message });
  };

  run = (): object => this.#open().state;

  #open(): OpenRun {
    if (this.#run === null) throw new Error('the context is closed');
    return this.#run;
  }
}

function faultOf({ procedure, version }: Program, kind: FaultKind, message: string): Fault {
  return { kind, procedure, version, message: message.slice(0, 500), stack: [] };
}

function messageOf(thrown: unknown): string {
  return String((thrown as { readonly message?: unknown } | null)?.message ?? thrown);
}

function positions(thrown: unknown): { readonly line: number; readonly column: number }[] {
  const stack = (thrown as { readonly stack?: unknown } | null)?.stack;
  if (typeof stack !== 'string') return [];
  return [...stack.matchAll(/procedure\.js:(\d+)(?::(\d+))?/g)].map(([, line, column]) => ({
    line: Number(line),
    column: Number(column ?? 1),
  }));
}
