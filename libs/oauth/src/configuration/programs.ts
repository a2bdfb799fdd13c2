import { hash } from 'node:crypto';
import type { Program, ProgramLibrary } from '../procedures/sandbox.ts';
import type { Configuration } from './configuration.ts';
import { entityKey, type LibraryPin, type LibraryVersion, type ProcedureVersion } from './entities.ts';

/**
 * A stored version made runnable for the flow of its procedure, with the scripts of the libraries it pins.
 * Its key tells by the digests of all of them what runs: removed and made again, a version may have the same number.
 *
 * @throws Error when a pinned library version is not there, which validation prevents
 */
export function programOfVersion(configuration: Configuration, version: ProcedureVersion, flow: string): Program {
  const libraries = pinnedVersions(configuration, version.libraries);
  return {
    key: `${version.procedure}@${version.version}#${fingerprint([version, ...libraries])}`,
    procedure: version.procedure,
    version: version.version,
    flow,
    source: version.script,
    libraries: libraries.map(programLibraryOf),
    secrets: version.secrets,
  };
}

/** The library versions that are pinned, in their order. @throws Error when one is not there, which validation prevents */
export function pinnedVersions(configuration: Configuration, pins: readonly LibraryPin[]): readonly LibraryVersion[] {
  return pins.map(({ library, version }) => {
    const pinned = configuration.get('library-version', entityKey(library, version));
    if (pinned === undefined) throw new Error(`version ${version} of library "${library}" is pinned and not there`);
    return pinned;
  });
}

/** A library version made runnable. */
export function programLibraryOf({ library, version, script }: LibraryVersion): ProgramLibrary {
  return { name: library, version, source: script };
}

/** Of what runs, not only of the source: another compiler may have made another script of it. */
function fingerprint(versions: readonly (ProcedureVersion | LibraryVersion)[]): string {
  const texts = versions.map((version) => [
    'library' in version ? version.library : '',
    version.version,
    version.script,
    'secrets' in version ? version.secrets : [],
  ]);
  return hash('sha256', JSON.stringify(texts), 'base64url').slice(0, 12);
}
