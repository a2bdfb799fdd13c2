import type { HostAnswer, HostCall, Invocation, Outcome, Program, Sandbox } from '#libs/oauth';
import { openSandbox } from '../open-sandbox.ts';
import type { SandboxOptions } from '../options.ts';

/** A prelude of nothing in particular: what the guest offers, as globals, and a refusal on purpose. */
export const NEUTRAL_PRELUDE = `(guest) => {
  class Refusal extends Error {
    #payload;
    constructor(payload) { super('refused'); this.#payload = payload; }
    static payloadOf(thrown) { return typeof thrown === 'object' && thrown !== null && #payload in thrown ? thrown.#payload : null; }
  }
  return {
    globals: {
      logger: { info(message) { guest.log('info', message); }, warn(message) { guest.log('warn', message); } },
      ask(kind, args) { return guest.call(kind, args); },
      effect(kind, payload) { guest.effect(kind, payload); },
      mint(kind) { return guest.mint(kind).value; },
      perRun() { return guest.run(); },
      now() { return guest.now(); },
      refuse(payload) { throw new Refusal(payload); },
    },
    context(parsed, flow, { dressed }) { return { data: parsed, flow, dressed, ask: guest.call, keep: guest.effect }; },
    rejection: Refusal.payloadOf,
  };
}`;

export type Answer = (call: HostCall) => HostAnswer | Promise<HostAnswer>;

/** A sandbox and short ways to use it, for specs. */
export class TestSandbox {
  readonly sandbox: Sandbox;
  readonly logged: string[];
  #count = 0;

  private constructor(sandbox: Sandbox, logged: string[]) {
    this.sandbox = sandbox;
    this.logged = logged;
  }

  static async open(options: Partial<SandboxOptions> = {}): Promise<TestSandbox> {
    const logged: string[] = [];
    const sandbox = await openSandbox({
      prelude: NEUTRAL_PRELUDE,
      isolation: 'off',
      log: (_level, message, fields) => logged.push(`${message} ${JSON.stringify(fields)}`),
      ...options,
    });
    return new TestSandbox(sandbox, logged);
  }

  /** Loads a source under a key of its own; answers the key. @param libraries their sources by name */
  load(source: string, libraries: Readonly<Record<string, string>> = {}): string {
    const program = this.program(source, libraries);
    this.sandbox.load(program);
    return program.key;
  }

  program(source: string, libraries: Readonly<Record<string, string>> = {}): Program {
    const number = ++this.#count;
    return {
      key: `procedure-${number}@1`,
      procedure: `procedure-${number}`,
      version: 1,
      flow: 'test-flow',
      source,
      libraries: Object.entries(libraries).map(([name, text]) => ({ name, version: 1, source: text })),
    };
  }

  run(key: string, context: unknown = {}, more: Partial<Invocation> = {}): Promise<Outcome> {
    return this.sandbox.run({
      program: key,
      context: JSON.stringify(context),
      now: 1_700_000_000_000,
      seed: 42,
      minted: {},
      likely: [],
      answer: ({ args }) => ({ ok: args }),
      deadline: Date.now() + 20_000,
      ...more,
    });
  }

  /** Loads and runs once. */
  once(source: string, context: unknown = {}, more: Partial<Invocation> = {}): Promise<Outcome> {
    return this.run(this.load(source), context, more);
  }

  /** What `result` of this body returned, parsed. Throws for any other outcome. */
  async value(body: string, context: unknown = {}): Promise<unknown> {
    const outcome = await this.once(`function result(context) { ${body} }`, context);
    if (outcome.kind !== 'returned') throw new Error(`expected a response, got ${JSON.stringify(outcome)}`);
    return JSON.parse(outcome.response) as unknown;
  }

  close(): Promise<void> {
    return this.sandbox.close();
  }
}

/** What counts in assertions: the kind of a fault, or how else it ended. */
export function endOf(outcome: Outcome): string {
  return outcome.kind === 'fault' ? outcome.fault.kind : outcome.kind;
}

export function responseOf(outcome: Outcome): unknown {
  if (outcome.kind !== 'returned') throw new Error(`expected a response, got ${JSON.stringify(outcome)}`);
  return JSON.parse(outcome.response);
}
