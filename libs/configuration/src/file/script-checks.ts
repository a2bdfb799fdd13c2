import {
  entityKey,
  programLibraryOf,
  programOfLibrary,
  put,
  type Change,
  type CheckFinding,
  type CheckOutcome,
  type Configuration,
  type LibraryVersion,
  type ProcedureLanguage,
  type Program,
} from '#libs/oauth';
import type { NewVersion, Plan, PlannedChange } from '../plan.ts';
import { pointerOf } from '../schema/shape.ts';
import { placeKey, type DesiredVersion } from './desired.ts';
import type { FileProblem } from './file-problem.ts';
import type { Reading } from './reading.ts';

/** Checks a text's types and blanks them out. */
export type Compile = (text: {
  readonly source: string;
  readonly language: ProcedureLanguage;
  /** Null for a library. */
  readonly flow: string | null;
  /** Those that the text uses, `name` being the id. */
  readonly libraries: readonly (LibraryVersion & { readonly name: string })[];
}) => Promise<{ readonly ok: true; readonly script: string } | { readonly ok: false; readonly errors: readonly CheckFinding[] }>;

export interface ScriptChecks {
  /** For TypeScript, which is refused without it; JavaScript runs as it is written. */
  readonly compile?: Compile;
  /** Checks what runs, such as `sandbox.check`. */
  readonly check?: (program: Program) => Promise<CheckOutcome>;
}

/** Compiles and checks the texts that are new, libraries before the procedures that use them, and answers the plan with what runs. */
export async function checkScripts(reading: Reading, current: Configuration, planned: Plan, checks: ScriptChecks): Promise<Plan> {
  let configuration = current.with(planned.changes.map(({ change }) => change));
  const compiled = new Map<string, Change>();
  const refused = new Set<string>();
  for (const { kind, version, flow, text } of planned.newVersions) {
    const pins = 'libraries' in version ? version.libraries.map((pin) => entityKey(pin.library, pin.version)) : [];
    // What is wrong with a library is reported with the library.
    if (pins.some((pin) => refused.has(placeKey('library-version', pin)))) continue;
    const libraries = pins.map((pin) => configuration.get('library-version', pin)).filter((library) => library !== undefined);
    const script = await checkScript(reading, { kind, version, flow, text }, libraries, checks);
    const change = put(kind, { ...version, script: script ?? version.script });
    const name = placeKey(kind, change.key);
    if (script === null) refused.add(name);
    compiled.set(name, change);
    configuration = configuration.with([change]);
  }
  return { ...planned, changes: planned.changes.map((change) => withScript(change, compiled.get(placeKey(change.kind, change.key)))) };
}

function withScript(planned: PlannedChange, compiled: Change | undefined): PlannedChange {
  if (compiled === undefined || planned.after === null || compiled.value === null || !('script' in compiled.value)) return planned;
  const after = { ...planned.after, script: compiled.value.script };
  return { ...planned, after, change: { ...planned.change, value: after } as Change };
}

/** What runs of a text; null after reporting why it must not. */
async function checkScript(
  reading: Reading,
  { version, flow, text }: NewVersion,
  libraries: readonly LibraryVersion[],
  { compile = compileNothing, check }: ScriptChecks,
): Promise<string | null> {
  const { source, language } = version;
  const report = (errors: readonly CheckFinding[]) => {
    for (const finding of errors) reading.problems.push(problemInText(reading, text, finding, nameOf(version)));
    return null;
  };
  const used = libraries.map((library) => ({ ...library, name: library.library }));
  const compiled =
    language === 'javascript' ? { ok: true as const, script: source } : await compile({ source, language, flow, libraries: used });
  if (!compiled.ok) return report(compiled.errors);
  const { script } = compiled;
  const outcome = await check?.(programOf(version, flow, script, libraries));
  return outcome?.ok === false ? report(outcome.errors) : script;
}

const compileNothing: Compile = () => {
  const message = 'is TypeScript, which cannot be compiled here; give JavaScript';
  return Promise.resolve({ ok: false, errors: [{ code: 'unsupported', message }] });
};

function programOf(version: NewVersion['version'], flow: string | null, script: string, libraries: readonly LibraryVersion[]): Program {
  if ('library' in version) return programOfLibrary(programLibraryOf({ ...version, script }));
  const { procedure, version: number, secrets } = version;
  const key = `${procedure}@${number}`;
  return { key, procedure, version: number, flow: flow ?? '', source: script, libraries: libraries.map(programLibraryOf), secrets };
}

function nameOf(version: NewVersion['version']): string | undefined {
  return 'library' in version ? version.library : undefined;
}

/** Where a finding is in the text or its file; of a finding in another text, the library it is in is named. */
function problemInText(reading: Reading, { path, file }: DesiredVersion, finding: CheckFinding, own: string | undefined): FileProblem {
  const { line = 1, column = 1, message, library } = finding;
  if (library !== undefined && library !== own)
    return reading.text.problem(path, `in library "${library}", line ${line}, column ${column}: ${message}`);
  const pointer = pointerOf(path);
  if (file !== null) return { pointer, file, line, column, message };
  const within = reading.text.placeWithin(path, line, column);
  if (within !== null) return { pointer, file: reading.text.fileName, ...within, message };
  return reading.text.problem(path, `line ${line}, column ${column} of the text: ${message}`);
}
