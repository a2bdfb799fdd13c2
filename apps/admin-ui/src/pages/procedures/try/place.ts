import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { get, path } from '../../../api/request.ts';
import type { Client, Endpoint, ListPage } from '../../../api/shapes.ts';
import { useFlows } from '../../../scripts/script-data.ts';
import { useCurrentProfile, useProfiles } from '../../../shell/profiles.ts';
import { useBindingsOf, useEndpoints } from '../bindings-data.ts';
import type { ChosenClient } from './context-draft.ts';
import type { Takes } from './takes.ts';

/** Where a procedure is tried. */
export interface Place {
  readonly profile: string;
  readonly endpoint: string;
}

/** What there is to choose from, and what is chosen; no places when no endpoint of any profile asks procedures of the flow. */
export interface Places {
  readonly all: readonly Place[];
  readonly chosen: Place | null;
  readonly choose: (place: Place) => void;
  readonly pending: boolean;
  readonly error: Error | null;
  /** The kind of endpoint that asks procedures of the flow. */
  readonly kind: string;
  /** Scopes of the profile that is chosen. */
  readonly scopes: readonly string[];
  /** A profile to add an endpoint to; null without one. */
  readonly anyProfile: string | null;
}

/** The endpoints that procedures of a flow can be tried at: where it is bound comes first, then the profile one looked at last. */
export function usePlaces(procedure: string, flow: string): Places {
  const flows = useFlows();
  const kind = flows.data?.find(({ id }) => id === flow)?.endpoint;
  const endpoints = useEndpoints(kind);
  const bindings = useBindingsOf(procedure);
  const profiles = useProfiles();
  const { current } = useCurrentProfile();
  const [wanted, setWanted] = useState<Place | null>(null);
  const all = (endpoints.data ?? []).filter(({ enabled }) => enabled).map(placeOf);
  const isBound = (place: Place) =>
    bindings.data?.some(({ profile, endpoint }) => profile === place.profile && endpoint === place.endpoint) === true;
  const chosen =
    all.find((place) => wanted !== null && isSame(place, wanted)) ??
    all.find(isBound) ??
    all.find(({ profile }) => profile === current) ??
    all[0] ??
    null;
  const scopes = profiles.data?.find(({ id }) => id === chosen?.profile)?.scopes ?? {};
  return {
    ...{ all, chosen, choose: setWanted, kind: kind ?? '' },
    pending: flows.isPending || endpoints.isPending || bindings.isPending || profiles.isPending,
    error: flows.error ?? endpoints.error ?? bindings.error ?? profiles.error,
    scopes: Object.keys(scopes),
    anyProfile: current,
  };
}

/** The client that one most likely means: the first of the profile that may do what the flow is about. Undefined while it is not known. */
export function useUsualClient(profile: string | null, { capability, client }: Takes): ChosenClient | null | undefined {
  const resource = path`/profiles/${profile ?? ''}/clients`;
  const { data, isPending } = useQuery({
    queryKey: [resource, { q: '' }, 'usual'],
    queryFn: async ({ signal }) => (await get<ListPage<Client>>(resource, { query: { limit: 50 }, signal })).data.items,
    enabled: profile !== null && client,
  });
  if (profile === null || !client) return null;
  // A list that cannot be read leaves the made-up client, and is told where one searches.
  if (isPending) return undefined;
  const usual = data?.find(({ enabled, capabilities }) => enabled && (capability === null || capabilities.includes(capability)));
  return usual === undefined ? null : chosenOf(usual);
}

export function chosenOf({ id, name, scopes }: Client): ChosenClient {
  return { id, name, scopes };
}

export function isSame(one: Place, other: Place): boolean {
  return one.profile === other.profile && one.endpoint === other.endpoint;
}

function placeOf({ profile, id }: Endpoint): Place {
  return { profile, endpoint: id };
}
