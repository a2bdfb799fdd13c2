import { hash } from 'node:crypto';
import {
  ENTITY_KINDS,
  entityKey,
  keyOf,
  type Change,
  type Configuration,
  type Entities,
  type EntityKind,
  type NewAuditEvent,
  type Origin,
  type Procedure,
  type ProcedureVersion,
} from '#libs/oauth';
import type { Path } from './file/configuration-text.ts';
import { placeKey, type Desired, type DesiredProcedure, type DesiredVersion } from './file/desired.ts';
import { redact } from './redact.ts';
import { sameJson } from './same-json.ts';

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
}

export interface Plan {
  /** With problems: what they would be, for further checks. */
  readonly changes: readonly PlannedChange[];
  readonly problems: readonly PlanProblem[];
  /** Entities that were left as they were made in the service, although the file has others. */
  readonly kept: readonly { readonly kind: EntityKind; readonly key: string }[];
  /** Versions that are new, with the place of their text. */
  readonly newVersions: readonly { readonly version: ProcedureVersion; readonly flow: string; readonly text: DesiredVersion }[];
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

/** The kinds that a configuration file speaks of. */
const OWNED: readonly EntityKind[] = ['profile', 'endpoint', 'client', 'token-issuer', 'procedure', 'procedure-version', 'binding'];

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
    kind === 'procedure' && action === 'update' && sameJson({ ...before, activeVersion: null }, { ...after, activeVersion: null });
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
  readonly #newVersions: { version: ProcedureVersion; flow: string; text: DesiredVersion }[] = [];
  readonly #conflicting = new Set<string>();
  readonly #wanted = new Set<string>();
  readonly #versions: ReadonlyMap<string, readonly ProcedureVersion[]>;

  constructor(
    private readonly current: Configuration,
    private readonly desired: Desired,
    private readonly options: PlanOptions,
  ) {
    this.#versions = Map.groupBy([...current.all('procedure-version')].sort(byNumber), (version) => version.procedure);
  }

