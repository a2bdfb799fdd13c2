/* eslint-disable @typescript-eslint/restrict-plus-operands, @typescript-eslint/no-unnecessary-condition -- a procedure can give anything, whatever the types say */
/*
 * Guest code: self-contained, sent into the realm as text. See pattern.ts.
 */
import type { Guest, LogLevel } from '#libs/oauth';
import type { Describer } from './description.ts';
import type { RunClock } from './determinism.ts';

/** Limits that the guest itself watches over. */
export interface GuestLimits {
  readonly hostCalls: number;
  /** Characters of a kind, of a call's arguments, and of the arguments of all calls of a run. */
  readonly hostCall: { readonly kind: number; readonly args: number; readonly allArgs: number };
  readonly effects: number;
  readonly logBytes: number;
  readonly responseBytes: number;
}

/** A prelude's answer, as the runtime uses it. */
export interface PreludeParts {
  readonly globals: Readonly<Record<string, unknown>>;
  context(parsed: unknown, flow: string, options: { readonly dressed: boolean }): unknown;
  rejection(thrown: unknown): string | null;
  response?(returned: unknown): string;
}

/** A program as the process has compiled and analysed it. */
export interface BoundProgram {
  /** Evaluates the whole script afresh and gives its `result`. */
  readonly evaluate: (...locals: unknown[]) => unknown;
  /** Values of the undeclared names the script assigns, in the order of the parameters. */
  readonly locals: readonly unknown[];
  readonly flow: string;
  readonly dressed: boolean;
}

export interface Runtime {
  readonly guest: Guest;
  readonly clock: RunClock;
  /** Runs one frame's text, or several: `lengths` then holds the length of each, separated by commas. */
  invoke(program: BoundProgram, prelude: PreludeParts, text: string, lengths: string): string;
  /** Evaluates the top level alone, without the host: `O`, or a fault as a run gives it. */
  trial(program: BoundProgram): string;
}

/**
 * The state of the run in progress, and all that a run can ask for. There is one run at a time in a realm; each starts
 * from nothing but its frame, so nothing of an earlier one can be seen.
 */
