import { HOST_CALL, type ProcessConfiguration } from '../frames.ts';
import { createDescriber } from '../guest/description.ts';
import { tameDateAndRandom } from '../guest/determinism.ts';
import { guardBuiltIns } from '../guest/guards.ts';
import { freezeRealm } from '../guest/hardening.ts';
import { patternProblem } from '../guest/pattern.ts';
import { removeBuiltIns } from '../guest/removals.ts';
import { createRuntime, type GuestLimits } from '../guest/runtime.ts';
import { PROCEDURE_FILE, type Section } from './program-layout.ts';

/**
 * The text that makes a fresh context into a realm. Its value is `{ names, finish }`: `finish(prelude)` evaluates the prelude,
 * hardens the realm and answers the names of the service globals; `bind` then joins a compiled script to it.
 *
 * `sections` says which lines of the script are those of which source, for positions.
 *
 * The order matters: date and random are tamed before the prelude can capture them; the prelude is evaluated before built-ins
 * are guarded, since it is ours and may keep the originals; what it returns is frozen with everything else.
 */
export function realmSource(configuration: ProcessConfiguration, sections: readonly Section[]): string {
  const limits: GuestLimits = {
    hostCalls: configuration.hostCalls,
    hostCall: HOST_CALL,
    effects: configuration.effects,
    logBytes: configuration.logBytes,
    responseBytes: configuration.responseBytes,
  };
  return `(function () {
'use strict';
const describer = (${createDescriber.toString()})(${JSON.stringify(PROCEDURE_FILE)}, ${JSON.stringify(sections)});
const runtime = (${createRuntime.toString()})(${JSON.stringify(limits)}, describer);
(${tameDateAndRandom.toString()})(runtime.clock);
const prepare = ${prepareRealm.toString()};
return prepare(describer, runtime, ${patternProblem.toString()}, ${guardBuiltIns.toString()}, ${removeBuiltIns.toString()}, ${freezeRealm.toString()});
})()`;
}

/** The two steps a process takes with a realm: `finish` once, `bind` for the program. */
export interface PreparedRealm {
  /** Evaluates and freezes; answers the names of the service globals, separated by commas. */
  finish(makePrelude: unknown): string;
  /** `script` takes the globals and gives the function that evaluates the source. */
  bind(script: unknown, assigned: string, flow: string, dressed: boolean): BoundRealm;
}

/** A realm joined to its program. */
export interface BoundRealm {
  /** Runs frames; see `Runtime`. */
  invoke(frames: readonly [text: string, lengths: string]): [reply: string];
  /** Evaluates the program's top level alone. */
  trial(): string;
}

/** Guest code as well: self-contained, sent as text. */
function prepareRealm(
  describer: ReturnType<typeof createDescriber>,
  runtime: ReturnType<typeof createRuntime>,
  pattern: typeof patternProblem,
  guard: typeof guardBuiltIns,
  remove: typeof removeBuiltIns,
  harden: typeof freezeRealm,
): PreparedRealm {
  type Prelude = Parameters<typeof runtime.invoke>[1];
  const { keys, hasOwn } = Object;
  const NativeTypeError = TypeError;
  const join = Function.prototype.call.bind(Array.prototype.join) as (list: readonly unknown[], separator: string) => string;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is bound right here
  const split = Function.prototype.call.bind(String.prototype.split) as (text: string, separator: string) => string[];
  let prelude: Prelude | null = null;
  let names: string[] = [];
  return {
    finish(makePrelude: unknown): string {
      if (typeof makePrelude !== 'function') throw new NativeTypeError('the prelude is not a function');
      const made = (makePrelude as (guest: typeof runtime.guest) => Prelude | null)(runtime.guest);
      if (
        typeof made !== 'object' ||
        made === null ||
        typeof made.globals !== 'object' ||
        typeof made.context !== 'function' ||
        typeof made.rejection !== 'function'
      )
        throw new NativeTypeError('the prelude must give globals, context and rejection');
      prelude = made;
      names = keys(made.globals);
      guard(pattern);
      remove();
      harden([made, runtime.guest], describer.trustedGetters);
      return join(names, ',');
    },
    bind(script: unknown, assigned: string, flow: string, dressed: boolean): BoundRealm {
      const parts = prelude as Prelude;
      const values: unknown[] = [];
      for (let index = 0; index < names.length; index++) values[index] = parts.globals[names[index] as string];
      const locals: unknown[] = [];
      const wanted = assigned === '' ? [] : split(assigned, ',');
      for (let index = 0; index < wanted.length; index++)
        locals[index] = hasOwn(parts.globals, wanted[index] as string) ? parts.globals[wanted[index] as string] : undefined;
      const program = { evaluate: (script as (...globals: unknown[]) => () => unknown)(...values), locals, flow, dressed };
      return {
        invoke(frames: readonly [string, string]): [string] {
          return [runtime.invoke(program, parts, frames[0], frames[1])];
        },
        trial(): string {
          return runtime.trial(program);
        },
      };
    },
  };
}
