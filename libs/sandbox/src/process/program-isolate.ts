import { createRequire } from 'node:module';
import type IsolatedVM from 'isolated-vm';
import type { CheckFinding } from '#libs/oauth';
import { analyseProgram } from '../analysis/program-analysis.ts';
import type { AcceptedAnalysis, ProcessConfiguration, ProgramText } from '../frames.ts';
import { layOut, LINE_OFFSET, placeIn, PROCEDURE_FILE, type Section } from './program-layout.ts';
import { realmSource, type BoundRealm, type PreparedRealm } from './realm-source.ts';

// A CommonJS addon.
const ivm = createRequire(import.meta.url)('isolated-vm') as typeof IsolatedVM;

/** The program does not pass its check, so there is nothing to run. */
export class ProgramRefused extends Error {
  readonly findings: readonly CheckFinding[];

  constructor(findings: readonly CheckFinding[]) {
    super(findings[0]?.message ?? 'the program was refused');
    this.findings = findings;
  }
}

/**
 * Texts travel inside a list: isolated-vm hands a bare text of a kilobyte or more over as memory outside the heap, which stays
 * until the next full collection, and in a busy process that comes too late.
 */
const BY_VALUE = { arguments: { copy: true }, result: { copy: true } } as const;

/** How a run ended that did not reach its own end. */
export type Ending =
  { readonly kind: 'timeout'; readonly positions: string } | { readonly kind: 'memory' | 'failed'; readonly message: string };

/**
 * One program in an isolate of its own: a hardened realm and the script with its libraries, compiled once as a function body.
 * Nothing but strings goes in and out.
 */
export class ProgramIsolate {
  readonly isolate: IsolatedVM.Isolate;
  /** Set by the watchdog. */
  slot = 0;
  readonly #context: IsolatedVM.Context;
  readonly #invoke: IsolatedVM.Reference<BoundRealm['invoke']>;
  readonly #trial: IsolatedVM.Reference<BoundRealm['trial']>;
  readonly accepted: AcceptedAnalysis;
  /** What the analysis thinks worth a second look. */
  readonly warnings: readonly CheckFinding[];
  readonly #sections: readonly Section[];

  private constructor(
    isolate: IsolatedVM.Isolate,
    context: IsolatedVM.Context,
    invoke: IsolatedVM.Reference<BoundRealm['invoke']>,
    trial: IsolatedVM.Reference<BoundRealm['trial']>,
    accepted: AcceptedAnalysis,
    warnings: readonly CheckFinding[],
    sections: readonly Section[],
  ) {
    this.isolate = isolate;
    this.#context = context;
    this.#invoke = invoke;
    this.#trial = trial;
    this.accepted = accepted;
    this.warnings = warnings;
    this.#sections = sections;
  }

  /** Throws `ProgramRefused` for what is wrong with the program, anything else for what is wrong with the prelude or the process. */
  static build(program: ProgramText, configuration: ProcessConfiguration): ProgramIsolate {
    const { accepted, warnings } = analysisOf(program, configuration.sourceBytes);
    const isolate = new ivm.Isolate({ memoryLimit: configuration.heapMegabytes });
    try {
      const context = isolate.createContextSync();
      // Which lines are whose depends on the sources alone.
      const { sections } = layOut(program, '', []);
      const realm = context.evalSync(realmSource(configuration, sections), {
        filename: 'realm.js',
        reference: true,
      }) as unknown as IsolatedVM.Reference<PreparedRealm>;
      const prelude = context.evalSync(`(\n${configuration.prelude}\n)`, { filename: 'prelude.js', lineOffset: -1, reference: true });
      const finish = realm.getSync('finish', { reference: true });
      const names = finish.applySync(undefined, [prelude.derefInto({ release: true })]);
      const script = compile(isolate, context, program, names, accepted.assigned);
      const bind = realm.getSync('bind', { reference: true });
      const bound = bind.applySync(
        undefined,
        [script.derefInto({ release: true }), accepted.assigned.join(','), program.flow, accepted.dressed],
        {
          result: { reference: true },
        },
      );
      const invoke = bound.getSync('invoke', { reference: true });
      const trial = bound.getSync('trial', { reference: true });
      for (const handle of [finish, bind, bound, realm]) handle.release();
      return new ProgramIsolate(isolate, context, invoke, trial, accepted, warnings, sections);
    } catch (error) {
      dispose(isolate);
      throw error;
    }
  }

