import type { Configuration, RecordedFault } from '#libs/oauth';
import type { Views } from './views.ts';

/** A procedure as lists show it: with what else one wants to know of all of them at once. */
export type ListedProcedure = Views['procedure'] & {
  readonly latestVersion: number | null;
  readonly bindings: readonly { readonly profile: string; readonly endpoint: string; readonly version: number | null }[];
  readonly lastFault: number | null;
};

/** Adds it to one page. The versions and bindings are gone through once for all of it. */
export function listed(
  procedures: readonly Views['procedure'][],
  configuration: Configuration,
  faults: readonly RecordedFault[],
): ListedProcedure[] {
  const latest = new Map<string, number>();
  for (const { procedure, version } of configuration.all('procedure-version'))
    latest.set(procedure, Math.max(version, latest.get(procedure) ?? 0));
  const bindings = [...configuration.all('binding')];
  return procedures.map((procedure) => ({
    ...procedure,
    latestVersion: latest.get(procedure.id) ?? null,
    bindings: bindings
      .filter((binding) => binding.procedure === procedure.id)
      .map(({ profile, endpoint, version }) => ({ profile, endpoint, version })),
    lastFault: faults.find((fault) => fault.procedure === procedure.id)?.at ?? null,
  }));
}
