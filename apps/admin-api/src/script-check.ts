import { Inject, Injectable } from '@nestjs/common';
import { programLibraryOf, programOfLibrary, type CheckFinding, type LibraryVersion, type ProcedureLanguage } from '#libs/oauth';
import { SERVICES, type AdminServices, type ScriptCompiler } from './admin-services.ts';
import { Problem } from './problem.ts';

/** A text to check. */
export interface UncheckedScript {
  readonly id: string;
  readonly version: number;
  readonly language: ProcedureLanguage;
  readonly source: string;
  /** The administrator who sent it. */
  readonly author: string;
}

/** A procedure to check, with all that it will see when it runs. */
export interface UncheckedProcedure extends UncheckedScript {
  readonly flow: string;
  readonly libraries: readonly LibraryVersion[];
  readonly secrets: readonly string[];
}

/** A text that passed: what runs of it, and what the check advises. */
export interface CheckedScript {
  readonly script: string;
  readonly warnings: readonly CheckFinding[];
}

/** Finds out whether a text may be stored: its types first, outside the sandbox, then what remains of it in the sandbox. */
@Injectable()
export class ScriptCheck {
  constructor(@Inject(SERVICES) private readonly services: AdminServices) {}

  /** Blanks the types out of a text. @throws Problem `procedure-refused` with all findings */
  async compiled(text: Parameters<ScriptCompiler['compile']>[0]): Promise<CheckedScript> {
    const compiled = await this.services.compiler.compile(text);
    if (!compiled.ok) throw refused(compiled.errors);
    return compiled;
  }

  /** @throws Problem `procedure-refused` with all findings */
  async procedure({ id, version, flow, language, source, author, libraries, secrets }: UncheckedProcedure): Promise<CheckedScript> {
    const used = libraries.map((library) => ({ ...library, name: library.library }));
    const compiled = await this.compiled({ source, language, flow, libraries: used, author });
    const checked = await this.services.sandbox.check({
      key: `${id}@${version}`,
      procedure: id,
      version,
      flow,
      source: compiled.script,
      libraries: libraries.map(programLibraryOf),
      secrets,
    });
    if (!checked.ok) throw refused(checked.errors);
    return { script: compiled.script, warnings: [...compiled.warnings, ...checked.warnings] };
  }

  /** @throws Problem `procedure-refused` with all findings */
  async library({ id, version, language, source, author }: UncheckedScript): Promise<CheckedScript> {
    const compiled = await this.compiled({ source, language, flow: null, author });
    const checked = await this.services.sandbox.check(programOfLibrary({ name: id, version, source: compiled.script }));
    if (!checked.ok) throw refused(checked.errors.map(ownPlace));
    return { script: compiled.script, warnings: [...compiled.warnings, ...checked.warnings.map(ownPlace)] };
  }
}

/** A finding in the library as one in the text that was uploaded. */
function ownPlace({ library: _itself, ...finding }: CheckFinding): CheckFinding {
  return finding;
}

function refused(findings: readonly CheckFinding[]): Problem {
  // The check could not be made, which says nothing of the text.
  if (findings.every(({ code }) => code === 'unavailable'))
    return new Problem('unavailable', 'The text could not be checked; nothing was stored.', {
      members: { findings },
      headers: { 'retry-after': '5' },
    });
  return new Problem('procedure-refused', 'Nothing was stored.', { members: { findings } });
}
