import type { LibraryVersion, ProcedureVersion } from '#libs/oauth';
import type { Path } from './file/configuration-text.ts';
import type { DesiredLibrary, DesiredVersion } from './file/desired.ts';

/** A version of a procedure or a library as far as the plan compares them. */
export type StoredVersion = ProcedureVersion | LibraryVersion;

/** Which versions are to be added, and which one is to be active. */
export interface PlannedVersions {
  readonly active: number | null;
  readonly added: readonly { readonly number: number; readonly text: DesiredVersion }[];
  /** Versions that are stored and would have to change. */
  readonly problems: readonly { readonly path: Path; readonly message: string }[];
}

/**
 * @param stored oldest first
 * @param active the number of the version that is active now
 * @param isSame whether a stored version is what a text describes
 */
export function planVersions(
  desired: DesiredLibrary,
  stored: readonly StoredVersion[],
  active: number | null,
  isSame: (version: StoredVersion, text: DesiredVersion) => boolean,
): PlannedVersions {
  return desired.form === 'latest' ? latest(desired, stored, active, isSame) : history(desired, stored, isSame);
}

/** One text is to be active: the active version if that has it, else the last version that has it, else a new one. */
function latest(
  desired: DesiredLibrary,
  stored: readonly StoredVersion[],
  active: number | null,
  isSame: (version: StoredVersion, text: DesiredVersion) => boolean,
): PlannedVersions {
  const text = desired.versions[0];
  if (text === undefined) return { active: null, added: [], problems: [] };
  const inForce = stored.find((version) => version.version === active);
  const same = inForce !== undefined && isSame(inForce, text) ? inForce : stored.findLast((version) => isSame(version, text));
  if (same !== undefined) return { active: same.version, added: [], problems: [] };
  const number = (stored.at(-1)?.version ?? 0) + 1;
  return { active: number, added: [{ number, text }], problems: [] };
}

/** Every version is given: those that are stored must be the same, the others are added. */
function history(
  desired: DesiredLibrary,
  stored: readonly StoredVersion[],
  isSame: (version: StoredVersion, text: DesiredVersion) => boolean,
): PlannedVersions {
  const added: { number: number; text: DesiredVersion }[] = [];
  const problems: { path: Path; message: string }[] = [];
  desired.versions.forEach((text, i) => {
    const known = stored.find((version) => version.version === i + 1);
    if (known === undefined) added.push({ number: i + 1, text });
    else if (!isSame(known, text)) {
      const what = known.source === text.source ? 'another language, libraries or secrets' : 'another text';
      problems.push({
        path: text.path,
        message: `version ${i + 1} of "${desired.id}" is stored with ${what}; versions never change: add one`,
      });
    }
  });
  return { active: desired.activeVersion, added, problems };
}
