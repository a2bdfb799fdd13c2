import type { Ran } from '../ran.ts';
import { contains, equal, Matching, spokenOf } from './equality.ts';
import { inShort } from './printed.ts';

/** What a matcher found: whether the expectation holds, how it reads, and what to compare where it does not. */
export interface Found {
  readonly holds: boolean;
  /** The expectation after "expected VALUE to", such as `be 5`. */
  readonly words: string;
  readonly compared?: { readonly actual: unknown; readonly expected: unknown };
}

type Matcher = (actual: unknown, ...args: never[]) => Found;

/** Every method of `expect(value)`. */
export const MATCHERS = {
  toBe: (actual, expected: unknown) => ({
    holds: Object.is(actual, expected),
    words: `be ${inShort(expected)}`,
    ...comparing(actual, expected),
  }),
  toEqual: (actual, expected: unknown) => ({
    holds: equal(actual, expected),
    words: `equal ${inShort(expected)}`,
    ...comparing(actual, expected),
  }),
  toMatchObject: (actual, expected: object) => ({
    holds: contains(actual, expected),
    words: `have the members ${inShort(expected)}`,
    ...comparing(spokenOf(actual, expected), expected),
  }),
  toContain: (actual, expected: unknown) => ({
    holds: typeof actual === 'string' ? actual.includes(String(expected)) : listOf(actual).includes(expected),
    words: `contain ${inShort(expected)}`,
  }),
  toContainEqual: (actual, expected: unknown) => ({
    holds: listOf(actual).some((one) => equal(one, expected)),
    words: `contain something equal to ${inShort(expected)}`,
  }),
  toMatch: (actual, pattern: string | RegExp) => ({ holds: matches(actual, pattern), words: `match ${inShort(pattern)}` }),
  toHaveLength: (actual, length: number) => ({ holds: member(actual, 'length') === length, words: `have the length ${length}` }),
  toHaveProperty: (actual, path: string | readonly string[], ...value: readonly unknown[]) => {
    const found = reach(actual, path);
    const holds = found.there && (value.length === 0 || equal(found.value, value[0]));
    const words = `have the property ${inShort(path)}${value.length === 0 ? '' : ` equal to ${inShort(value[0])}`}`;
    return found.there && value.length > 0 ? { holds, words, ...comparing(found.value, value[0]) } : { holds, words };
  },
  toBeNull: (actual) => ({ holds: actual === null, words: 'be null' }),
  toBeUndefined: (actual) => ({ holds: actual === undefined, words: 'be undefined' }),
  toBeDefined: (actual) => ({ holds: actual !== undefined, words: 'be defined' }),
  toBeTruthy: (actual) => ({ holds: Boolean(actual), words: 'be truthy' }),
  toBeFalsy: (actual) => ({ holds: !actual, words: 'be falsy' }),
  toBeGreaterThan: (actual, than: number) => ({ holds: numberOf(actual) > than, words: `be greater than ${than}` }),
  toBeGreaterThanOrEqual: (actual, than: number) => ({ holds: numberOf(actual) >= than, words: `be at least ${than}` }),
  toBeLessThan: (actual, than: number) => ({ holds: numberOf(actual) < than, words: `be less than ${than}` }),
  toBeLessThanOrEqual: (actual, than: number) => ({ holds: numberOf(actual) <= than, words: `be at most ${than}` }),
  toThrow: (actual, expected?: string | RegExp) => {
    const thrown = thrownBy(actual);
    const message = thrown.thrown instanceof Error ? thrown.thrown.message : String(thrown.thrown);
    const like =
      expected === undefined
        ? ''
        : ` with a message like ${inShort(expected)}, and it ${thrown.is ? `threw ${inShort(message)}` : 'threw nothing'}`;
    return { holds: thrown.is && (expected === undefined || matches(message, expected)), words: `throw${like}` };
  },
  toBeAnswered: (actual, status?: number) => {
    const ran = ranOf(actual, 'toBeAnswered');
    return {
      holds: ran.outcome === 'answered' && (status === undefined || ran.response.status === status),
      words: `be answered${status === undefined ? '' : ` with status ${status}`}; it ${ending(ran)}`,
    };
  },
  toBeDenied: (actual, expected: object = {}) => {
    const ran = ranOf(actual, 'toBeDenied');
    const holds = ran.denial !== null && partly(ran.denial, expected);
    return {
      holds,
      words: `be denied; it ${ending(ran)}`,
      ...(ran.denial === null ? {} : comparing(spokenOf(ran.denial, expected), expected)),
    };
  },
  toBeFaulted: (actual, expected: object = {}) => {
    const ran = ranOf(actual, 'toBeFaulted');
    const holds = ran.fault !== null && partly(ran.fault, expected);
    return { holds, words: `fail; it ${ending(ran)}`, ...(ran.fault === null ? {} : comparing(spokenOf(ran.fault, expected), expected)) };
  },
  toHaveLogged: (actual, text: string | RegExp, level?: string) => {
    const { log } = ranOf(actual, 'toHaveLogged');
    return {
      holds: log.some((line) => (level === undefined || line.level === level) && matches(line.message, text)),
      words: `have logged ${inShort(text)}${level === undefined ? '' : ` as ${level}`}; it logged ${log.length === 0 ? 'nothing' : inShort(log)}`,
    };
  },
} satisfies Record<string, Matcher>;

