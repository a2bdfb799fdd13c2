import type { CheckFinding, CheckOutcome, Position, Program } from '#libs/oauth';
import { REPLY } from './frames.ts';
import { positionsOf, sectionsOf } from './replies.ts';
import type { EndReason } from './sandbox-process.ts';

/** A check that ended with one finding. */
export function failedCheck(code: string, message: string, place?: Position): CheckOutcome {
  return { ok: false, errors: [{ code, message: message.slice(0, 500), ...place }] };
}

/** The reply to a check. The process is not trusted: what does not look like an outcome is none. */
export function checkOutcome(text: string): CheckOutcome {
  try {
    const outcome = text.charCodeAt(0) === REPLY.done ? (JSON.parse(text.slice(1)) as CheckOutcome) : null;
    if (outcome?.ok === true && Array.isArray(outcome.warnings)) return outcome;
    if (outcome?.ok === false && Array.isArray(outcome.errors) && outcome.errors.length > 0) return outcome;
  } catch {
    // Falls through to the outcome below.
  }
  return failedCheck('unavailable', `the source could not be checked: ${text.slice(1, 300)}`);
}

/**
 * The reply to the trial of a program that has passed its check: would its top level, or that of one of its libraries, which
 * every run evaluates, fail each of them?
 */
export function trialOutcome(
  text: string,
  warnings: readonly CheckFinding[],
  milliseconds: number,
  { libraries }: Pick<Program, 'libraries'>,
): CheckOutcome {
  switch (text.charCodeAt(0)) {
    case REPLY.done:
      return { ok: true, warnings };
    case REPLY.fault: {
      const sections = sectionsOf(text);
      if (sections === null) break;
      const place = positionsOf(sections.first.slice(1), libraries)[0];
      return failedCheck('top-level', `${topLevel(place)} throws: ${sections.rest}`, place);
    }
    case REPLY.timeout: {
      const place = positionsOf(text.slice(1), libraries)[0];
      return failedCheck('top-level', endless(milliseconds, place), place);
    }
    case REPLY.memory:
      return failedCheck('top-level', 'the top level of the procedure takes too much memory');
    default:
  }
  return failedCheck('unavailable', `the source could not be checked: ${text.slice(1, 300)}`);
}

/** A check or trial whose process died of it. */
export function deadlyCheck(reason: EndReason, isTrial: boolean, milliseconds: number): CheckOutcome {
  if (reason.mysterious || reason.kind === 'stalled')
    return failedCheck('unavailable', `the source could not be checked: its process was ended (${reason.detail})`);
  const tooMuch = reason.outOfMemory || reason.kind === 'memory';
  if (!isTrial)
    return failedCheck(
      'too-costly',
      tooMuch ? 'checking the source takes too much memory' : `checking the source ended the process (${reason.detail})`,
    );
  if (tooMuch) return failedCheck('top-level', 'the top level of the procedure takes too much memory');
  return failedCheck(
    'top-level',
    reason.kind === 'processor' ? endless(milliseconds) : `the top level of the procedure ended the process (${reason.detail})`,
  );
}

function topLevel(place?: Position): string {
  return `the top level of ${place?.library === undefined ? 'the procedure' : `library "${place.library}"`}`;
}

function endless(milliseconds: number, place?: Position): string {
  return `${topLevel(place)} does not end within ${milliseconds} ms of processor time`;
}
