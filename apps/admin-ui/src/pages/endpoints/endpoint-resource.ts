import { useParams } from 'react-router';
import { useAll } from '../../api/all.ts';
import { useEntity } from '../../api/entity.ts';
import { useOfProfile } from '../../api/profile-resource.ts';
import { path } from '../../api/request.ts';
import type { Flow } from '../../api/script-types.ts';
import type { Endpoint, Status } from '../../api/shapes.ts';

export function useEndpointsOf() {
  return useOfProfile('endpoints');
}

/** The endpoint in the address. */
export function useEndpointOf() {
  const endpoints = useEndpointsOf();
  const { endpoint: id = '' } = useParams();
  const resource = endpoints.resource + path`/${id}`;
  return { ...endpoints, id, list: endpoints.resource, resource, address: resource };
}

/** The flows that procedures can answer at an endpoint of a kind; none until they are read. */
export function useFlowsOf(kind: Endpoint['kind']): readonly Flow[] {
  return useAll<Flow>('/flows').data?.filter(({ endpoint }) => endpoint === kind) ?? [];
}

/** Where clients reach an endpoint; its path alone until the address of the service is known. */
export function useUrlOf(): (endpoint: Endpoint) => string {
  const base = useEntity<Status>('/status').data?.data.baseUrl ?? '';
  return ({ path: at }) => base + at;
}
