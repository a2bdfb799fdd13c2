import type { CheckFinding } from '#libs/oauth';
import type { Node } from 'acorn';

/** What an analysis collects: bounded, in the order of the source, one per place and code. */
export class Findings {
  readonly #byPlace = new Map<string, CheckFinding>();

  /** Columns count from 1 for people, from 0 in the parser. */
  add(code: string, message: string, node?: Pick<Node, 'loc'> | null): void {
    const start = node?.loc?.start;
    this.addAt(code, message, start === undefined ? undefined : { line: start.line, column: start.column + 1 });
  }

  addAt(code: string, message: string, place?: { readonly line: number; readonly column: number }): void {
    if (this.#byPlace.size >= 100) return;
    const key = `${code} ${place?.line ?? 0}:${place?.column ?? 0}`;
    if (!this.#byPlace.has(key)) this.#byPlace.set(key, { code, message: message.slice(0, 500), ...place });
  }

  hasAt(line: number): boolean {
    return [...this.#byPlace.values()].some((finding) => finding.line === line);
  }

  get size(): number {
    return this.#byPlace.size;
  }

  list(): readonly CheckFinding[] {
    return [...this.#byPlace.values()].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  }
}
