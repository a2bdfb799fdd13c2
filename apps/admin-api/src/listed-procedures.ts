import type { Configuration, ProcedureVersion, RecordedFault } from '#libs/oauth';
import type { Views } from './views.ts';

/** A procedure as lists show it: with what else one wants to know of all of them at once. */
export type ListedProcedure = Views['procedure'] & {
  readonly latestVersion: number | null;
  readonly bindings: readonly { readonly profile: string; readonly endpoint: string; readonly version: number | null }[];
  readonly tests: 'passed' | 'failed' | 'not-run' | null;
  readonly lastFault: number | null;
};

/** Adds it to one page. The versions and bindings are gone through once for all of it. */
export function listed(
  procedures: readonly Views['procedure'][],
  configuration: Configuration,
  faults: readonly RecordedFault[],
): ListedProcedure[] {
  const latest = new Map<string, ProcedureVersion>();
  for (const version of configuration.all('procedure-version'))
    if (version.version > (latest.get(version.procedure)?.version ?? 0)) latest.set(version.procedure, version);
  const bindings = [...configuration.all('binding')];
  return procedures.map((procedure) => ({
    ...procedure,
    latestVersion: latest.get(procedure.id)?.version ?? null,
    bindings: bindings
      .filter((binding) => binding.procedure === procedure.id)
      .map(({ profile, endpoint, version }) => ({ profile, endpoint, version })),
    tests: latest.get(procedure.id)?.tests?.state ?? null,
    lastFault: faults.find((fault) => fault.procedure === procedure.id)?.at ?? null,
  }));
}
