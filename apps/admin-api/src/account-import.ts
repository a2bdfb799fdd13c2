import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { checkShape } from '#libs/configuration';
import type { NewAccount } from '#libs/oauth';
import { importedAccount } from './account-shapes.ts';
import { parseJson } from './body-parsers.ts';
import { jsonPointer, Problem, type ProblemDetail } from './problem.ts';

/** More problems than this are counted, not listed. */
const LISTED = 100;

/**
 * The accounts that the lines of an import describe.
 *
 * @throws Problem `invalid-body` with all that is wrong, by line; nothing is to be imported then
 */
export function readAccounts(profile: string, text: unknown, createdAt: number): readonly NewAccount[] {
  if (typeof text !== 'string' || text.trim() === '') throw new Problem('invalid-request', 'Send one account a line, as JSON.');
  const problems: ProblemDetail[] = [];
  const accounts = text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    const read = readLine(line);
    if (!read.ok) {
      problems.push(...read.problems.map((problem) => ({ ...problem, line: i + 1 })));
      return [];
    }
    const { id = randomUUID(), ...rest } = read.value;
    return [{ profile, id, ...rest, createdAt }];
  });
  if (problems.length === 0) return accounts;
  const more = problems.length > LISTED ? [{ pointer: '', message: `and ${problems.length - LISTED} more` }] : [];
  throw new Problem('invalid-body', 'Nothing was imported.', { errors: [...problems.slice(0, LISTED), ...more] });
}

type ReadLine =
  | { readonly ok: true; readonly value: z.output<typeof importedAccount> }
  | { readonly ok: false; readonly problems: readonly ProblemDetail[] };

/** What a line says, or what is wrong with it. */
function readLine(line: string): ReadLine {
  try {
    const shaped = checkShape(importedAccount, parseJson(line));
    if (shaped.ok) return shaped;
    return { ok: false, problems: shaped.problems.map(({ path, message }) => ({ pointer: jsonPointer(path), message })) };
  } catch (error) {
    if (error instanceof Problem) return { ok: false, problems: [{ pointer: '', message: error.message }] };
    throw error;
  }
}
