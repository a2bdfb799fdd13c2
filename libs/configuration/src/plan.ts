import { hash } from 'node:crypto';
import {
  ENTITY_KINDS,
  entityKey,
  keyOf,
  sameJson,
  type Change,
  type Configuration,
  type Entities,
  type EntityKind,
  type LibraryPin,
  type LibraryVersion,
  type NewAuditEvent,
  type Origin,
  type ProcedureVersion,
} from '#libs/oauth';
import type { Path } from './file/configuration-text.ts';
import { describe } from './change-in-words.ts';
import {
  placeKey,
  type Desired,
  type DesiredLibrary,
  type DesiredPin,
  type DesiredProcedure,
  type DesiredVersion,
} from './file/desired.ts';
import { redact } from './redact.ts';
import { didYouMean } from './schema/did-you-mean.ts';
import { planVersions, type PlannedVersions, type StoredVersion } from './script-plan.ts';

/** What becomes of one entity. */
export interface PlannedChange {
  readonly action: 'create' | 'update' | 'delete';
  readonly kind: EntityKind;
  readonly key: string;
  readonly change: Change;
  readonly before: Entities[EntityKind] | null;
  readonly after: Entities[EntityKind] | null;
}

/** A reason why a plan cannot be carried out. */
export interface PlanProblem {
  readonly kind: EntityKind;
  readonly key: string;
  /** Where in the text; null for an entity that is not in it. */
  readonly path: Path | null;
  readonly message: string;
  /** A library that it refers to in vain. */
  readonly library?: string;
}

export interface Plan {
  /** With problems: what they would be, for further checks. */
  readonly changes: readonly PlannedChange[];
  readonly problems: readonly PlanProblem[];
  /** Entities that were left as they were made in the service, although the file has others. */
  readonly kept: readonly { readonly kind: EntityKind; readonly key: string }[];
  /** Entities that were made in the service and that the file would change: each is a problem. */
  readonly conflicts: readonly { readonly kind: EntityKind; readonly key: string }[];
  /** Versions that are new, libraries first. */
  readonly newVersions: readonly NewVersion[];
}

/** A version to be stored, whose script is still its source. */
export interface NewVersion {
  readonly kind: 'procedure-version' | 'library-version';
  readonly version: ProcedureVersion | LibraryVersion;
  /** Null for a library. */
  readonly flow: string | null;
  /** With the place of its text. */
  readonly text: DesiredVersion;
}

export interface PlanOptions {
  /** Whose entities the desired ones replace; those of other origins are never changed. */
  readonly origin: Origin;
  /** Seconds since 1970. */
  readonly now: number;
  /** Who uploads new versions. */
  readonly actor: string;
  /** What becomes of an entity that was made in the service and differs from the file's: a problem unless told. */
  readonly conflicts?: 'refuse' | 'keep';
  /** Entities to leave as they are although they are not desired, by `placeKey`. */
  readonly keep?: ReadonlySet<string>;
}

/** The kinds that a configuration file speaks of, procedures before the libraries that they keep from being removed. */
const OWNED: readonly EntityKind[] = [
  'profile',
  'endpoint',
  'client',
  'token-issuer',
  'http-client',
  'secret',
  'bucket',
  'procedure',
  'procedure-version',
  'library',
  'library-version',
  'binding',
];

type ScriptKind = 'procedure' | 'library';

/**
 * What is to be done so that the entities of an origin become the desired ones. An entity of another origin that is
 * exactly as desired is left alone; one that differs is a problem.
 */
export function plan(current: Configuration, desired: Desired, options: PlanOptions): Plan {
  return new Planning(current, desired, options).plan();
}

/** The audit event of a planned change. */
export function auditOf(planned: PlannedChange, at: number, actor: string): NewAuditEvent {
  const { action, kind, key, before, after } = planned;
  const activation =
    (kind === 'procedure' || kind === 'library') &&
    action === 'update' &&
    sameJson({ ...before, activeVersion: null }, { ...after, activeVersion: null });
  return {
    at,
    actor,
    action: `${kind}.${activation ? 'activate' : action}`,
    kind,
    key,
    before: redact(kind, before),
    after: redact(kind, after),
  };
}

