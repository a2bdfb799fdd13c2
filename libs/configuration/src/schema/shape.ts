import { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';

/** An object whose unknown keys are refused, each with a hint at the known key it resembles. */
export function shape<const S extends z.core.$ZodLooseShape>(members: S) {
  const known = Object.keys(members);
  return z.strictObject(members, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? issue.keys.map((key) => unknownKey(key, known)).join('\n') : undefined),
  });
}

/** The message for a key that is not known where it stands. */
export function unknownKey(key: string, known: readonly string[]): string {
  return `unknown key ${JSON.stringify(key)}${didYouMean(key, known)}`;
}

/** Refuses the second of two equal elements of a list. */
export function unique(values: readonly unknown[], context: z.core.$RefinementCtx): void {
  values.forEach((value, i) => {
    if (values.indexOf(value) !== i) context.addIssue({ code: 'custom', path: [i], message: `${JSON.stringify(value)} is listed twice` });
  });
}

/** A bad value: where it is within what was checked, and what is wrong with it. */
export interface ShapeProblem {
  readonly path: readonly (string | number)[];
  /** The problem is the key at the end of the path, not its value. */
  readonly atKey: boolean;
  readonly message: string;
}

export type Shaped<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly ShapeProblem[] };

/** Checks a value against a schema of this library and says everything that is wrong with it, in plain words. */
export function checkShape<S extends z.ZodType>(schema: S, value: unknown): Shaped<z.output<S>> {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, problems: parsed.error.issues.flatMap((issue) => problemsOf(issue, [])) };
}

/** The problems in words, for those who validate with the schemas themselves (issues of a zod error). */
export function shapeProblems(error: z.ZodError): readonly ShapeProblem[] {
  return error.issues.flatMap((issue) => problemsOf(issue, []));
}

/** RFC 6901. */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

type Issue = z.core.$ZodIssue;
type Path = readonly (string | number)[];

function problemsOf(issue: Issue, parent: Path): readonly ShapeProblem[] {
  const path: Path = [...parent, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  switch (issue.code) {
    case 'unrecognized_keys': {
      const messages = issue.message.split('\n');
      return issue.keys.map((key, i) => ({
        path: [...path, key],
        atKey: true,
        message: messages[i] ?? `unknown key ${JSON.stringify(key)}`,
      }));
    }
    case 'invalid_key':
      return issue.issues.flatMap((inner) => problemsOf(inner, path)).map((problem) => ({ ...problem, path, atKey: true }));
    case 'invalid_union':
      return problemsOfUnion(issue, path);
    default:
      return [{ path, atKey: false, message: messageOf(issue) }];
  }
}

/** Of a union's alternatives the one is reported that fits the kind of the value; none does: the kinds that would. */
function problemsOfUnion(issue: Extract<Issue, { code: 'invalid_union' }>, path: Path): readonly ShapeProblem[] {
  const fitting = issue.errors.filter((issues) => !issues.some((inner) => inner.code === 'invalid_type' && inner.path.length === 0));
  const chosen = fitting[0];
  if (chosen !== undefined) return chosen.flatMap((inner) => problemsOf(inner, path));
  const kinds = issue.errors.flatMap((issues) =>
    issues.flatMap((inner) => (inner.code === 'invalid_type' && inner.path.length === 0 ? [kindName(inner.expected)] : [])),
  );
  return [{ path, atKey: false, message: `must be ${[...new Set(kinds)].join(' or ')}, is ${kindOf(issue.input)}` }];
}

function messageOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${kindName(issue.expected)}, is ${kindOf(issue.input)}`;
    case 'invalid_value': {
      const allowed = issue.values.map((value) => JSON.stringify(value)).join(', ');
      if (issue.input === undefined) return `is missing; must be one of ${allowed}`;
      const hint = typeof issue.input === 'string' ? didYouMean(issue.input, issue.values.map(String)) : '';
      return `must be one of ${allowed}${hint}`;
    }
    case 'too_small':
      return `${sizeOf(issue.origin)} at least ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `${sizeOf(issue.origin)} at most ${issue.maximum}${unitOf(issue.origin)}`;
    default:
      return issue.message;
  }
}

const sizeOf = (origin: string) =>
  origin === 'string' || origin === 'array' || origin === 'object' || origin === 'record' ? 'must have' : 'must be';
const unitOf = (origin: string) =>
  origin === 'string' ? ' characters' : origin === 'array' ? ' elements' : origin === 'object' || origin === 'record' ? ' members' : '';

function kindName(expected: string): string {
  switch (expected) {
    case 'string':
      return 'a text';
    case 'int':
      return 'a whole number';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list';
    case 'object':
    case 'record':
      return 'a mapping';
    case 'null':
      return 'null';
    default:
      return expected;
  }
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') return 'a text';
  if (typeof value === 'number') return Number.isInteger(value) ? 'a whole number' : 'a number';
  return typeof value === 'boolean' ? String(value) : `a ${typeof value}`;
}
