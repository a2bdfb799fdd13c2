import { createTwoFilesPatch, FILE_HEADERS_ONLY, formatPatch, type StructuredPatch } from 'diff';

/** Edits looked for before the two are called wholly different: bounds time, which grows with the square of it. */
const MAXIMUM_EDITS = 2000;
const TIMEOUT_MILLISECONDS = 100;

/** Two versions of a source with the names to show for them. */
export interface Named {
  readonly name: string;
  readonly source: string;
}

/** A unified diff, empty for equal sources. Sources that differ almost everywhere give one hunk that replaces all, at once. */
export function unifiedDiff(from: Named, to: Named): string {
  if (from.source === to.source) return '';
  const patch = createTwoFilesPatch(from.name, to.name, from.source, to.source, '', '', {
    context: 3,
    maxEditLength: MAXIMUM_EDITS,
    timeout: TIMEOUT_MILLISECONDS,
    headerOptions: FILE_HEADERS_ONLY,
  });
  return patch ?? replacement(from, to);
}

function replacement(from: Named, to: Named): string {
  const [removed, added] = [linesOf(from.source), linesOf(to.source)];
  const patch: StructuredPatch = {
    oldFileName: from.name,
    newFileName: to.name,
    oldHeader: '',
    newHeader: '',
    hunks: [
      {
        oldStart: 1,
        oldLines: removed.length,
        newStart: 1,
        newLines: added.length,
        lines: [...removed.map((line) => `-${line}`), ...added.map((line) => `+${line}`)],
      },
    ],
  };
  return formatPatch(patch, FILE_HEADERS_ONLY);
}

function linesOf(source: string): readonly string[] {
  return source.replace(/\n$/, '').split('\n');
}
