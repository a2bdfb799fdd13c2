import type { CheckFinding, ProcedureLanguage } from '#libs/oauth';

/** A source to compile: what the compiler of uploads takes. */
export interface SourceText {
  readonly source: string;
  readonly language: ProcedureLanguage;
  /** Null for a library. */
  readonly flow: string | null;
  readonly libraries: readonly { readonly name: string; readonly language: ProcedureLanguage; readonly source: string }[];
}

export type Compiled =
  | { readonly ok: true; readonly script: string; readonly warnings: readonly CheckFinding[] }
  | { readonly ok: false; readonly errors: readonly CheckFinding[] };

/** Makes the script that runs of a source; that of `libs/procedure-check` fits. */
export type Compile = (text: SourceText) => Promise<Compiled>;

/** Most sources that are remembered. */
const MOST = 200;

/** Compiles each source once for as long as it does not change: a procedure has many tests. */
export function remembering(compile: Compile): Compile {
  const known = new Map<string, Promise<Compiled>>();
  return (text) => {
    const key = JSON.stringify(text);
    const before = known.get(key);
    if (before !== undefined) return before;
    const [oldest] = known.keys();
    if (known.size >= MOST && oldest !== undefined) known.delete(oldest);
    const compiled = compile(text);
    known.set(key, compiled);
    // What could not be compiled at the moment is worth another attempt.
    const forget = () => known.delete(key);
    compiled.then((made) => made.ok || !made.errors.some(({ code }) => code === 'unavailable') || forget(), forget);
    return compiled;
  };
}
