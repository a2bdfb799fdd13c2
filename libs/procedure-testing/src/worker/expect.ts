import type { Matching } from './equality.ts';
import { contains, equal, matching } from './equality.ts';
import { MATCHERS, type Found } from './matchers.ts';
import { inShort, printed } from './printed.ts';
import { Unmet } from './unmet.ts';

type Methods = Record<string, (...args: unknown[]) => unknown>;

/** `expect(value)`: the matchers, `not`, and the same for what a promise settles with as `resolves` and `rejects`. */
function expectation(actual: unknown): object {
  return {
    ...methods((name, args) => check(actual, name, args, false)),
    not: methods((name, args) => check(actual, name, args, true)),
    resolves: settling(async () => actual),
    rejects: settling(() => rejectionOf(actual)),
  };
}

/** `expect` with what stands for many values. */
export const expect = Object.assign(expectation, {
  any: (type: new (...args: never[]) => unknown): Matching =>
    matching(
      `any ${type.name}`,
      (actual) => actual instanceof type || (actual !== null && actual !== undefined && typeof actual === type.name.toLowerCase()),
    ),
  anything: (): Matching => matching('anything', (actual) => actual !== null && actual !== undefined),
  stringContaining: (part: string): Matching =>
    matching(`text with ${JSON.stringify(part)}`, (actual) => typeof actual === 'string' && actual.includes(part)),
  stringMatching: (pattern: string | RegExp): Matching =>
    matching(`text like ${String(pattern)}`, (actual) => typeof actual === 'string' && new RegExp(pattern).test(actual)),
  objectContaining: (members: object): Matching =>
    matching(`object with ${inShort(members)}`, (actual) => typeof actual === 'object' && contains(actual, members)),
  arrayContaining: (items: readonly unknown[]): Matching =>
    matching(
      `list with ${inShort(items)}`,
      (actual) => Array.isArray(actual) && items.every((item) => actual.some((one) => equal(one, item))),
    ),
});

function methods(method: (name: string, args: unknown[]) => unknown): Methods {
  return Object.fromEntries(Object.keys(MATCHERS).map((name) => [name, (...args: unknown[]) => method(name, args)]));
}

function settling(settle: () => Promise<unknown>): object {
  const later = (negated: boolean) => methods(async (name, args) => check(await settle(), name, args, negated));
  return { ...later(false), not: later(true) };
}

async function rejectionOf(promise: unknown): Promise<unknown> {
  let value;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Unmet(`expected the promise to be rejected; it was fulfilled with ${inShort(value)}`);
}

/** @throws Unmet */
function check(actual: unknown, name: string, args: unknown[], negated: boolean): void {
  const matcher = (MATCHERS as unknown as Record<string, (actual: unknown, ...args: unknown[]) => Found>)[name];
  if (matcher === undefined) throw new Error(`there is no matcher ${name}`);
  const { holds, words, compared } = matcher(actual, ...args);
  if (holds !== negated) return;
  const difference = negated || compared === undefined ? null : { expected: printed(compared.expected), actual: printed(compared.actual) };
  const subject = isRan(actual) ? 'the run' : inShort(actual);
  throw new Unmet(`expected ${subject} ${negated ? 'not ' : ''}to ${words}`, difference);
}

function isRan(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'outcome' in value && 'denial' in value;
}
