import { useQueries } from '@tanstack/react-query';
import { useAll } from '../../api/all.ts';
import { useEntity } from '../../api/entity.ts';
import { get, path } from '../../api/request.ts';
import type { Binding, Procedure, ProcedureVersion } from '../../api/script-types.ts';
import type { Profile } from '../../api/shapes.ts';

/** Who reads a secret while requests are answered. */
export interface Users {
  readonly procedures: readonly { readonly binding: Binding; readonly version: number }[];
  /** Names of upstream providers at which the service authenticates by it. */
  readonly providers: readonly string[];
}

/** Who reads a secret of a profile: versions that answer there, and its upstream providers. */
export function useUsersOf(of: string, secret: string): { readonly users: Users | undefined; readonly error: Error | null } {
  const bindings = useAll<Binding>(`${of}/bindings`);
  const procedures = useAll<Procedure>('/procedures');
  const profile = useEntity<Profile>(of);
  const running = (bindings.data ?? []).flatMap((binding) => {
    const version = binding.version ?? procedures.data?.find(({ id }) => id === binding.procedure)?.activeVersion ?? null;
    return version === null ? [] : [{ binding, version }];
  });
  const resources = [...new Set(running.map(versionOf))];
  const versions = useQueries({
    queries: resources.map((resource) => ({
      queryKey: [resource],
      queryFn: async ({ signal }: { readonly signal: AbortSignal }) => (await get<ProcedureVersion>(resource, { signal })).data,
    })),
  });
  const error = bindings.error ?? procedures.error ?? profile.error ?? versions.find((version) => version.error !== null)?.error ?? null;
  const isRead =
    bindings.data !== undefined &&
    procedures.data !== undefined &&
    profile.data !== undefined &&
    versions.every(({ data }) => data !== undefined);
  if (!isRead) return { users: undefined, error };
  const reads = (resource: string) => versions[resources.indexOf(resource)]?.data?.secrets.includes(secret) === true;
  const providers = Object.entries(profile.data.data.upstreamProviders)
    .filter(([, { authentication }]) => authentication.secret === secret)
    .map(([name]) => name);
  return { users: { procedures: running.filter((one) => reads(versionOf(one))), providers }, error: null };
}

function versionOf({ binding, version }: Users['procedures'][number]): string {
  return path`/procedures/${binding.procedure}/versions/${version}`;
}
