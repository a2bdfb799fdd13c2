import { z } from 'zod';
import type { DryRunReport } from '#libs/oauth';
import { contains, matching, spokenOf } from './worker/equality.ts';
import { inShort, printed } from './worker/printed.ts';

const members = z.record(z.string(), z.unknown());

/**
 * What is expected of how a run ends, as JSON: objects may have more members than are named, lists have as many items. In the place
 * of a value stands for many `{ "$any": "string" }`, `{ "$contains": "text" }` or `{ "$absent": true }`.
 */
export const expectationShape = z.strictObject({
  outcome: z.enum(['answered', 'rejected', 'fault', 'refused']).optional().describe('`answered` unless it is told, or an error is.'),
  status: z.int().min(100).max(599).optional(),
  headers: members.optional().describe('Of the answer, by names in lower case.'),
  response: members.optional().describe('Members of the answer, which is JSON.'),
  claims: members.optional().describe('Of the first JWT that was issued.'),
  tokens: z.array(members).max(32).optional().describe('Data of the tokens that would have been stored, in order.'),
  error: z.string().optional().describe('What the client is told that is refused, such as `access_denied`.'),
  fault: z.string().optional().describe('A part of the message with which the procedure fails.'),
  log: z.array(z.string().min(1)).max(32).optional().describe('Each is a part of a line of the log.'),
});
export type Expectation = z.output<typeof expectationShape>;

const KINDS: ReadonlySet<string> = new Set(['string', 'number', 'boolean', 'object']);

/** Something that does not hold. */
export interface Unmet {
  /** Such as `the response`. */
  readonly what: string;
  /** In a sentence. */
  readonly problem: string;
  /** Both sides as texts of many lines to be compared, as far as the expectation speaks of them; null where a sentence says it all. */
  readonly expected: string | null;
  readonly actual: string | null;
}

/** What expectations are of. */
export type Seen = Pick<DryRunReport, 'outcome' | 'answer' | 'issued' | 'effects'> & {
  readonly log: readonly { readonly message: string }[];
  readonly fault: { readonly message: string; readonly line?: number } | null;
};

/** What does not hold; nothing when all does. */
export function unmet(expected: Expectation, { outcome, answer, issued, effects, log, fault }: Seen): readonly Unmet[] {
  const problems: Unmet[] = [];
  const say = (what: string, problem: string) => problems.push({ what, problem: `${what} ${problem}`, expected: null, actual: null });
  const check = (what: string, actual: unknown, wish: unknown): void => {
    const wanted = withMatchings(wish);
    if (contains(actual, wanted)) return;
    const spoken = spokenOf(actual, wanted);
    problems.push({
      what,
      problem: `${what} is ${inShort(spoken)}, not ${inShort(wanted)}`,
      expected: printed(wanted),
      actual: printed(spoken),
    });
  };
  const usual = expected.fault !== undefined ? 'fault' : expected.error !== undefined ? 'rejected' : 'answered';
  const wished = expected.outcome ?? usual;
  if (outcome !== wished) {
    const why = fault === null ? '' : `: ${fault.message}${fault.line === undefined ? '' : ` (line ${fault.line})`}`;
    say('the outcome', `is ${outcome}${why}, not ${wished}`);
  }
  if (expected.status !== undefined) check('the status', answer.status, expected.status);
  if (expected.headers !== undefined) check('the headers', answer.headers, expected.headers);
  const body = parsed(answer.body);
  if (expected.response !== undefined) check('the response', body, expected.response);
  if (expected.error !== undefined) check('the error', (body as { readonly error?: unknown } | null)?.error, expected.error);
  if (expected.claims !== undefined) check('what the JWT claims', issued[0]?.claims, expected.claims);
  const stored = effects.filter(({ kind }) => kind.endsWith('_token')).map(({ detail }) => detail);
  if (expected.tokens !== undefined) check('what the tokens hold', stored, expected.tokens);
  if (expected.fault !== undefined && fault !== null && !fault.message.includes(expected.fault))
    say('the fault', `is ${inShort(fault.message)}, without ${inShort(expected.fault)}`);
  for (const text of expected.log ?? [])
    if (!log.some(({ message }) => message.includes(text))) say('no line of the log', `has ${inShort(text)}`);
  return problems;
}

function withMatchings(wish: unknown): unknown {
  if (typeof wish !== 'object' || wish === null) return wish;
  if (Array.isArray(wish)) return wish.map(withMatchings);
  const [only, ...others] = Object.entries(wish);
  if (only !== undefined && others.length === 0) {
    const [name, value] = only as [string, unknown];
    if (name === '$any' && typeof value === 'string' && KINDS.has(value))
      return matching(`any ${value}`, (actual) => typeof actual === value);
    if (name === '$contains' && typeof value === 'string')
      return matching(`text with ${JSON.stringify(value)}`, (actual) => typeof actual === 'string' && actual.includes(value));
    if (name === '$absent' && value === true) return matching('nothing', (actual) => actual === undefined);
  }
  return Object.fromEntries(Object.entries(wish).map(([name, value]) => [name, withMatchings(value)]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
