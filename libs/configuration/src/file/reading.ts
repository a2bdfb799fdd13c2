import type { z } from 'zod';
import { entityKey, type EntityKind } from '#libs/oauth';
import { checkShape, unknownKey } from '../schema/shape.ts';
import type { ConfigurationText, Path } from './configuration-text.ts';
import { placeKey, type DesiredEntity } from './desired.ts';
import type { FileProblem } from './file-problem.ts';

/** One pass over a configuration text: gathers entities and every problem, and never stops at the first. */
export class Reading {
  readonly problems: FileProblem[] = [];
  readonly entities: DesiredEntity[] = [];
  readonly places = new Map<string, Path>();
  /** Entities that stand in the text but cannot be read: what refers to them is not at fault. */
  readonly malformed = new Set<string>();

  constructor(readonly text: ConfigurationText) {
    this.problems.push(...text.problems);
  }

  report(path: Path, message: string, atKey = false): void {
    this.problems.push(this.text.problem(path, message, atKey));
  }

  /** The value when it fits the schema; null after reporting why not. */
  shaped<S extends z.ZodType>(schema: S, value: unknown, path: Path): z.output<S> | null {
    const shaped = checkShape(schema, value);
    if (shaped.ok) return shaped.value;
    for (const problem of shaped.problems) this.report([...path, ...problem.path], problem.message, problem.atKey);
    return null;
  }

  /** The members of a mapping; a missing or empty one has none. */
  members(value: unknown, path: Path): readonly (readonly [string, unknown])[] {
    if (value === undefined || value === null) return [];
    if (isMapping(value)) return Object.entries(value);
    this.report(path, `must be a mapping, is ${Array.isArray(value) ? 'a list' : `a ${typeof value}`}`);
    return [];
  }

  /** Reports members of a mapping other than the known ones. */
  only(value: unknown, path: Path, known: readonly string[]): void {
    for (const [key] of isMapping(value) ? Object.entries(value) : [])
      if (!known.includes(key)) this.report([...path, key], unknownKey(key, known), true);
  }

  /** Notes where an entity stands, and answers its key. */
  at(kind: EntityKind, path: Path, ...ids: readonly (string | number)[]): string {
    const key = entityKey(...ids);
    this.places.set(placeKey(kind, key), path);
    return key;
  }

  /** Checks an id that is a key of a mapping. */
  named(schema: z.ZodType, id: string, path: Path): boolean {
    const shaped = checkShape(schema, id);
    if (!shaped.ok) this.report(path, shaped.problems.map((problem) => problem.message).join('; '), true);
    return shaped.ok;
  }

  spoiled(kind: EntityKind, key: string): void {
    this.malformed.add(placeKey(kind, key));
  }
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
