import type { FaultKind } from '#libs/oauth';

/** How an attack that ran may end. `nothing`: it returned, and what it says it found is an empty list. */
export type End = 'nothing' | 'rejected' | FaultKind;

/** An attack that cannot harm others: it shares its program with its family. */
export interface Attack {
  readonly name: string;
  /** Body of a function of `context` that returns what it found, as a list of words; see `probe.ts` for what it may use. */
  readonly body: string;
  readonly ends: readonly End[];
}

/** A whole source that must not pass the check at upload, and that never runs. */
export interface RefusedAttack {
  readonly name: string;
  readonly source: string;
  /** Code of a finding. */
  readonly code: string;
}

/** Attacks of one kind. */
export interface Family {
  readonly name: string;
  /** What the programs of its attacks use: sources by name, in their order. */
  readonly libraries?: Readonly<Record<string, string>>;
  readonly attacks?: readonly Attack[];
  /** In programs of their own, one after the other: they mean to end a process, or to keep it busy. */
  readonly killing?: readonly Attack[];
  readonly refused?: readonly RefusedAttack[];
}

/** Most attacks find nothing, and say so. */
export function attack(name: string, body: string, ends: readonly End[] = ['nothing']): Attack {
  return { name, body, ends };
}

/** @param body of `result(context)` in a source of its own, unless it defines `result` itself */
export function refused(name: string, body: string, code = 'unsupported'): RefusedAttack {
  return { name, source: body.includes('result') ? body : `function result(context) { ${body} }`, code };
}

/** Takes more than it may have, and is ended in one way or another. */
export const TOO_MUCH: readonly End[] = ['timeout', 'memory', 'runtime'];
