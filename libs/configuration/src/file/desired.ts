import type { Entities, EntityKind, FlowId } from '#libs/oauth';
import type { Path } from './configuration-text.ts';

/** The kinds of which a configuration file speaks; procedure versions come with their procedures. */
export type DesiredKind = 'profile' | 'endpoint' | 'client' | 'token-issuer' | 'binding';

/** An entity as a file wants it. */
export type DesiredEntity = { [K in DesiredKind]: { readonly kind: K; readonly key: string; readonly value: Entities[K] } }[DesiredKind];

/** A procedure as a file wants it. */
export interface DesiredProcedure {
  readonly id: string;
  readonly key: string;
  readonly flow: FlowId;
  readonly description: string;
  /**
   * `latest`: one text, which is to be active whatever its number (`file` and `source`).
   * `history`: all versions from 1 on, as an export writes them (`versions`).
   */
  readonly form: 'latest' | 'history';
  readonly versions: readonly DesiredVersion[];
  /** With `history`. */
  readonly activeVersion: number | null;
}

export interface DesiredVersion {
  readonly source: string;
  readonly note: string;
  /** Null: when it is applied, and by whom it is. */
  readonly createdAt: number | null;
  readonly createdBy: string | null;
  /** The file it was read from, or null when it stands in the configuration itself. */
  readonly file: string | null;
  /** The place of its `file` or `source`. */
  readonly path: Path;
}

/** A configuration file, read: entities of origin `file`, parents first. */
export interface Desired {
  readonly entities: readonly DesiredEntity[];
  readonly procedures: readonly DesiredProcedure[];
  /** Where entities stand, by `placeKey`. */
  readonly places: ReadonlyMap<string, Path>;
}

/** Names an entity of any kind. */
export function placeKey(kind: EntityKind, key: string): string {
  return `${kind} ${key}`;
}
