import type { z } from 'zod';
import { entityKey, type EntityKind } from '#libs/oauth';
import { checkShape, unknownKey } from '../schema/shape.ts';
import type { ConfigurationText, Path } from './configuration-text.ts';
import { placeKey, type DesiredEntity } from './desired.ts';
import type { FileProblem } from './file-problem.ts';
import { isMapping } from './mapping.ts';
import { isDoubtful, salvage, type SalvageOptions } from './salvage.ts';

/** One pass over a configuration text: gathers entities and every problem, and never stops at the first. */
export class Reading {
  readonly problems: FileProblem[] = [];
  /** Also those of which only a part is well-formed: with a problem nothing is applied, and the part can still be checked. */
  readonly entities: DesiredEntity[] = [];
  readonly places = new Map<string, Path>();
  /** Entities that stand in the text but cannot be read: what refers to them is not at fault. */
  readonly malformed = new Set<string>();
  /** What cannot be known about entities that are well-formed only in part, by `placeKey`. */
  readonly #doubts = new Map<string, readonly Path[]>();

  constructor(readonly text: ConfigurationText) {
    this.problems.push(...text.problems);
  }

  report(path: Path, message: string, atKey = false): void {
    this.problems.push(this.text.problem(path, message, atKey));
  }

  /** The value when it fits the schema; after reporting why not, what is left of it without its bad parts, or null. */
  shaped<S extends z.ZodType>(schema: S, value: unknown, path: Path, options?: SalvageOptions): Read<z.output<S>> {
    const salvaged = salvage(schema, value, options);
    if (salvaged === null) return { value: schema.parse(value), sound: true, doubts: [] };
    for (const problem of salvaged.problems) this.report([...path, ...problem.path], problem.message, problem.atKey);
    return { value: salvaged.value, sound: false, doubts: salvaged.doubts };
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

  /** Notes that an entity cannot be read. */
  spoiled(kind: EntityKind, key: string): void {
    this.malformed.add(placeKey(kind, key));
  }

  /** Notes that an entity is well-formed only in part. */
  impaired(kind: EntityKind, key: string, doubts: readonly Path[] = []): void {
    const name = placeKey(kind, key);
    this.#doubts.set(name, [...(this.#doubts.get(name) ?? []), ...doubts]);
  }

  isImpaired(kind: EntityKind, key: string): boolean {
    return this.#doubts.has(placeKey(kind, key));
  }

  /** Whether a member of an entity stands in the text but cannot be known. */
  doubts(kind: EntityKind, key: string, member: string): boolean {
    return isDoubtful(this.#doubts.get(placeKey(kind, key)) ?? [], member);
  }
}

/** A value as it was read. */
export interface Read<T> {
  /** Null when nothing of it can be used. */
  readonly value: T | null;
  /** Whether it is what stands in the text; else it is what is left of that, for checks only. */
  readonly sound: boolean;
  readonly doubts: readonly Path[];
}
