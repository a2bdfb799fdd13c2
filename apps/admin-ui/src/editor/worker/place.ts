import type { Finding } from '../../api/api-error.ts';
import type { PlacedFinding } from './language-service.ts';

/** Where a finding is in a text: from its line and column, each from 1, to the end of the word there. Without a line it is at the beginning. */
export function placed(source: string, finding: Finding, severity: PlacedFinding['severity']): PlacedFinding {
  const from = finding.line === undefined ? 0 : offsetOf(source, finding.line, finding.column ?? 1);
  const rest = /^(?:[\w$]+|[^\s\w]+)/u.exec(source.slice(from, from + 200))?.[0].length ?? 0;
  return { ...finding, from, to: from + rest, severity };
}

function offsetOf(source: string, line: number, column: number): number {
  let start = 0;
  for (let i = 1; i < line; i++) {
    const end = source.indexOf('\n', start);
    if (end === -1) break;
    start = end + 1;
  }
  const end = source.indexOf('\n', start);
  return Math.min(start + column - 1, end === -1 ? source.length : end);
}
