import { inspect } from 'node:util';
import type { Failure } from './protocol.ts';

/** An expectation that was not met. */
export class Unmet extends Error {
  /** Texts that say what differs, line by line. */
  readonly difference: { readonly expected: string; readonly actual: string } | null;

  constructor(message: string, difference: Unmet['difference'] = null) {
    super(message);
    this.name = 'Unmet';
    this.difference = difference;
  }
}

/** What a test or a hook threw, as a failure of the file it is in. */
export function failureOf(thrown: unknown, file: string): Failure {
  if (!(thrown instanceof Error)) return { message: `threw ${inspect(thrown)}`, place: null, stack: null };
  const place = placeIn(thrown.stack ?? '', file);
  if (thrown instanceof Unmet) return { message: thrown.message, ...thrown.difference, place, stack: null };
  if (thrown.name === 'SampleError') return { message: thrown.message, place, stack: null };
  const cause = thrown.cause instanceof Error ? `\ncaused by ${thrown.cause.message}` : '';
  return { message: `${thrown.name}: ${thrown.message}${cause}`, place, stack: framesOf(thrown.stack ?? '') };
}

/** The innermost position in the test file. */
function placeIn(stack: string, file: string): string | null {
  for (const line of stack.split('\n')) {
    const at = line.indexOf(file);
    const position = at < 0 ? null : /^(?::\d+:\d+|:\d+)/.exec(line.slice(at + file.length));
    if (position !== null) return `${file}${position[0]}`;
  }
  return null;
}

/** Frames of the author's own files, or null. */
function framesOf(stack: string): string | null {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line) && !line.includes('node:') && !line.includes(import.meta.dirname));
  return frames.length === 0 ? null : frames.join('\n');
}
