import { hash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { DEFAULT_LIMITS, entityKey, put, type CheckFinding, type Configuration, type Entities, type ProcedureLanguage } from '#libs/oauth';
import { shown } from './activation-findings.ts';
import { SERVICES, type AdminServices } from './admin-services.ts';
import type { Edit } from './edit.ts';
import type { PlannedChange } from './change-audit.ts';
import { Editor, type Plan } from './editor.ts';
import { check } from './preconditions.ts';
import { Problem } from './problem.ts';
import { Reviews } from './reviews.ts';
import type { CheckedScript } from './script-check.ts';
import { versionsOf, type ScriptKind, type VersionOf } from './scripts.ts';

/** A text that is to become the next version of a procedure or library. */
export interface NewScript<K extends ScriptKind> {
  readonly kind: K;
  readonly id: string;
  readonly language: ProcedureLanguage;
  readonly source: string;
  readonly note: string;
  readonly activate: boolean;
  /** The number that the latest version must still have, 0 for none; undefined for whatever it has. */
  readonly latest: number | undefined;
  /** What a version of the kind has beside its text. A version with other ones is another version, whatever its text. */
  readonly members: Omit<VersionOf<K>, Unsent>;
  /** What is made together with the first version. */
  readonly fresh: Entities[K];
  /** Checks the text as the version of this number. @throws Problem `procedure-refused` */
  readonly check: (version: number) => Promise<CheckedScript>;
  /** Tries what passed the check. Members that are stored with it. */
  readonly test?: (script: string) => Promise<Partial<VersionOf<K>>>;
  /** Whether a version is activated when that is asked for; it is stored in any case. */
  readonly mayBeActive?: (version: VersionOf<K>) => boolean;
  /** Called in the transaction. @throws Problem when what the check was made for is not so any more */
  readonly confirm: (configuration: Configuration) => void;
}

/** What versions of both kinds have. */
type VersionText = Pick<
  VersionOf<ScriptKind>,
  'version' | 'language' | 'source' | 'script' | 'digest' | 'note' | 'createdAt' | 'createdBy' | 'origin'
>;

/** What is no part of what was uploaded. */
type Unsent = keyof VersionText | 'tests';

/** A version after its upload. */
export interface Uploaded<K extends ScriptKind> {
  readonly version: VersionOf<K>;
  /** False when the latest version is the same: it stands for the upload. */
  readonly created: boolean;
  readonly active: boolean;
  readonly warnings: readonly CheckFinding[];
}

/** Stores a text that passes its check as the next version; nothing of a refused one is stored. */
@Injectable()
export class ScriptUpload {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly editor: Editor,
    private readonly reviews: Reviews,
  ) {}

  /** @throws Problem `too-large`, or what the script's own check and confirmation throw */
  async upload<K extends ScriptKind>(edit: Edit, script: NewScript<K>): Promise<Uploaded<K>> {
    if (Buffer.byteLength(script.source) > DEFAULT_LIMITS.sourceBytes) {
      throw new Problem('too-large', `A source may have ${DEFAULT_LIMITS.sourceBytes} bytes.`);
    }
    const last = versionsOf(this.services.configuration.current, script.kind, script.id).at(-1);
    // What is stored already was checked when it was.
    const checked = isSame(script, last) ? { script: last.script, warnings: [] } : await script.check((last?.version ?? 0) + 1);
    const tested = isSame(script, last) ? {} : ((await script.test?.(checked.script)) ?? {});
    const { result } = await this.#store(edit, script, checked, tested);
    return { ...result, warnings: checked.warnings };
  }

  /** Where an activation is for another administrator to approve, the version is stored all the same and the activation proposed. */
  async #store<K extends ScriptKind>(edit: Edit, script: NewScript<K>, checked: CheckedScript, tested: Partial<VersionOf<K>>) {
    const apply = (how: Edit, wanted: NewScript<K>) =>
      this.editor.apply(how, (configuration) => this.#plan(configuration, how, wanted, checked, tested), {
        findings: () => Promise.resolve(checked.warnings.map(shown)),
      });
    if (!script.activate || !this.reviews.asksFor(edit.actor)) return apply(edit, script);
    await apply(edit, { ...script, activate: false });
    // The conditions of the request were those of its first half.
    return apply({ ...edit, preconditions: { match: null, absent: false } }, { ...script, latest: undefined });
  }

  #plan<K extends ScriptKind>(
    configuration: Configuration,
    edit: Edit,
    script: NewScript<K>,
    checked: CheckedScript,
    tested: Partial<VersionOf<K>>,
  ): Plan<Omit<Uploaded<K>, 'warnings'>> {
    script.confirm(configuration);
    const { kind, id } = script;
    const before = configuration.stored(kind, entityKey(id));
    check(edit.preconditions, before?.revision);
    const last = versionsOf(configuration, kind, id).at(-1);
    requireLatest(script.latest, last);
    const same = isSame(script, last);
    const version = same
      ? last
      : this.#version({ ...script, members: { ...script.members, ...tested } }, checked, (last?.version ?? 0) + 1, edit);
    const activate = script.activate && (script.mayBeActive?.(version) ?? true);
    const entity: Entities[K] = {
      ...(before?.value ?? script.fresh),
      ...(activate ? { activeVersion: version.version } : {}),
      origin: 'api',
    };
    const changesActive = entity.activeVersion !== (before?.value.activeVersion ?? null);
    if (!same || changesActive) this.editor.requireOwnership(kind, entityKey(id), before?.value, edit);
    const changes: PlannedChange[] = [];
    if (before === undefined) changes.push(put(kind, entity));
    else if (changesActive) changes.push({ ...put(kind, entity), action: `${kind}.activate` });
    else if (!same && before.value.origin !== 'api') changes.push(put(kind, entity));
    if (!same) changes.push(put(`${kind}-version` as const, version as Entities[`${K}-version`]));
    return { changes, result: { version, created: !same, active: entity.activeVersion === version.version } };
  }

  #version<K extends ScriptKind>(script: NewScript<K>, checked: CheckedScript, version: number, edit: Edit): VersionOf<K> {
    const { source, language, note, members } = script;
    const text: VersionText = {
      version,
      language,
      source,
      script: checked.script,
      digest: hash('sha256', source, 'base64url'),
      note,
      createdAt: this.services.clock(),
      createdBy: edit.actor.id,
      origin: 'api',
    };
    return { ...members, ...text } as VersionOf<K>;
  }
}

/** @throws Problem `precondition-failed` when somebody else has saved a version meanwhile */
function requireLatest(expected: number | undefined, last: VersionOf<ScriptKind> | undefined): void {
  const latest = last?.version ?? 0;
  if (expected === undefined || expected === latest) return;
  throw new Problem('precondition-failed', latest === 0 ? 'It has no version.' : `Its latest version is ${latest} by now.`);
}

/** Whether a stored version has the text and the members of what is uploaded. */
function isSame<K extends ScriptKind>(script: NewScript<K>, stored: VersionOf<K> | undefined): stored is VersionOf<K> {
  if (stored?.source !== script.source || stored.language !== script.language) return false;
  return Object.entries(script.members).every(([name, value]) =>
    isDeepStrictEqual(stored[name as keyof VersionOf<K>], value, { skipPrototype: true }),
  );
}
