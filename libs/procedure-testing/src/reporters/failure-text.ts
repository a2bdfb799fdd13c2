import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { diffLines } from 'diff';
import { sourceExcerpt } from '#libs/oauth';
import type { Ran, RanPosition } from '../ran.ts';
import type { Failure } from '../worker/protocol.ts';

/** A failure for people: what was expected, the difference, and where the procedure went wrong. Lines without an indent. */
export function failureText(failure: Failure, runs: readonly Ran[]): string {
  const lines = failure.message.split('\n');
  if (failure.expected !== undefined && failure.actual !== undefined) lines.push(...differenceOf(failure.expected, failure.actual));
  if (failure.place !== null) lines.push(`at ${shortened(failure.place)}`);
  const { place, stack } = failure;
  if (stack !== null) lines.push(...stack.split('\n').filter((line) => place === null || !line.includes(place)));
  for (const run of runs) lines.push('', ...endingOf(run));
  return lines.join('\n');
}

/** A path as it is short from here. */
export function shortened(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') || short === '' ? path : short;
}

function differenceOf(expected: string, actual: string): string[] {
  if (expected === actual) return [];
  const lines = ['- expected', '+ received'];
  for (const { added, removed, value } of diffLines(`${expected}\n`, `${actual}\n`)) {
    const sign = added ? '+' : removed ? '-' : ' ';
    lines.push(
      ...value
        .replace(/\n$/, '')
        .split('\n')
        .map((line) => `${sign} ${line}`),
    );
  }
  return lines;
}

/** How a run ended that did not answer, with its position in the procedure. */
function endingOf(run: Ran): string[] {
  const { procedure, denial, fault, findings, log } = run;
  const lines: string[] = [];
  if (denial !== null) lines.push(`${shortened(procedure)} refused: ${denial.status} ${denial.error}: ${denial.description ?? ''}`);
  if (fault !== null) {
    lines.push(`${placeOf(fault, procedure)}: ${fault.kind}: ${fault.message}`, ...excerpt(fault));
    for (const frame of fault.stack.slice(1)) lines.push(`    at ${placeOf(frame, procedure)}`);
  }
  if (run.outcome === 'refused')
    for (const finding of findings) lines.push(`${placeOf(finding, procedure)}: ${finding.message}`, ...excerpt(finding));
  for (const { level, message } of log) lines.push(`log ${level} ${message}`);
  return lines;
}

function placeOf({ file, line, column }: Partial<RanPosition>, procedure: string): string {
  return file === undefined ? shortened(procedure) : `${shortened(file)}:${line ?? 1}:${column ?? 1}`;
}

/** The line that is meant, with a mark below the column. */
function excerpt({ file, line, column }: Partial<RanPosition>): readonly string[] {
  if (file === undefined || line === undefined) return [];
  return sourceExcerpt(readFileSync(file, 'utf8'), line, column);
}
