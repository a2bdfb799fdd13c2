import type { CheckFinding } from '#libs/oauth';
import ts from 'typescript';

const MOST_FINDINGS = 100;
/** Where files are is nobody's business. */
const FOLDERS = /(?<=['"])\/[^'"]*\//gu;

/** A source that was checked with a piece inserted: findings are placed in the source as uploaded. */
export class CheckedSource {
  readonly #original: ts.SourceFile;
  readonly #insertedAt: number;
  readonly #inserted: number;

  constructor(original: ts.SourceFile, insertedAt: number, inserted: number) {
    this.#original = original;
    this.#insertedAt = insertedAt;
    this.#inserted = inserted;
  }

  finding(code: string, diagnostic: ts.Diagnostic): CheckFinding {
    const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ').replace(FOLDERS, '');
    return this.at(code, message, diagnostic.start ?? 0);
  }

  /** @param position in the checked text */
  at(code: string, message: string, position: number): CheckFinding {
    const moved = position <= this.#insertedAt ? position : Math.max(this.#insertedAt, position - this.#inserted);
    return findingAt(this.#original, code, message, moved);
  }

  /** By place, without repetitions, bounded. */
  inOrder(findings: readonly CheckFinding[]): readonly CheckFinding[] {
    const byText = new Map(findings.map((one) => [`${one.line ?? 0}:${one.column ?? 0} ${one.message}`, one]));
    return [...byText.values()].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)).slice(0, MOST_FINDINGS);
  }
}

/** @param position in the source as uploaded */
export function findingAt(source: ts.SourceFile, code: string, message: string, position: number): CheckFinding {
  const { line, character } = source.getLineAndCharacterOfPosition(Math.min(position, source.text.length));
  return { code, message: message.slice(0, 500), line: line + 1, column: character + 1 };
}
