import type { z } from 'zod';
import { proposedIn } from '../schema/did-you-mean.ts';
import { checkShape, type ShapeProblem } from '../schema/shape.ts';
import type { Path } from './configuration-text.ts';
import { isMapping } from './mapping.ts';

/** What a bad value is read with, so that the rest of it can be checked. */
export interface SalvageOptions {
  /** In place of members that are bad as a whole: values with which the entity is in nobody's way. */
  readonly neutral?: Readonly<Record<string, unknown>>;
  /** Members without which nothing can be said about the rest. */
  readonly vital?: readonly string[];
  /** Mappings whose bad values become empty mappings, since others refer to their keys. */
  readonly keyed?: readonly string[];
}

/** What is left of a value when its bad parts are taken out. */
export interface Salvaged<T> {
  /** Null when the rest has not the shape. For checks only: it is not what its author wants. */
  readonly value: T | null;
  /** Everything that is wrong. */
  readonly problems: readonly ShapeProblem[];
  /** Parts that the value has but that cannot be known: they are bad, or a misspelt key was meant for them. */
  readonly doubts: readonly Path[];
}

/** Takes bad parts out of a value until the rest fits the schema; null for a value that fits as it is. */
export function salvage<S extends z.ZodType>(schema: S, value: unknown, options: SalvageOptions = {}): Salvaged<z.output<S>> | null {
  const { neutral = {}, vital = [], keyed = [] } = options;
  const problems: ShapeProblem[] = [];
  const doubts: Path[] = [];
  let rest = value;
  for (;;) {
    const shaped = checkShape(schema, rest);
    if (shaped.ok) return problems.length === 0 ? null : { value: shaped.value, problems, doubts };
    // What shows only now was hidden by what was taken out, unless taking that out is what caused it.
    problems.push(...shaped.problems.filter(({ path }) => !doubts.some((doubt) => startsWith(path, doubt.slice(0, -1)))));
    const found = shaped.problems.flatMap(doubtOf);
    doubts.push(...found);
    const before = rest;
    for (const { path, atKey } of onceEach(shaped.problems).toSorted(laterElementsFirst)) {
      const isKeyed = path.length === 2 && !atKey && keyed.includes(String(path[0]));
      rest = replaced(rest, path, isKeyed ? {} : undefined);
    }
    for (const doubt of found) {
      const [member = ''] = doubt;
      if (isMapping(rest) && Object.hasOwn(neutral, member)) rest = { ...rest, [member]: neutral[member] };
    }
    if (rest === before || found.some(([member]) => vital.includes(String(member)))) return { value: null, problems, doubts };
  }
}

/** Whether a doubt is about all of a member, not just about something in it. */
export function isDoubtful(doubts: readonly Path[], member: string): boolean {
  return doubts.some((doubt) => doubt.length === 1 && doubt[0] === member);
}

function doubtOf({ path, atKey, message }: ShapeProblem): readonly Path[] {
  if (path.length === 0) return [];
  if (!atKey || !message.startsWith('unknown key')) return [path];
  const meant = proposedIn(message);
  return meant === null ? [] : [[...path.slice(0, -1), meant]];
}

function onceEach(problems: readonly ShapeProblem[]): readonly ShapeProblem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem.path), problem])).values()];
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((part, i) => path[i] === part);
}

/** Taking an element out of a list moves those after it, so the last comes first. */
function laterElementsFirst(a: ShapeProblem, b: ShapeProblem): number {
  const i = a.path.findIndex((part, at) => part !== b.path[at]);
  const [one, other] = [a.path[i], b.path[i]];
  if (one === undefined || other === undefined) return b.path.length - a.path.length;
  return typeof one === 'number' && typeof other === 'number' ? other - one : String(other) < String(one) ? -1 : 1;
}

/** A copy with another value, or none, where a path leads; the value itself when that does not exist. */
function replaced(value: unknown, [part, ...further]: Path, by: unknown): unknown {
  if (part === undefined) return value;
  if (Array.isArray(value)) {
    const elements: readonly unknown[] = value;
    const i = Number(part);
    if (!(i in elements)) return value;
    const element = further.length === 0 ? by : replaced(elements[i], further, by);
    return element === undefined ? elements.toSpliced(i, 1) : element === elements[i] ? value : elements.with(i, element);
  }
  if (!isMapping(value) || !Object.hasOwn(value, part)) return value;
  const member = further.length === 0 ? by : replaced(value[part], further, by);
  if (member === undefined) return Object.fromEntries(Object.entries(value).filter(([key]) => key !== String(part)));
  return member === value[part] ? value : { ...value, [part]: member };
}