  /** @param timeout wall clock of the whole call in milliseconds, or 0 where the watchdog looks after it. */
  invoke(text: string, lengths: string, timeout: number): string {
    return this.#invoke.applySync(undefined, [[text, lengths]], timeout === 0 ? BY_VALUE : { ...BY_VALUE, timeout })[0];
  }

  /** Evaluates the top level and nothing else. @param timeout as above, never 0 */
  trial(timeout: number): string {
    return this.#trial.applySync(undefined, [], { timeout });
  }

  /** What an exception of `invoke` or `trial` means. */
  endingOf(error: unknown): Ending {
    return endingOf(error, this.#sections);
  }

  usedHeap(): number {
    return this.isolate.getHeapStatisticsSync().used_heap_size;
  }

  dispose(): void {
    if (this.isolate.isDisposed) return;
    // Handles that are not released leak memory that no one reports.
    this.#invoke.release();
    this.#trial.release();
    this.#context.release();
    dispose(this.isolate);
  }
}

function analysisOf(
  program: ProgramText,
  sourceBytes: number,
): { readonly accepted: AcceptedAnalysis; readonly warnings: readonly CheckFinding[] } {
  if (program.accepted !== undefined) return { accepted: program.accepted, warnings: [] };
  const { errors, warnings, assigned, dressed } = analyseProgram(program, sourceBytes);
  if (errors.length > 0) throw new ProgramRefused(errors);
  return { accepted: { assigned, dressed }, warnings };
}

/**
 * Compiles twice: each source on its own, so that no text of it can reach beyond the wrapper and errors are those of the source;
 * then all of them as the body of a function that every run calls. Service globals are constants of the function around it, so that
 * the script may declare the same names, and names it assigns without declaring are parameters, new in each run.
 */
function compile(
  isolate: IsolatedVM.Isolate,
  context: IsolatedVM.Context,
  program: ProgramText,
  globals: string,
  assigned: readonly string[],
): IsolatedVM.Reference {
  for (const library of program.libraries) compileAlone(isolate, library.source, library.name);
  compileAlone(isolate, program.source);
  try {
    const script = isolate.compileScriptSync(layOut(program, globals, assigned).text, {
      filename: PROCEDURE_FILE,
      lineOffset: LINE_OFFSET,
    });
    const reference: IsolatedVM.Reference = script.runSync(context, { reference: true });
    script.release();
    return reference;
  } catch (error) {
    // Each source is right, so it is their nesting: nothing that a line could be named for.
    if (error instanceof SyntaxError) throw new ProgramRefused([{ code: 'syntax', message: syntaxFinding(error).message }]);
    throw error;
  }
}

function compileAlone(isolate: IsolatedVM.Isolate, source: string, library?: string): void {
  const directive = "'use strict';";
  try {
    isolate.compileScriptSync(directive + source, { filename: PROCEDURE_FILE, columnOffset: -directive.length }).release();
  } catch (error) {
    if (error instanceof SyntaxError) throw new ProgramRefused([syntaxFinding(error, library)]);
    throw error;
  }
}

function syntaxFinding(error: SyntaxError, library?: string): CheckFinding {
  const place = /\[procedure\.js:(\d+):(\d+)\]$/u.exec(error.message);
  const message = error.message.replace(/ \[[^\]]*\]$/u, '').slice(0, 500);
  return {
    code: 'syntax',
    message,
    ...(place === null ? {} : { line: Number(place[1]), column: Number(place[2]) }),
    ...(library === undefined ? {} : { library }),
  };
}

function dispose(isolate: IsolatedVM.Isolate): void {
  try {
    if (!isolate.isDisposed) isolate.dispose();
  } catch {
    // Disposed meanwhile, by the watchdog or by its own memory limit.
  }
}

/** Everything a script throws is caught inside; this is the isolate's own end. */
function endingOf(error: unknown, sections: readonly Section[]): Ending {
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes('memory limit')) return { kind: 'memory', message: 'the heap limit was reached' };
  if (message.includes('disposed during execution')) return { kind: 'timeout', positions: '' };
  if (message.includes('execution timed out'))
    return { kind: 'timeout', positions: positionsIn(error instanceof Error ? (error.stack ?? '') : '', sections) };
  return { kind: 'failed', message: message.slice(0, 300) };
}

/** isolated-vm adds the interrupted frames to the error's stack. */
function positionsIn(stack: string, sections: readonly Section[]): string {
  return [...stack.matchAll(/procedure\.js:(\d+):(\d+)/gu)]
    .map(([, line, column]) => placeIn(sections, Number(line), Number(column)))
    .filter((place) => place !== null)
    .slice(0, 20)
    .join(',');
}
