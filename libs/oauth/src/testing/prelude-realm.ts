import { createContext, Script } from 'node:vm';
import type { FlowId } from '../procedures/flows.ts';
import type { ContextText } from '../procedures/host-calls.ts';
import type { Guest, GuestEffect, LogLine, Prelude } from '../procedures/sandbox.ts';
import { preludeSource } from '../procedures/guest/prelude.ts';

/** What a run in a `PreludeRealm` gets. */
export interface RealmRun {
  /** A flow of the contract, also one that no host serves yet. */
  readonly flow?: FlowId | (string & {});
  readonly context?: ContextText;
  /** Java helpers on maps; on unless told otherwise. */
  readonly dressed?: boolean;
  /** Milliseconds since 1970. */
  readonly now?: number;
  /** Answers host calls; without it each is an error. */
  readonly answer?: (kind: string, args: string) => string;
}

/** What a run did. */
export interface RealmOutcome {
  /** The response text, when `result` delivered one. */
  readonly response?: string;
  /** The payload of a refusal on purpose. */
  readonly rejection?: string;
  /** Name and message of anything else that was thrown. */
  readonly error?: string;
  readonly effects: readonly GuestEffect[];
  readonly log: readonly LogLine[];
  readonly calls: readonly string[];
}

/**
 * For specs: the prelude in a realm of its own that lacks and freezes what the sandbox's lacks and freezes, without
 * isolates. It proves that the prelude is self-contained text; it is no sandbox.
 */
export class PreludeRealm {
  readonly #realm = createContext(Object.create(null) as object);
  readonly #prelude: ReturnType<Prelude>;
  readonly #guest = new RecordingGuest();

  constructor() {
    this.#evaluate(REMOVE);
    this.#prelude = (this.#evaluate(preludeSource()) as Prelude)(this.#guest);
    (this.#evaluate(FREEZE) as (root: unknown) => void)(this.#prelude);
  }

  /** Names of the globals that procedures get. */
  get globals(): string[] {
    return Object.keys(this.#prelude.globals);
  }

  /** Runs a procedure: a script with a function `result(context)`. */
  run(source: string, run: RealmRun = {}): RealmOutcome {
    return this.prepare(source)(run);
  }

  /** Evaluates a procedure once for several runs, as the sandbox never does: what it keeps shows what outlives a run. */
  prepare(source: string): (run: RealmRun) => RealmOutcome {
    const { globals } = this.#prelude;
    const names = Object.keys(globals);
    const compile = this.#evaluate(`(function (${names.join(', ')}) { 'use strict'; ${source}\nreturn result; })`) as (
      ...values: unknown[]
    ) => (context: unknown) => unknown;
    const result = compile(...names.map((name) => globals[name]));
    return (run) => this.#run(result, run);
  }

  #run(result: (context: unknown) => unknown, run: RealmRun): RealmOutcome {
    const parse = this.#evaluate('JSON.parse') as typeof JSON.parse;
    const journal = this.#guest.open(run);
    const outcome: { -readonly [K in keyof RealmOutcome]: RealmOutcome[K] } = journal;
    try {
      const parsed = parse(JSON.stringify(run.context ?? { issuers: { access: null, jwt: null } })) as never;
      const context = this.#prelude.context(parsed, run.flow ?? 'oauth-introspect', { dressed: run.dressed ?? true });
      outcome.response = this.#prelude.response?.(result(context)) ?? '';
    } catch (thrown) {
      const payload = this.#prelude.rejection(thrown);
      if (payload === null) outcome.error = String(thrown);
      else outcome.rejection = payload;
    } finally {
      this.#guest.close();
    }
    return outcome;
  }

  /** The value of an expression over `context`, as JSON would carry it; throws what the expression throws. */
  value(expression: string, run: RealmRun = {}): unknown {
    const outcome = this.run(`function result(context) { return { value: [${expression}] }; }`, run);
    if (outcome.response === undefined) throw new Error(outcome.error ?? outcome.rejection);
    return (JSON.parse(outcome.response) as { value: unknown[] }).value[0];
  }

  #evaluate(source: string): unknown {
    return new Script(source, { filename: 'realm.js' }).runInContext(this.#realm);
  }
}

class RecordingGuest implements Guest {
  #run: { now: number; answer: NonNullable<RealmRun['answer']>; state: object; minted: Map<string, number> } | null = null;
  #effects: GuestEffect[] = [];
  #log: LogLine[] = [];
  #calls: string[] = [];

  open(run: RealmRun) {
    this.#run = {
      now: run.now ?? 1_700_000_000_500,
      answer:
        run.answer ??
        ((kind, args) => {
          if (kind === 'section' && args.endsWith('Attributes')) return '{}';
          throw new Error(`no answer for ${kind} ${args}`);
        }),
      state: {},
      minted: new Map(),
    };
    this.#effects = [];
    this.#log = [];
    this.#calls = [];
    return { effects: this.#effects, log: this.#log, calls: this.#calls };
  }

  close(): void {
    this.#run = null;
  }

  #open() {
    if (this.#run === null) throw new Error('the context is closed');
    return this.#run;
  }

  call = (kind: string, args: string): string => {
    const { answer } = this.#open();
    this.#calls.push(`${kind}:${args}`);
    return answer(kind, args);
  };

  effect = (kind: string, payload: string): void => {
    this.#open();
    this.#effects.push({ kind, payload });
  };

  mint = (kind: string) => {
    const { minted } = this.#open();
    const index = minted.get(kind) ?? 0;
    minted.set(kind, index + 1);
    return { index, value: `${kind}-${index}` };
  };

  now = (): number => this.#open().now;

  log = (level: LogLine['level'], message: string): void => {
    this.#open();
    this.#log.push({ level, message });
  };

  run = (): object => this.#open().state;
}

const REMOVE = `for (const name of ['Promise', 'Proxy', 'BigInt', 'Intl', 'WebAssembly', 'Atomics', 'SharedArrayBuffer', 'ArrayBuffer',
  'DataView', 'Uint8Array', 'Int8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float32Array',
  'Float64Array', 'BigInt64Array', 'BigUint64Array', 'WeakRef', 'FinalizationRegistry', 'eval', 'Function', 'escape', 'unescape'])
  delete globalThis[name];`;

/** Freezes all built-ins and everything reachable from a value by members, accessors and prototypes. */
const FREEZE = `(function (root) {
  const seen = new Set();
  const visit = (value) => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return;
    seen.add(value);
    visit(Object.getPrototypeOf(value));
    for (const name of Reflect.ownKeys(value)) {
      const descriptor = Object.getOwnPropertyDescriptor(value, name);
      visit(descriptor.value); visit(descriptor.get); visit(descriptor.set);
    }
    if (value !== globalThis) Object.freeze(value);
  };
  visit(globalThis); visit(root);
  const stack = Object.getOwnPropertyDescriptor(new Error('probe'), 'stack');
  visit(stack.get); visit(stack.set);
})`;
