import { Inject, Injectable } from '@nestjs/common';
import {
  entityKey,
  programLibraryOf,
  type CheckFinding,
  type DryRunReport,
  type LibraryVersion,
  type ProcedureLanguage,
  type ProgramLibrary,
} from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { excerptOf, type Texts } from './fault-excerpt.ts';
import { pinned } from './library-pins.ts';
import { dryRunMisfit } from './problem.ts';
import { ScriptCheck } from './script-check.ts';

/** A text that is not stored. */
export interface UnstoredText {
  readonly source: string;
  readonly language?: ProcedureLanguage | undefined;
  /** References such as `claims@2`. */
  readonly libraries?: readonly string[] | undefined;
}

/** What runs, what is advised on it, and the texts as people wrote them. */
export interface Tried<P> {
  readonly program: P;
  readonly advice: readonly CheckFinding[];
  readonly texts: Texts;
}

/** Makes what is tried of texts, and the answer of what came of it. */
@Injectable()
export class TriedTexts {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly scripts: ScriptCheck,
  ) {}

  /**
   * The runner runs JavaScript. Positions stay those of the source.
   *
   * @param pointer where the request has the libraries
   * @throws Problem `procedure-refused`, `invalid-body` for libraries that do not exist
   */
  async compiled(
    { source, language, libraries: references = [] }: UnstoredText,
    flow: string,
    author: string,
    pointer: string,
  ): Promise<Tried<{ readonly source: string; readonly libraries: readonly ProgramLibrary[] }>> {
    const pins = pinned(this.services.configuration.current, references, pointer, dryRunMisfit);
    const libraries = pins.map(programLibraryOf);
    const texts = { source, libraries: sourcesOf(pins) };
    if (language !== 'typescript') return { program: { source, libraries }, advice: [], texts };
    const used = pins.map((library) => ({ ...library, name: library.library }));
    const { script, warnings } = await this.scripts.compiled({ source, language, flow, libraries: used, author });
    return { program: { source: script, libraries }, advice: warnings, texts };
  }

  stored({ procedure, version }: { readonly procedure: string; readonly version: number }): Tried<{
    readonly procedure: string;
    readonly version: number;
  }> {
    const { current } = this.services.configuration;
    const stored = current.get('procedure-version', entityKey(procedure, version));
    const libraries = (stored?.libraries ?? []).flatMap(
      ({ library, version: pin }) => current.get('library-version', entityKey(library, pin)) ?? [],
    );
    return { program: { procedure, version }, advice: [], texts: { source: stored?.source ?? '', libraries: sourcesOf(libraries) } };
  }

  /** @param began as `performance.now()` has it */
  answer(report: DryRunReport, { advice, texts }: Omit<Tried<unknown>, 'program'>, began: number) {
    return {
      ...report,
      fault: report.fault === null ? null : { ...report.fault, excerpt: excerptOf(report.fault, texts) },
      findings: [...advice, ...report.findings],
      limits: this.services.limits,
      milliseconds: Math.round(performance.now() - began),
    };
  }
}

function sourcesOf(libraries: readonly LibraryVersion[]): ReadonlyMap<string, string> {
  return new Map(libraries.map(({ library, source }) => [library, source]));
}
