import type { CheckFinding } from '#libs/oauth';
import { LIBRARIES, type ProgramText } from '../frames.ts';
import { analyseScript, type ScriptAnalysis } from './script-analysis.ts';

/** What must be known of a program before its sources are joined and compiled. */
export type ProgramAnalysis = Omit<ScriptAnalysis, 'declared'>;

/**
 * Analyses libraries and procedure, each on its own, in the order in which they are evaluated. A library's names, assigned
 * ones as well, are known to all that comes after it. Findings in a library name it.
 */
export function analyseProgram({ source, libraries }: ProgramText, sourceBytes: number): ProgramAnalysis {
  const errors: CheckFinding[] = [...wrongLibraries(source, libraries, sourceBytes)];
  if (errors.length > 0) return { errors, warnings: [], assigned: [], dressed: false };
  const warnings: CheckFinding[] = [];
  const assigned = new Set<string>();
  const around = new Set<string>();
  let dressed = false;
  for (const one of [...libraries, { name: null, source }]) {
    const analysis = analyseScript(one.source, sourceBytes, { isLibrary: one.name !== null, around });
    const named = (finding: CheckFinding): CheckFinding => (one.name === null ? finding : { ...finding, library: one.name });
    errors.push(...analysis.errors.map(named));
    warnings.push(...analysis.warnings.map(named));
    for (const name of analysis.assigned) assigned.add(name);
    for (const name of [...analysis.declared, ...analysis.assigned]) around.add(name);
    dressed ||= analysis.dressed;
  }
  return { errors, warnings, assigned: [...assigned], dressed };
}

function* wrongLibraries(source: string, libraries: ProgramText['libraries'], sourceBytes: number): Iterable<CheckFinding> {
  if (libraries.length > LIBRARIES.most)
    yield {
      code: 'libraries',
      message: `a procedure may use ${LIBRARIES.most} libraries, this one names ${libraries.length}; join some of them`,
    };
  const names = new Set<string>();
  let bytes = Buffer.byteLength(source);
  for (const { name, source: text } of libraries) {
    if (names.has(name)) yield { code: 'libraries', message: `the library "${name.slice(0, 100)}" is named twice; name it once` };
    names.add(name);
    bytes += Buffer.byteLength(text);
  }
  const most = LIBRARIES.sources * sourceBytes;
  if (libraries.length > 0 && bytes > most)
    yield { code: 'too-large', message: `procedure and libraries together have ${bytes} bytes, the limit is ${most}; use fewer libraries` };
}
