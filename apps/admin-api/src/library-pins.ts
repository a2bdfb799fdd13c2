import { parseLibraryReference } from '#libs/configuration';
import { entityKey, type Configuration, type LibraryVersion } from '#libs/oauth';
import type { Problem, ProblemDetail } from './problem.ts';

/**
 * The versions that references such as `claims@2` name; one without a version is pinned to the active one.
 *
 * @param pointer where the request has the references
 * @param refusal makes the problem of everything that is wrong with them
 * @throws Problem
 */
export function pinned(
  configuration: Configuration,
  references: readonly string[],
  pointer: string,
  refusal: (errors: readonly ProblemDetail[]) => Problem,
): readonly LibraryVersion[] {
  const errors: ProblemDetail[] = [];
  const versions = references.flatMap((reference, i) => {
    const { library, version } = parseLibraryReference(reference);
    const problem = (message: string) => {
      errors.push({ pointer: `${pointer}/${i}`, message });
      return [];
    };
    const known = configuration.get('library', entityKey(library));
    if (known === undefined) return problem(`there is no library "${library}"`);
    const pin = version ?? known.activeVersion;
    if (pin === null) return problem(`library "${library}" has no active version: activate one, or name one as in ${library}@1`);
    const stored = configuration.get('library-version', entityKey(library, pin));
    return stored ?? problem(`library "${library}" has no version ${pin}`);
  });
  if (errors.length > 0) throw refusal(errors);
  return versions;
}