  plan(): Plan {
    for (const { kind, key, value } of this.desired.entities) this.#put(kind, key, value);
    for (const procedure of this.desired.procedures) this.#procedure(procedure);
    this.#removeTheRest();
    const order = (planned: PlannedChange) =>
      planned.action === 'delete' ? -1 - ENTITY_KINDS.indexOf(planned.kind) : ENTITY_KINDS.indexOf(planned.kind);
    return {
      changes: this.#changes.toSorted((a, b) => order(a) - order(b)),
      problems: this.#problems,
      kept: this.#kept,
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

  #procedure(desired: DesiredProcedure): void {
    const { id, key, flow, description } = desired;
    const before = this.current.get('procedure', key);
    this.#wanted.add(placeKey('procedure', key));
    const stored = this.#versions.get(id) ?? [];
    for (const version of stored) this.#wanted.add(placeKey('procedure-version', keyOf('procedure-version', version)));

    if (before !== undefined && before.flow !== flow) {
      this.#problem(
        'procedure',
        key,
        ['flow'],
        `the flow of "${id}" was fixed as "${before.flow}" when it was made; give the procedure for "${flow}" another id`,
      );
      return;
    }
    const { active, added } = desired.form === 'latest' ? this.#latest(desired, stored, before) : this.#history(desired, stored);
    if (before !== undefined && before.origin !== this.options.origin && added.length > 0) {
      if (this.#conflict('procedure', key) === 'keep') return;
    }
    const procedure: Procedure = { id, flow, description, activeVersion: active, origin: this.options.origin };
    this.#put('procedure', key, procedure);
    for (const { version, text } of added) {
      this.#newVersions.push({ version, flow, text });
      this.#put('procedure-version', keyOf('procedure-version', version), version);
    }
  }

  /** One text is to be active: the active version if that has it, else the last version that has it, else a new one. */
  #latest(desired: DesiredProcedure, stored: readonly ProcedureVersion[], before: Procedure | undefined): Versions {
    const text = desired.versions[0];
    if (text === undefined) return { active: null, added: [] };
    const digest = digestOf(text.source);
    const active = stored.find((version) => version.version === before?.activeVersion);
    const same = active?.digest === digest ? active : stored.findLast((version) => version.digest === digest);
    if (same !== undefined) return { active: same.version, added: [] };
    const number = (stored.at(-1)?.version ?? 0) + 1;
    return { active: number, added: [{ version: this.#version(desired, number, text), text }] };
  }

  /** Every version is given: those that are stored must be the same, the others are added. */
  #history(desired: DesiredProcedure, stored: readonly ProcedureVersion[]): Versions {
    const added: Versions['added'] = [];
    desired.versions.forEach((text, i) => {
      const known = stored.find((version) => version.version === i + 1);
      if (known === undefined) added.push({ version: this.#version(desired, i + 1, text), text });
      else if (known.digest !== digestOf(text.source))
        this.#problems.push({
          kind: 'procedure',
          key: desired.key,
          path: text.path,
          message: `version ${i + 1} of "${desired.id}" is stored with another text; versions never change: add one`,
        });
    });
    return { active: desired.activeVersion, added };
  }

  #version(desired: DesiredProcedure, number: number, text: DesiredVersion): ProcedureVersion {
    return {
      procedure: desired.id,
      version: number,
      language: 'javascript',
      source: text.source,
      digest: digestOf(text.source),
      note: text.note,
      createdAt: text.createdAt ?? this.options.now,
      createdBy: text.createdBy ?? this.options.actor,
      origin: this.options.origin,
    };
  }

  #removeTheRest(): void {
    const gone = new Set<string>();
    for (const kind of OWNED) {
      for (const { value } of this.current.allStored(kind)) {
        const key = keyOf(kind, value);
        const name = placeKey(kind, key);
        if (this.#wanted.has(name) || this.options.keep?.has(name) === true) continue;
        if (kind === 'procedure-version' && !gone.has(placeKey('procedure', entityKey((value as ProcedureVersion).procedure)))) continue;
        if (value.origin !== this.options.origin) continue;
        if (kind === 'procedure' && this.#holdsForeignVersions((value as Procedure).id)) continue;
        gone.add(name);
        this.#delete(kind, key, value);
      }
    }
    // The keys of a profile were made by the service for it, and go with it.
    for (const key of this.current.all('signing-key'))
      if (gone.has(placeKey('profile', entityKey(key.profile)))) this.#delete('signing-key', keyOf('signing-key', key), key);
  }

  #delete(kind: EntityKind, key: string, before: Entities[EntityKind]): void {
    this.#changes.push({ action: 'delete', kind, key, change: { kind, key, value: null }, before, after: null });
  }

  /** Versions that were uploaded to the service keep their procedure from being removed with the file's. */
  #holdsForeignVersions(procedure: string): boolean {
    const foreign = this.#versions.get(procedure)?.find((version) => version.origin !== this.options.origin);
    if (foreign === undefined) return false;
    const message = `procedure "${procedure}" is not in the file any more, but its version ${foreign.version} was uploaded to the service; delete the procedure there or keep it in the file`;
    this.#problems.push({ kind: 'procedure', key: entityKey(procedure), path: null, message });
    return true;
  }

  #conflict(kind: EntityKind, key: string): 'keep' | 'refuse' {
    if (this.options.conflicts === 'keep') {
      this.#kept.push({ kind, key });
      return 'keep';
    }
    const name = placeKey(kind, key);
    if (this.#conflicting.has(name)) return 'refuse';
    this.#conflicting.add(name);
    this.#problem(
      kind,
      key,
      [],
      `${describe(kind, key)} was made in the service, not by a file, and differs; change it there or choose another id`,
    );
    return 'refuse';
  }

  #problem(kind: EntityKind, key: string, within: Path, message: string): void {
    const place = this.desired.places.get(placeKey(kind, key));
    this.#problems.push({ kind, key, path: place === undefined ? null : within.length === 0 ? place : [...place, ...within], message });
  }
}

interface Versions {
  readonly active: number | null;
  readonly added: { readonly version: ProcedureVersion; readonly text: DesiredVersion }[];
}

/** An entity in words: `client "gateway_client" of "token-service"`. */
export function describe(kind: EntityKind, key: string): string {
  const [last = '', ...parents] = key.split('/').map(decodeURIComponent).reverse();
  return `${kind} "${last}"${parents.map((parent) => ` of "${parent}"`).join('')}`;
}

/** All versions of a procedure, oldest first. */
export function versionsOf(configuration: Configuration, procedure: string): readonly ProcedureVersion[] {
  return [...configuration.all('procedure-version')].filter((version) => version.procedure === procedure).sort(byNumber);
}

/** SHA-256, base64url: what tells one text from another. */
export function digestOf(source: string): string {
  return hash('sha256', source, 'base64url');
}

const byNumber = (a: ProcedureVersion, b: ProcedureVersion) => a.version - b.version;