export function createRuntime(limits: GuestLimits, describer: Pick<Describer, 'describe' | 'forget'>): Runtime {
  const { parse, stringify } = JSON;
  const { apply } = Reflect;
  const { isArray } = Array;
  const { create, freeze } = Object;
  const bind = Function.prototype.bind.bind(Function.prototype.call) as (method: unknown) => (...args: unknown[]) => unknown;
  const split = bind(String.prototype.split) as (text: string, separator: string) => string[];
  const indexOf = bind(String.prototype.indexOf) as (text: string, part: string, from?: number) => number;
  const slice = bind(String.prototype.slice) as (text: string, from: number, to?: number) => string;
  const unitAt = bind(String.prototype.charCodeAt) as (text: string, at: number) => number;
  const replaceAll = bind(String.prototype.replaceAll) as (text: string, part: string, by: string) => string;
  const toWellFormed = bind(String.prototype.toWellFormed) as (text: string) => string;
  const hostTime = Date.now;
  const NativeError = Error;
  const NativeRangeError = RangeError;
  const NativeTypeError = TypeError;

  interface Run {
    readonly now: number;
    readonly seed: number;
    /** Milliseconds of the process's clock at the start, for the account of the budget. */
    readonly started: number;
    readonly minted: string;
    readonly likely: string;
    readonly journal: string;
    /** Only the top level is evaluated; nobody answers. */
    readonly isTrial: boolean;
    mintedByKind: Record<string, string[]> | null;
    mintedUsed: Record<string, number> | null;
    likelyAnswers: string[] | null;
    journalEntries: [kind: string, args: string, ok: string, code: string | null, message: string][] | null;
    calls: number;
    argsUnits: number;
    /** The suspend frame, once the run has met a call that has no answer yet. */
    suspension: string | null;
    deviation: string | null;
    effects: string;
    effectCount: number;
    log: string;
    logUnits: number;
    random: [number, number, number, number] | null;
    store: object | null;
  }

  let current: Run | null = null;

  /** Thrown to leave the script when a call has no answer yet. It carries nothing, and catching it changes nothing. */
  const suspended = freeze({
    __proto__: null,
    name: 'Suspended',
    message: 'the run waits for the service and will be repeated',
  }) as unknown as Error;

  function open(): Run {
    if (current === null) throw new NativeError('the context is closed');
    return current;
  }

  function active(): Run {
    const run = open();
    if (run.isTrial)
      throw new NativeError('the context is closed: at its top level a procedure can ask the service for nothing, only within result()');
    if (run.suspension !== null || run.deviation !== null) throw suspended;
    return run;
  }

  function asText(value: unknown, what: string): string {
    if (typeof value !== 'string') throw new NativeTypeError(what + ' must be a string');
    return toWellFormed(value);
  }

  function isClean(text: string): boolean {
    return indexOf(text, '\u0001') < 0 && indexOf(text, '\u0002') < 0 && indexOf(text, '\u0003') < 0;
  }

  function cleaned(text: string): string {
    return isClean(text) ? text : replaceAll(replaceAll(replaceAll(text, '\u0001', '\ufffd'), '\u0002', '\ufffd'), '\u0003', '\ufffd');
  }

  function call(kind: string, args: string): string {
    const run = active();
    const kindText = asText(kind, 'the kind of a host call');
    const argsText = asText(args, 'the arguments of a host call');
    if (!isClean(kindText)) throw new NativeTypeError('the kind of a host call must not hold control characters');
    if (kindText.length > limits.hostCall.kind)
      throw new NativeRangeError('the kind of a host call is longer than ' + limits.hostCall.kind + ' characters');
    // Arguments stay in the journal, which every repetition of the run carries along.
    if (argsText.length > limits.hostCall.args)
      throw new NativeRangeError('the arguments of a host call are longer than ' + limits.hostCall.args + ' characters');
    if (run.likely !== '') {
      run.likelyAnswers ??= split(run.likely, '\u0002');
      const wanted = kindText + '\u0003' + argsText + '\u0003';
      for (let index = 0; index < run.likelyAnswers.length; index++) {
        const entry = run.likelyAnswers[index] as string;
        if (slice(entry, 0, wanted.length) === wanted) return slice(entry, wanted.length);
      }
    }
    const index = run.calls;
    if (index >= limits.hostCalls) throw new NativeRangeError('more than ' + limits.hostCalls + ' host calls');
    if (run.argsUnits + argsText.length > limits.hostCall.allArgs)
      throw new NativeRangeError('the arguments of all host calls are longer than ' + limits.hostCall.allArgs + ' characters');
    run.calls = index + 1;
    run.argsUnits += argsText.length;
    run.journalEntries ??= run.journal === '' ? [] : (parse(run.journal) as NonNullable<Run['journalEntries']>);
    if (index >= run.journalEntries.length) {
      run.suspension = 'S' + index + '\u0001' + (hostTime() - run.started) + '\u0001' + kindText + '\u0001' + argsText;
      throw suspended;
    }
    const entry = run.journalEntries[index] as NonNullable<Run['journalEntries']>[number];
    if (entry[0] !== kindText || entry[1] !== argsText) {
      run.deviation = 'host call ' + (index + 1) + ' (' + kindText + ') differs from the one this run made before';
      throw suspended;
    }
    if (entry[3] === null) return entry[2];
    const error = new NativeError(entry[4]) as Error & { code: string };
    error.code = entry[3];
    throw error;
  }

  function effect(kind: string, payload: string): void {
    const run = active();
    const kindText = asText(kind, 'the kind of an effect');
    const payloadText = asText(payload, 'the payload of an effect');
    if (run.effectCount >= limits.effects) throw new NativeRangeError('more than ' + limits.effects + ' effects');
    if (payloadText.length > limits.responseBytes) throw new NativeRangeError('an effect of more than ' + limits.responseBytes + ' bytes');
    if (!isClean(kindText) || !isClean(payloadText)) throw new NativeTypeError('an effect must not hold the control characters 1 to 3');
    run.effects += (run.effectCount === 0 ? '' : '\u0002') + kindText + '\u0003' + payloadText;
    run.effectCount++;
  }

  function mint(kind: string): { readonly index: number; readonly value: string } {
    const run = active();
    const kindText = asText(kind, 'the kind of a minted value');
    if (run.mintedByKind === null) {
      run.mintedByKind = create(null) as Record<string, string[]>;
      run.mintedUsed = create(null) as Record<string, number>;
      const kinds = run.minted === '' ? [] : split(run.minted, '\u0002');
      for (let at = 0; at < kinds.length; at++) {
        const values = split(kinds[at] as string, '\u0003');
        run.mintedByKind[values[0] as string] = values;
      }
    }
    const used = run.mintedUsed as Record<string, number>;
    const index = used[kindText] ?? 0;
    const supply = run.mintedByKind[kindText];
    // The first entry of a supply is its kind.
    const value = supply !== undefined && index + 1 < supply.length ? (supply[index + 1] as string) : call('mint', kindText);
    used[kindText] = index + 1;
    return { index, value };
  }

  const LEVELS: Record<LogLevel, string> = {
    __proto__: null,
    trace: 't',
    debug: 'd',
    info: 'i',
    warn: 'w',
    error: 'e',
  } as unknown as Record<LogLevel, string>;

  function log(level: LogLevel, message: string): void {
    const run = open();
    const letter = LEVELS[level];
    if (letter === undefined) throw new NativeTypeError('unknown log level');
    if (run.suspension !== null || run.logUnits > limits.logBytes) return;
    let text = typeof message === 'string' ? message : '' + (message as unknown as number);
    const room = limits.logBytes - run.logUnits;
    // A line costs its text and a little, so that empty lines end as well.
    run.logUnits += text.length + 16;
    if (run.logUnits > limits.logBytes) text = slice(text, 0, room) + ' [the log of a run is limited to ' + limits.logBytes + ' bytes]';
    run.log += (run.log === '' ? '' : '\u0002') + letter + '\u0003' + cleaned(toWellFormed(text));
  }

  function now(): number {
    return open().now;
  }

  /** sfc32, seeded from 32 bits; good enough for a procedure's dice and the same for every repetition of a run. */
  function random(): number {
    const run = open();
    if (run.random === null) {
      run.random = [run.seed | 0, (run.seed / 4294967296) | 0, 0x9e3779b9 | 0, 1];
      for (let round = 0; round < 12; round++) random();
    }
    const state = run.random;
    const sum = (((state[0] + state[1]) | 0) + state[3]) | 0;
    state[3] = (state[3] + 1) | 0;
    state[0] = state[1] ^ (state[1] >>> 9);
    state[1] = (state[2] + (state[2] << 3)) | 0;
    state[2] = (((state[2] << 21) | (state[2] >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  }

  function store(): object {
    const run = open();
    run.store ??= {};
    return run.store;
  }

  function bytesOf(text: string): number {
    let bytes = 0;
    for (let at = 0; at < text.length; at++) {
      const unit = unitAt(text, at);
      if (unit < 0x80) bytes += 1;
      else if (unit < 0x800) bytes += 2;
      else if (unit >= 0xd800 && unit < 0xdc00) {
        bytes += 4;
        at++;
      } else bytes += 3;
    }
    return bytes;
  }

  function responseOf(prelude: PreludeParts, returned: unknown): string {
    let text: unknown;
    if (prelude.response !== undefined) text = prelude.response(returned);
    else {
      if (returned === undefined) throw new NativeTypeError('result() must return an object; it returned nothing');
      if (returned === null) throw new NativeTypeError('result() must return an object; it returned null');
      if (isArray(returned)) throw new NativeTypeError('result() must return a plain object; it returned an array');
      if (typeof returned !== 'object') throw new NativeTypeError('result() must return an object; it returned a ' + typeof returned);
      text = stringify(returned);
      if (typeof text !== 'string' || unitAt(text, 0) !== 123)
        throw new NativeTypeError('result() must return a plain object that can be written as JSON');
    }
    if (typeof text !== 'string') throw new NativeTypeError('the response must be text');
    if (text.length > limits.responseBytes || (text.length * 3 > limits.responseBytes && bytesOf(text) > limits.responseBytes))
      throw new NativeRangeError('the response is larger than ' + limits.responseBytes + ' bytes');
    return toWellFormed(text);
  }

  function fault(letter: string, run: Run, message: string, positions: string): string {
    return 'F' + letter + positions + '\u0001' + run.log + '\u0001' + message;
  }

  function described(letter: string, run: Run, thrown: unknown): string {
    const { message, positions } = describer.describe(thrown);
    return fault(letter, run, message, positions);
  }

  /** What has been thrown, as a reply. */
  function refusal(letter: string, run: Run, prelude: PreludeParts, thrown: unknown): string {
    let payload: string | null = null;
    try {
      payload = prelude.rejection(thrown);
    } catch (_hostile) {
      // A thrown value made to trip the prelude is no refusal on purpose.
    }
    if (run.suspension !== null) return run.suspension;
    if (typeof payload === 'string') return 'J' + run.log + '\u0001' + toWellFormed(payload);
    return described(letter, run, thrown);
  }

  /** Sections of a frame: time, seed, minted, likely, journal. Whatever an earlier run left is gone from here on. */
  function begin(sections: readonly string[], isTrial: boolean): Run {
    describer.forget();
    const run: Run = {
      now: +(sections[0] as string),
      seed: +(sections[1] as string),
      started: hostTime(),
      minted: sections[2] as string,
      likely: sections[3] as string,
      journal: sections[4] as string,
      isTrial,
      mintedByKind: null,
      mintedUsed: null,
      likelyAnswers: null,
      journalEntries: null,
      calls: 0,
      argsUnits: 0,
      suspension: null,
      deviation: null,
      effects: '',
      effectCount: 0,
      log: '',
      logUnits: 0,
      random: null,
      store: null,
    };
    current = run;
    return run;
  }

  /** Evaluates the top level, without a `this`: whatever it were would outlive the run. */
  function resultOf({ evaluate, locals }: BoundProgram): (context: unknown) => unknown {
    const result = locals.length === 0 ? evaluate() : apply(evaluate, undefined, locals);
    if (typeof result !== 'function') throw new NativeTypeError('result is not a function');
    return result as (context: unknown) => unknown;
  }

  function one(program: BoundProgram, prelude: PreludeParts, text: string): string {
    const sections = split(text, '\u0001');
    if (sections.length !== 6) return 'Xthe frame of the run is malformed';
    const run = begin(sections, false);
    let letter = 'r';
    let reply: string;
    try {
      const context = prelude.context(parse(sections[5] as string), program.flow, { dressed: program.dressed });
      const returned = resultOf(program)(context);
      letter = 'i';
      const response = responseOf(prelude, returned);
      reply = run.effectCount === 0 && run.log === '' ? 'R' + response : 'E' + run.effects + '\u0001' + run.log + '\u0001' + response;
    } catch (thrown) {
      reply = refusal(letter, run, prelude, thrown);
    }
    current = null;
    // Whatever the script made of it: a run that has met an unanswered call is repeated, one that deviates is over.
    if (run.deviation !== null) return fault('n', run, run.deviation, '');
    return run.suspension ?? reply;
  }

  function invoke(program: BoundProgram, prelude: PreludeParts, text: string, lengths: string): string {
    if (lengths === '') return one(program, prelude, text);
    const parts = split(lengths, ',');
    let from = 0;
    let replies = '';
    let sizes = '';
    for (let index = 0; index < parts.length; index++) {
      const to = from + +(parts[index] as string);
      const reply = one(program, prelude, slice(text, from, to));
      from = to;
      replies += reply;
      sizes += (index === 0 ? '' : ',') + reply.length;
    }
    return sizes + '\u0000' + replies;
  }

  function trial(program: BoundProgram): string {
    const run = begin(['' + hostTime(), '1', '', '', ''], true);
    let reply = 'O';
    try {
      resultOf(program);
    } catch (thrown) {
      reply = described('r', run, thrown);
    }
    current = null;
    return reply;
  }

  return { guest: freeze({ call, effect, mint, now, log, run: store }), clock: freeze({ now, random }), invoke, trial };
}