class Planning {
  readonly #changes: PlannedChange[] = [];
  readonly #problems: PlanProblem[] = [];
  readonly #kept: { kind: EntityKind; key: string }[] = [];
  readonly #newVersions: NewVersion[] = [];
  readonly #conflicting = new Map<string, { readonly kind: EntityKind; readonly key: string }>();
  readonly #wanted = new Set<string>();
  readonly #versions: Readonly<Record<ScriptKind, ReadonlyMap<string, readonly StoredVersion[]>>>;
  /** By text of a procedure version, what it pins. */
  readonly #pins = new Map<DesiredVersion, readonly LibraryPin[]>();
  /** By id, what procedures may pin once the plan is carried out. */
  readonly #libraries = new Map<string, { readonly active: number | null; readonly versions: ReadonlySet<number> }>();

  constructor(
    private readonly current: Configuration,
    private readonly desired: Desired,
    private readonly options: PlanOptions,
  ) {
    this.#versions = {
      procedure: Map.groupBy([...current.all('procedure-version')].sort(byNumber), (version) => version.procedure),
      library: Map.groupBy([...current.all('library-version')].sort(byNumber), (version) => version.library),
    };
    // Of those that the file does not have, the ones that files made go, or stay for old versions only.
    for (const { id, activeVersion, origin } of current.all('library'))
      if (origin !== options.origin) this.#pinnable(id, activeVersion, this.#stored('library', id));
  }

  plan(): Plan {
    for (const { kind, key, value } of this.desired.entities) this.#put(kind, key, value);
    for (const library of this.desired.libraries) this.#library(library);
    for (const procedure of this.desired.procedures) this.#procedure(procedure);
    this.#removeTheRest();
    const order = (planned: PlannedChange) =>
      planned.action === 'delete' ? -1 - ENTITY_KINDS.indexOf(planned.kind) : ENTITY_KINDS.indexOf(planned.kind);
    return {
      changes: this.#changes.toSorted((a, b) => order(a) - order(b)),
      problems: this.#problems,
      kept: this.#kept,
      conflicts: [...this.#conflicting.values()],
      newVersions: this.#newVersions,
    };
  }

  #put(kind: EntityKind, key: string, value: Entities[EntityKind]): void {
    this.#wanted.add(placeKey(kind, key));
    const before = this.current.get(kind, key);
    const after = { ...value, origin: this.options.origin };
    if (before !== undefined && sameJson({ ...before, origin: null }, { ...after, origin: null })) return;
    // A conflict that is refused is planned all the same: what else is wrong with the desired entity is to be found too.
    if (before !== undefined && before.origin !== this.options.origin && this.#conflict(kind, key) === 'keep') return;
    this.#changes.push({
      action: before === undefined ? 'create' : 'update',
      kind,
      key,
      change: { kind, key, value: after } as Change,
      before: before ?? null,
      after,
    });
  }

  #library(desired: DesiredLibrary): void {
    const { id, key, description } = desired;
    const before = this.current.get('library', key);
    const versions = this.#plannedVersions('library', desired, before?.activeVersion ?? null);
    if (this.#keepsForeign('library', key, before?.origin, versions)) return;
    this.#put('library', key, { id, description, activeVersion: versions.active, origin: this.options.origin });
    for (const { number, text } of versions.added) {
      const version: LibraryVersion = { library: id, ...this.#uploaded(number, text) };
      this.#newVersions.push({ kind: 'library-version', version, flow: null, text });
      this.#put('library-version', keyOf('library-version', version), version);
    }
    // What was made in the service and is kept is what there is to pin.
    const isKept = this.#kept.some((kept) => kept.kind === 'library' && kept.key === key);
    if (!isKept) this.#pinnable(id, versions.active, this.#stored('library', id), versions.added);
  }

  #pinnable(
    id: string,
    active: number | null,
    stored: readonly { readonly version: number }[],
    added: readonly { readonly number: number }[] = [],
  ): void {
    this.#libraries.set(id, {
      active,
      versions: new Set([...stored.map(({ version }) => version), ...added.map(({ number }) => number)]),
    });
  }

  #procedure(desired: DesiredProcedure): void {
    const { id, key, flow, description } = desired;
    const before = this.current.get('procedure', key);
    if (before !== undefined && before.flow !== flow) {
      this.#markWanted('procedure', desired);
      this.#problem(
        'procedure',
        key,
        ['flow'],
        `the flow of "${id}" was fixed as "${before.flow}" when it was made; give the procedure for "${flow}" another id`,
      );
      return;
    }
    const versions = this.#plannedVersions('procedure', desired, before?.activeVersion ?? null);
    if (this.#keepsForeign('procedure', key, before?.origin, versions)) return;
    // A file that says nothing of samples leaves those that there are.
    const samples = desired.samples ?? before?.samples ?? [];
    this.#put('procedure', key, { id, flow, description, activeVersion: versions.active, samples, origin: this.options.origin });
    for (const { number, text } of versions.added) {
      const { secrets } = text;
      const version: ProcedureVersion = {
        procedure: id,
        ...this.#uploaded(number, text),
        libraries: this.#pins.get(text) ?? [],
        secrets,
        tests: null,
      };
      this.#newVersions.push({ kind: 'procedure-version', version, flow, text });
      this.#put('procedure-version', keyOf('procedure-version', version), version);
    }
  }

  #plannedVersions(kind: ScriptKind, desired: DesiredLibrary, active: number | null): PlannedVersions {
    this.#markWanted(kind, desired);
    if (kind === 'procedure') for (const text of desired.versions) this.#pins.set(text, this.#resolved(desired.key, text.libraries));
    const planned = planVersions(desired, this.#stored(kind, desired.id), active, (version, text) => {
      if (version.digest !== digestOf(text.source) || version.language !== text.language) return false;
      if ('library' in version) return true;
      const pins = this.#pins.get(text) ?? [];
      // One that cannot be resolved is reported; that the others are not all is no further problem.
      const isWhole = pins.length === text.libraries.length;
      return sameJson(version.secrets, text.secrets) && (!isWhole || sameJson(version.libraries, pins));
    });
    for (const { path, message } of planned.problems) this.#problems.push({ kind, key: desired.key, path, message });
    return planned;
  }

  /** The versions that a text pins, without those that are not there, which are reported. */
  #resolved(procedure: string, pins: readonly DesiredPin[]): readonly LibraryPin[] {
    return pins.flatMap(({ library, version, path }) => {
      const found = this.#libraries.get(library);
      const problem = (message: string) => {
        this.#problems.push({ kind: 'procedure', key: procedure, path, message, library });
        return [];
      };
      if (found === undefined) return problem(`there is no library "${library}"${didYouMean(library, this.#libraries.keys())}`);
      const pinned = version ?? found.active;
      if (pinned === null) return problem(`library "${library}" has no active version: activate one or name one, such as ${library}@1`);
      return found.versions.has(pinned) ? [{ library, version: pinned }] : problem(`library "${library}" has no version ${pinned}`);
    });
  }

  #uploaded(number: number, text: DesiredVersion): Omit<LibraryVersion, 'library'> {
    const { language, source, note } = text;
    return {
      ...{ version: number, language, source, script: source, digest: digestOf(source), note },
      createdAt: text.createdAt ?? this.options.now,
      createdBy: text.createdBy ?? this.options.actor,
      origin: this.options.origin,
    };
  }

  #markWanted(kind: ScriptKind, { id, key }: DesiredLibrary): void {
    this.#wanted.add(placeKey(kind, key));
    for (const { version } of this.#stored(kind, id)) this.#wanted.add(placeKey(`${kind}-version`, entityKey(id, version)));
  }

  #stored(kind: ScriptKind, id: string): readonly StoredVersion[] {
    return this.#versions[kind].get(id) ?? [];
  }

  /** Whether a script that was made in the service stays as it is there. New versions are a difference that no member shows. */
  #keepsForeign(kind: ScriptKind, key: string, origin: Origin | undefined, { added }: PlannedVersions): boolean {
    return origin !== undefined && origin !== this.options.origin && added.length > 0 && this.#conflict(kind, key) === 'keep';
  }

  #removeTheRest(): void {
    const gone = new Set<string>();
    for (const kind of OWNED) {
      for (const { value } of this.current.allStored(kind)) {
        const key = keyOf(kind, value);
        const name = placeKey(kind, key);
        if (this.#wanted.has(name) || this.options.keep?.has(name) === true) continue;
        if ('version' in value && 'digest' in value && !gone.has(scriptName(value))) continue;
        if (value.origin !== this.options.origin) continue;
        if ((kind === 'procedure' || kind === 'library') && this.#holdsForeignVersions(kind, idOf(key))) continue;
        if (kind === 'library' && this.#isInUse(idOf(key), gone)) continue;
        gone.add(name);
        this.#delete(kind, key, value);
      }
    }
    // The keys of a profile were made by the service for it, and go with it.
    for (const key of this.current.all('signing-key'))
      if (gone.has(placeKey('profile', entityKey(key.profile)))) this.#delete('signing-key', keyOf('signing-key', key), key);
  }

  /** Stored versions of procedures never change, and keep the libraries they use from being removed. */
  #isInUse(library: string, gone: ReadonlySet<string>): boolean {
    for (const version of this.current.all('procedure-version'))
      if (!gone.has(scriptName(version)) && version.libraries.some((pin) => pin.library === library)) return true;
    return false;
  }

  #delete(kind: EntityKind, key: string, before: Entities[EntityKind]): void {
    this.#changes.push({ action: 'delete', kind, key, change: { kind, key, value: null }, before, after: null });
  }

  /** Versions that were uploaded to the service keep their procedure or library from being removed with the file's. */
  #holdsForeignVersions(kind: ScriptKind, id: string): boolean {
    const foreign = this.#stored(kind, id).find((version) => version.origin !== this.options.origin);
    if (foreign === undefined) return false;
    const message = `${kind} "${id}" is not in the file any more, but its version ${foreign.version} was uploaded to the service; delete the ${kind} there or keep it in the file`;
    this.#problems.push({ kind, key: entityKey(id), path: null, message });
    return true;
  }

  #conflict(kind: EntityKind, key: string): 'keep' | 'refuse' {
    if (this.options.conflicts === 'keep') {
      this.#kept.push({ kind, key });
      return 'keep';
    }
    const name = placeKey(kind, key);
    if (this.#conflicting.has(name)) return 'refuse';
    this.#conflicting.set(name, { kind, key });
    this.#problem(
      kind,
      key,
      [],
      `the admin API owns ${describe(kind, key)}, which was made or taken over there and differs: change it there, delete it there for the file to make it, or choose another id`,
    );
    return 'refuse';
  }

  #problem(kind: EntityKind, key: string, within: Path, message: string): void {
    const place = this.desired.places.get(placeKey(kind, key));
    this.#problems.push({ kind, key, path: place === undefined ? null : within.length === 0 ? place : [...place, ...within], message });
  }
}

/** The script that a version belongs to, as `placeKey` names it. */
function scriptName(version: StoredVersion): string {
  return 'procedure' in version ? placeKey('procedure', entityKey(version.procedure)) : placeKey('library', entityKey(version.library));
}

function idOf(key: string): string {
  return decodeURIComponent(key);
}

/** All versions of a procedure, oldest first. */
export function versionsOf(configuration: Configuration, procedure: string): readonly ProcedureVersion[] {
  return [...configuration.all('procedure-version')].filter((version) => version.procedure === procedure).sort(byNumber);
}

/** All versions of a library, oldest first. */
export function libraryVersionsOf(configuration: Configuration, library: string): readonly LibraryVersion[] {
  return [...configuration.all('library-version')].filter((version) => version.library === library).sort(byNumber);
}

/** SHA-256, base64url: what tells one text from another. */
export function digestOf(source: string): string {
  return hash('sha256', source, 'base64url');
}

const byNumber = (a: StoredVersion, b: StoredVersion) => a.version - b.version;
