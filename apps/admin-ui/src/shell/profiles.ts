import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useLocation } from 'react-router';
import { get } from '../api/request.ts';
import type { ListPage, Profile } from '../api/shapes.ts';

const LAST_PROFILE = 'tokenwright-profile';

/** All profiles. There are few, so that they are read together. */
export function useProfiles() {
  return useQuery({
    queryKey: ['/profiles', { limit: 500 }],
    queryFn: async ({ signal }) => (await get<ListPage<Profile>>('/profiles', { query: { limit: 500 }, signal })).data.items,
    staleTime: 60_000,
  });
}

/** The profile in the address; where it has none, the one that was chosen last, or the first. Null until there is one. */
export function useCurrentProfile(): { readonly current: string | null; readonly all: readonly Profile[] } {
  const inAddress = profileIn(useLocation().pathname);
  const all = useProfiles().data ?? [];
  useEffect(() => {
    if (inAddress !== null) localStorage.setItem(LAST_PROFILE, inAddress);
  }, [inAddress]);
  const last = localStorage.getItem(LAST_PROFILE);
  const known = all.find(({ id }) => id === last) ?? all[0];
  return { current: inAddress ?? known?.id ?? null, all };
}

function profileIn(pathname: string): string | null {
  // No id begins with a plus, as `+new` does.
  const segment = /^\/profiles\/([^/+][^/]*)/.exec(pathname)?.[1];
  return segment === undefined ? null : decodeURIComponent(segment);
}
