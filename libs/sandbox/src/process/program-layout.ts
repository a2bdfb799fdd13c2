import type { ProgramText } from '../frames.ts';

/** Lines of the wrapped text that are those of one source. Lines count from 1, as the engine reports them. */
export interface Section {
  readonly from: number;
  readonly to: number;
  /** Place of the library among those of the program, from 1; 0 for the procedure. */
  readonly library: number;
  /** What the guest's stack texts call it. */
  readonly name: string;
}

/** A program as one text, and where in it each source stands. */
export interface ProgramLayout {
  readonly text: string;
  readonly sections: readonly Section[];
}

/** What stack frames call the program. */
export const PROCEDURE_FILE = 'procedure.js';

/** The engine counts from here: the wrapper's first line is no line of a source. */
export const LINE_OFFSET = -1;

/** What ends a line for the engine. */
const LINE_END = /\r\n|[\n\r\u2028\u2029]/u;

/**
 * Joins libraries and procedure: each library is the body of a function, and what comes after it stands within that function,
 * so that its names are seen there and may be shadowed. Every source has been compiled on its own before, as the wrapper needs.
 *
 * @param globals names of the service's globals, constants of the outermost function
 * @param assigned names that are assigned without declaration anywhere: parameters of the function that a run calls, shared by all sources
 */
export function layOut({ source, libraries }: ProgramText, globals: string, assigned: readonly string[]): ProgramLayout {
  const head = `(function (${globals}) { return function (${assigned.join(', ')}) { 'use strict';`;
  if (libraries.length === 0)
    return {
      text: `${head}\n${source}\n;return result; }; })`,
      sections: [{ from: 1, to: Number.MAX_SAFE_INTEGER, library: 0, name: PROCEDURE_FILE }],
    };
  const sections: Section[] = [];
  let text = `${head} return (function () {\n`;
  let line = 1;
  for (const [index, library] of libraries.entries()) {
    const lines = library.source.split(LINE_END).length;
    sections.push({ from: line, to: line + lines - 1, library: index + 1, name: library.name });
    text += `${library.source}\n;return (function () {\n`;
    line += lines + 1;
  }
  sections.push({ from: line, to: line + source.split(LINE_END).length - 1, library: 0, name: PROCEDURE_FILE });
  return { text: `${text}${source}\n;return result;${' })();'.repeat(libraries.length + 1)} }; })`, sections };
}

/** The line of a source that a line of the wrapped text is, with its library's place for a library; null for the wrapper's own. */
export function placeIn(sections: readonly Section[], line: number, column: number): string | null {
  const section = sections.find(({ from, to }) => from <= line && line <= to);
  if (section === undefined) return null;
  return `${line - section.from + 1}:${column}${section.library === 0 ? '' : `:${section.library}`}`;
}
