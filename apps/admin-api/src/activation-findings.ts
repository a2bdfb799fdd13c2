import { entityKey, type CheckFinding, type Configuration } from '#libs/oauth';
import { Problem } from './problem.ts';
import type { Finding } from './proposal-views.ts';
import type { ScriptCheck } from './script-check.ts';
import type { ScriptKind } from './scripts.ts';

/** What the check says of a stored version today, for whoever is to approve its activation. */
export async function activationFindings(
  scripts: ScriptCheck,
  configuration: Configuration,
  kind: ScriptKind,
  id: string,
  version: number,
): Promise<readonly Finding[]> {
  try {
    const { warnings } = await checked(scripts, configuration, kind, id, version);
    return warnings.map(shown);
  } catch (error) {
    // That it does not pass any more, or cannot be checked now, is what the reviewer has to know.
    if (!(error instanceof Problem)) throw error;
    const { findings = [] } = error.toBody() as { readonly findings?: readonly CheckFinding[] };
    return findings.map(shown);
  }
}

async function checked(scripts: ScriptCheck, configuration: Configuration, kind: ScriptKind, id: string, version: number) {
  const key = entityKey(id, version);
  if (kind === 'library') {
    const stored = configuration.get('library-version', key);
    return stored === undefined ? { warnings: [] } : scripts.library({ ...stored, id, author: stored.createdBy });
  }
  const [stored, procedure] = [configuration.get('procedure-version', key), configuration.get('procedure', entityKey(id))];
  if (stored === undefined || procedure === undefined) return { warnings: [] };
  const libraries = stored.libraries.flatMap((pin) => configuration.get('library-version', entityKey(pin.library, pin.version)) ?? []);
  return scripts.procedure({ ...stored, id, flow: procedure.flow, author: stored.createdBy, libraries });
}

/** A finding of the check as reviewers see it. */
export function shown({ message, line, column }: CheckFinding): Finding {
  return { message, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
}
