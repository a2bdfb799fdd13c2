/** Stands for many values in an expectation, such as `expect.any(String)`. */
export abstract class Matching {
  /** As it is printed in a difference. */
  abstract readonly label: string;
  abstract matches(actual: unknown): boolean;

  /** As `util.inspect` shows it within other values. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.label;
  }
}

/** A matching made of a test. */
export function matching(label: string, matches: (actual: unknown) => boolean): Matching {
  return new (class extends Matching {
    readonly label = label;
    matches(actual: unknown): boolean {
      return matches(actual);
    }
  })();
}

/** Whether two values are the same in all their members; a member that is undefined counts as absent. */
export function equal(actual: unknown, expected: unknown): boolean {
  return compare(actual, expected, false);
}

/** Whether all that is expected is there: objects may have more members, lists must be of the same length. */
export function contains(actual: unknown, expected: unknown): boolean {
  return compare(actual, expected, true);
}

function compare(actual: unknown, expected: unknown, partly: boolean): boolean {
  if (expected instanceof Matching) return expected.matches(actual);
  if (Object.is(actual, expected)) return true;
  if (!isObject(actual) || !isObject(expected)) return false;
  if (Array.isArray(actual) !== Array.isArray(expected)) return false;
  if (Array.isArray(actual) && Array.isArray(expected))
    return actual.length === expected.length && expected.every((one, i) => compare(actual[i], one, partly));
  if (actual instanceof Date || expected instanceof Date)
    return actual instanceof Date && expected instanceof Date && actual.getTime() === expected.getTime();
  if (expected instanceof RegExp) return actual instanceof RegExp && String(actual) === String(expected);
  if (expected instanceof Map || expected instanceof Set)
    return actual.constructor === expected.constructor && compare([...(actual as Set<unknown>)], [...(expected as Set<unknown>)], partly);
  const names = partly ? Object.keys(expected) : [...new Set([...Object.keys(actual), ...Object.keys(expected)])];
  return names.every((name) => compare(own(actual, name), own(expected, name), partly));
}

/** The part of a value that an expectation speaks of: what it has more is left out of a difference. */
export function spokenOf(actual: unknown, expected: unknown): unknown {
  if (expected instanceof Matching) return expected.matches(actual) ? expected : actual;
  if (!isObject(actual) || !isObject(expected) || Array.isArray(actual) !== Array.isArray(expected)) return actual;
  if (Array.isArray(actual)) return actual.map((one, i) => spokenOf(one, (expected as unknown[])[i]));
  if (Object.getPrototypeOf(actual) !== Object.prototype && Object.getPrototypeOf(actual) !== null) return actual;
  return Object.fromEntries(
    Object.keys(expected)
      .filter((name) => Object.hasOwn(actual, name))
      .map((name) => [name, spokenOf(own(actual, name), own(expected, name))]),
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function own(value: object, name: string): unknown {
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}
