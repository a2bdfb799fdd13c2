import type { ContextText, HostAnswer, HostCall, Outcome, Sandbox } from '#libs/oauth';
import { openScriptSandbox } from './script-sandbox.ts';
import { scriptSource } from './scripts.ts';

/** One run of a script in the sandbox of production, with a host that the spec plays. */
export interface FlowRun {
  readonly script: string;
  readonly flow: string;
  readonly context: ContextText;
  /** Answers what the script asks the host for, by kind; signed tokens are `signed(<issuer id>)` unless told otherwise. */
  readonly answers?: Readonly<Record<string, (args: string) => string>>;
}

/** What the run did; effects and calls as `kind payload`, with the payload's parts separated by ` | `. */
export interface FlowOutcome {
  readonly response: Record<string, unknown>;
  /** The payload of a refusal on purpose. */
  readonly rejection: Record<string, unknown>;
  readonly fault: string;
  readonly effects: readonly string[];
  readonly calls: readonly string[];
  readonly log: readonly string[];
}

/**
 * Flows whose endpoints are served by no host yet: the guest's side of them is complete, so scripts for them run here on
 * context texts as `procedures/host-calls` describes them.
 */
export class FlowRunner {
  private constructor(private readonly sandbox: Sandbox) {}

  static async open(): Promise<FlowRunner> {
    return new FlowRunner(await openScriptSandbox());
  }

  /** @throws with the findings when the script would be refused at upload */
  async run({ script, flow, context, answers = {} }: FlowRun): Promise<FlowOutcome> {
    const key = `${script}@${flow}`;
    const program = { key, procedure: script, version: 1, flow, source: scriptSource(script) };
    const checked = await this.sandbox.check(program);
    if (!checked.ok) throw new Error(`${script} is refused: ${JSON.stringify(checked.errors)}`);
    this.sandbox.load(program);
    const calls: string[] = [];
    const outcome = await this.sandbox.run({
      ...{ program: key, context: JSON.stringify(context), now: NOW * 1000, seed: 1, likely: [], deadline: Date.now() + 20_000 },
      minted: { delegation: ['d-1', 'd-2'], access_token: ['at-1', 'at-2'] },
      answer: (call) => {
        calls.push(shown(call.kind, call.args));
        return answerOf(call, answers);
      },
    });
    return { ...endOf(outcome), calls, log: outcome.log.map(({ level, message }) => `${level} ${message}`) };
  }

  close(): Promise<void> {
    return this.sandbox.close();
  }
}

/** Seconds since 1970 at which every run takes place. */
export const NOW = 1_700_000_000;

function answerOf({ kind, args }: HostCall, answers: NonNullable<FlowRun['answers']>): HostAnswer {
  const answer = answers[kind];
  if (answer !== undefined) return { ok: answer(args) };
  if (kind === 'mint') return { ok: `minted ${args}` };
  if (kind === 'issue') return { ok: `signed(${args.split('\n')[0] ?? ''})` };
  return { error: { code: 'fault', message: `the spec answers no ${kind}` } };
}

const shown = (kind: string, payload: string) => `${kind} ${payload.split('\n').join(' | ')}`;

function endOf(outcome: Outcome): Pick<FlowOutcome, 'response' | 'rejection' | 'fault' | 'effects'> {
  const nothing = { response: {}, rejection: {}, fault: '', effects: [] };
  switch (outcome.kind) {
    case 'returned':
      return {
        ...nothing,
        response: JSON.parse(outcome.response) as Record<string, unknown>,
        effects: outcome.effects.map(({ kind, payload }) => shown(kind, payload)),
      };
    case 'rejected':
      return { ...nothing, rejection: JSON.parse(outcome.payload) as Record<string, unknown> };
    case 'fault':
      return { ...nothing, fault: `${outcome.fault.kind}: ${outcome.fault.message}` };
  }
}