function comparing(actual: unknown, expected: unknown): Pick<Found, 'compared'> {
  return { compared: { actual, expected } };
}

/** Texts and patterns of an expected member are looked for in it. */
function partly(actual: object, expected: object): boolean {
  return Object.entries(expected).every(([name, wish]) => {
    const value = (actual as Record<string, unknown>)[name];
    if (wish instanceof RegExp) return matches(value, wish);
    return wish instanceof Matching || typeof wish !== 'object' ? equal(value, wish) : contains(value, wish);
  });
}

function ending(ran: Ran): string {
  if (ran.denial !== null) return `was denied: ${ran.denial.status} ${ran.denial.error}, ${ran.denial.description ?? ''}`;
  if (ran.fault !== null) return `failed: ${ran.fault.kind}: ${ran.fault.message}`;
  if (ran.outcome === 'refused') return `does not pass the upload check: ${ran.findings[0]?.message ?? ''}`;
  return `was answered with status ${ran.response.status}`;
}

function ranOf(actual: unknown, matcher: string): Ran {
  if (typeof actual === 'object' && actual !== null && 'outcome' in actual && 'denial' in actual) return actual as Ran;
  const hint = actual instanceof Promise ? 'a promise; put "await" before run' : inShort(actual);
  throw new TypeError(`${matcher} is for what run() answers, not for ${hint}`);
}

function matches(actual: unknown, pattern: string | RegExp): boolean {
  if (typeof actual !== 'string') return false;
  return typeof pattern === 'string' ? actual.includes(pattern) : new RegExp(pattern).test(actual);
}

function listOf(actual: unknown): readonly unknown[] {
  if (typeof actual === 'object' && actual !== null && Symbol.iterator in actual) return [...(actual as Iterable<unknown>)];
  throw new TypeError(`a list or a text was expected, not ${inShort(actual)}`);
}

function numberOf(actual: unknown): number {
  if (typeof actual === 'number') return actual;
  throw new TypeError(`a number was expected, not ${inShort(actual)}`);
}

function member(actual: unknown, name: string): unknown {
  return actual === null || actual === undefined ? undefined : (actual as Record<string, unknown>)[name];
}

function reach(actual: unknown, path: string | readonly string[]): { readonly there: boolean; readonly value: unknown } {
  let value = actual;
  for (const name of typeof path === 'string' ? path.split('.') : path) {
    if (typeof value !== 'object' || value === null || !(name in value)) return { there: false, value: undefined };
    value = member(value, name);
  }
  return { there: true, value };
}

function thrownBy(actual: unknown): { readonly is: boolean; readonly thrown: unknown } {
  if (actual instanceof Error) return { is: true, thrown: actual };
  if (typeof actual !== 'function') throw new TypeError(`toThrow is for a function, not for ${inShort(actual)}`);
  try {
    (actual as () => unknown)();
    return { is: false, thrown: undefined };
  } catch (thrown) {
    return { is: true, thrown };
  }
}
