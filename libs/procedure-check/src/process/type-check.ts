import { stripTypeScriptTypes } from 'node:module';
import type { CheckFinding } from '#libs/oauth';
import ts from 'typescript';
import { readDeclarations } from '../declarations.ts';
import type { CheckReply, CheckRequest } from '../messages.ts';
import { TypeFinder } from './type-findings.ts';

/** Strips and checks types, one upload after the other, with the types of procedures read once. */
export class TypeCheck {
  readonly #finder: TypeFinder;

  /** @param proceduresFolder has `tsconfig.json`, whose options count, and `types` */
  constructor(proceduresFolder: string) {
    this.#finder = new TypeFinder(readDeclarations(proceduresFolder));
  }

  warmUp(): void {
    this.#finder.warmUp();
  }

  /** Never throws for what is wrong with the source. */
  check(request: CheckRequest): CheckReply {
    const { language, source } = request;
    try {
      const found = this.#finder.find(request);
      if (found.errors.length > 0) return { script: null, ...found };
      return { script: language === 'typescript' ? blanked(source) : source, ...found };
    } catch (error) {
      const finding = failure(error, request.milliseconds);
      return language === 'javascript'
        ? { script: source, errors: [], warnings: [finding] }
        : { script: null, errors: [finding], warnings: [] };
    }
  }
}

/** The answer where the check did not come to an end. */
export function unfinished({ language, source, milliseconds }: CheckRequest): CheckReply {
  const finding = tooCostly(milliseconds);
  return language === 'javascript'
    ? { script: source, errors: [], warnings: [finding] }
    : { script: null, errors: [finding], warnings: [] };
}

function tooCostly(milliseconds: number): CheckFinding {
  return { code: 'too-costly', message: `checking the types takes more than ${milliseconds} ms; write simpler types` };
}

/** Types become blanks, so that whatever is left keeps its place. */
function blanked(source: string): string {
  const script = stripTypeScriptTypes(source, { mode: 'strip' });
  if (script.length !== source.length) throw new Error('positions would not stay');
  return script;
}

function failure(error: unknown, milliseconds: number): CheckFinding {
  if (error instanceof ts.OperationCanceledException) return tooCostly(milliseconds);
  if (error instanceof RangeError) return { code: 'too-deep', message: 'the source nests too deep for its types to be checked' };
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'syntax', message: `the types of the source cannot be removed: ${message}`.slice(0, 500) };
}
