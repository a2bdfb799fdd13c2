import { entityKey, type Configuration, type Entities, type Stored } from '#libs/oauth';
import { existing } from './editor.ts';
import { unifiedDiff } from './source-diff.ts';
import { Problem } from './problem.ts';

/** What has a text in immutable versions, of which one is active: procedures and the libraries they use. */
export type ScriptKind = 'procedure' | 'library';

/** A version of either. */
export type VersionOf<K extends ScriptKind> = Entities[`${K}-version`];

/** Where the admin API has a script: `/admin/v1/procedures/phantom`. */
export function pathOf(kind: ScriptKind, id: string): string {
  return `/admin/v1/${kind === 'procedure' ? 'procedures' : 'libraries'}/${encodeURIComponent(id)}`;
}

/** The id of the script that a version belongs to. */
export function scriptOf(version: VersionOf<ScriptKind>): string {
  return 'procedure' in version ? version.procedure : version.library;
}

/** The versions of a script, oldest first. */
export function versionsOf<K extends ScriptKind>(configuration: Configuration, kind: K, id: string): readonly VersionOf<K>[] {
  const versions = [...configuration.all(`${kind}-version` as const)] as VersionOf<ScriptKind>[];
  return versions.filter((version) => scriptOf(version) === id).sort((a, b) => a.version - b.version) as VersionOf<K>[];
}

/** A version by its number as a path has it. @throws Problem `not-found` */
export function versionOf<K extends ScriptKind>(configuration: Configuration, kind: K, id: string, version: string): Stored<VersionOf<K>> {
  existing(kind, entityKey(id), configuration.get(kind, entityKey(id)));
  const key = entityKey(id, version);
  const stored = /^[1-9]\d{0,9}$/.test(version) ? configuration.stored(`${kind}-version` as const, key) : undefined;
  return existing(`${kind}-version` as const, key, stored);
}

/** What changed between two versions, as a unified diff; empty when nothing did. @throws Problem `not-found` */
export function versionDiff(configuration: Configuration, kind: ScriptKind, id: string, from: number, to: number): string {
  const named = (version: number) => ({
    name: `${id}@${version}`,
    source: versionOf(configuration, kind, id, String(version)).value.source,
  });
  return unifiedDiff(named(from), named(to));
}

/** A script with another active version. @throws Problem `invalid-body` when there is no such version */
export function activated<K extends ScriptKind>(configuration: Configuration, kind: K, before: Entities[K], version: number): Entities[K] {
  if (configuration.get(`${kind}-version` as const, entityKey(before.id, version)) === undefined) {
    throw new Problem('invalid-body', 'Nothing was changed.', {
      errors: [{ pointer: '/version', message: `${kind} "${before.id}" has no version ${version}` }],
    });
  }
  return { ...before, activeVersion: version, origin: before.activeVersion === version ? before.origin : 'api' };
}
