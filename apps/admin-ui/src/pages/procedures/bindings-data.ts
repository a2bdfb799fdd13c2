import { useQuery } from '@tanstack/react-query';
import { all } from '../../api/all.ts';
import { path } from '../../api/request.ts';
import type { Binding } from '../../api/script-types.ts';
import type { Endpoint, Profile } from '../../api/shapes.ts';

/** Where a procedure is bound. */
export function useBindingsOf(procedure: string) {
  const resource = path`/procedures/${procedure}/bindings`;
  return useQuery({ queryKey: [resource], queryFn: ({ signal }) => all<Binding>(resource, {}, signal) });
}

/** The endpoints of all profiles whose kind asks procedures of a flow. */
export function useEndpoints(kind: string | undefined) {
  return useQuery({
    queryKey: ['/profiles', 'endpoints of all'],
    queryFn: async ({ signal }) => {
      const profiles = await all<Profile>('/profiles', {}, signal);
      return (await Promise.all(profiles.map(({ id }) => all<Endpoint>(path`/profiles/${id}/endpoints`, {}, signal)))).flat();
    },
    select: (endpoints) => endpoints.filter((endpoint) => endpoint.kind === kind),
  });
}
