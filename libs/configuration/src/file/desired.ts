import type { Entities, EntityKind, FlowId, ProcedureLanguage, ProcedureSample } from '#libs/oauth';
import type { Path } from './configuration-text.ts';

/** The kinds of which a configuration file speaks; versions come with their procedures and libraries. */
export type DesiredKind = 'profile' | 'endpoint' | 'client' | 'token-issuer' | 'http-client' | 'secret' | 'bucket' | 'binding';

/** An entity as a file wants it. */
export type DesiredEntity = { [K in DesiredKind]: { readonly kind: K; readonly key: string; readonly value: Entities[K] } }[DesiredKind];

/** A library as a file wants it. */
export interface DesiredLibrary {
  readonly id: string;
  readonly key: string;
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

/** A procedure as a file wants it. */
export interface DesiredProcedure extends DesiredLibrary {
  readonly flow: FlowId;
  /** Null for a file that says nothing of them. */
  readonly samples: readonly ProcedureSample[] | null;
}

export interface DesiredVersion {
  readonly language: ProcedureLanguage;
  readonly source: string;
  /** None for a version of a library. */
  readonly libraries: readonly DesiredPin[];
  readonly secrets: readonly string[];
  readonly note: string;
  /** Null: when it is applied, and by whom it is. */
  readonly createdAt: number | null;
  readonly createdBy: string | null;
  /** The file it was read from, or null when it stands in the configuration itself. */
  readonly file: string | null;
  /** The place of its `file` or `source`. */
  readonly path: Path;
}

/** A library that a version uses. */
export interface DesiredPin {
  readonly library: string;
  /** Null for the version that is active once the file is applied. */
  readonly version: number | null;
  readonly path: Path;
}

/** A configuration file, read: entities of origin `file`, parents first. */
export interface Desired {
  readonly entities: readonly DesiredEntity[];
  readonly libraries: readonly DesiredLibrary[];
  readonly procedures: readonly DesiredProcedure[];
  /** Where entities stand, by `placeKey`. */
  readonly places: ReadonlyMap<string, Path>;
}

/** Names an entity of any kind. */
export function placeKey(kind: EntityKind, key: string): string {
  return `${kind} ${key}`;
}
