import { ENTITY_KINDS, keyOf, type Entities, type EntityKind } from './entities.ts';

/** One entity put (`value`) or removed (null) under its key. */
export type Change = { [K in EntityKind]: { readonly kind: K; readonly key: string; readonly value: Entities[K] | null } }[EntityKind];

/** An entity with the configuration revision that last changed it: the ETag of the admin API. */
export interface Stored<T> {
  readonly value: T;
  readonly revision: number;
}

export function put<K extends EntityKind>(kind: K, value: Entities[K]): Change {
  return { kind, key: keyOf(kind, value), value } as Change;
}

export function remove(kind: EntityKind, key: string): Change {
  return { kind, key, value: null };
}

type Tables = { readonly [K in EntityKind]: ReadonlyMap<string, Stored<Entities[K]>> };

/**
 * The whole configuration at one revision, immutable.
 * `with` shares every table that a change does not touch, so a change costs what it changes.
 */
export class Configuration {
  static readonly empty = new Configuration(0, Object.fromEntries(ENTITY_KINDS.map((kind) => [kind, new Map()])) as unknown as Tables);

  private constructor(
    readonly revision: number,
    private readonly tables: Tables,
  ) {}

  get<K extends EntityKind>(kind: K, key: string): Entities[K] | undefined {
    return this.tables[kind].get(key)?.value;
  }

  stored<K extends EntityKind>(kind: K, key: string): Stored<Entities[K]> | undefined {
    return this.tables[kind].get(key);
  }

  /** All of a kind, in the order in which they were made. */
  *all<K extends EntityKind>(kind: K): IterableIterator<Entities[K]> {
    for (const stored of this.tables[kind].values()) yield stored.value;
  }

  *allStored<K extends EntityKind>(kind: K): IterableIterator<Stored<Entities[K]>> {
    yield* this.tables[kind].values();
  }

  count(kind: EntityKind): number {
    return this.tables[kind].size;
  }

  /** Whether two configurations have the very same entities of a kind: a cheap test for what must be rebuilt. */
  sharesWith(other: Configuration, kind: EntityKind): boolean {
    return this.tables[kind] === other.tables[kind];
  }

  /** The configuration after the changes, at a revision (by default the next one). */
  with(changes: Iterable<Change & { readonly revision?: number }>, revision = this.revision + 1): Configuration {
    const tables: Record<EntityKind, Map<string, Stored<Entities[EntityKind]>>> = { ...this.tables } as never;
    const copied = new Set<EntityKind>();
    for (const change of changes) {
      if (!copied.has(change.kind)) {
        copied.add(change.kind);
        tables[change.kind] = new Map(tables[change.kind]);
      }
      if (change.value === null) tables[change.kind].delete(change.key);
      else tables[change.kind].set(change.key, { value: change.value, revision: change.revision ?? revision });
    }
    return new Configuration(revision, tables as unknown as Tables);
  }
}
