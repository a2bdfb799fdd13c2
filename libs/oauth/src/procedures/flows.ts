import type { EndpointKind } from '../configuration/entities.ts';

/** A kind of endpoint and a situation to which a procedure is bound. The id names folder, type, test and label alike. */
export interface Flow {
  readonly id: FlowId;
  readonly endpoint: EndpointKind;
  /** The situation in words, for people choosing a flow. */
  readonly title: string;
  /** The type of `context` in `procedures/types`. */
  readonly contextType: string;
  /** Where the situation is defined. */
  readonly source: string;
}

export type FlowId =
  'oauth-introspect' | 'oauth-introspect-application-jwt' | 'oauth-forward-auth' | 'oauth-token-client-credentials' | 'oauth-revoke';

export const FLOWS: readonly Flow[] = [
  {
    id: 'oauth-introspect',
    endpoint: 'oauth-introspect',
    title: 'Introspection as JSON',
    contextType: 'IntrospectionTokenProcedureContext',
    source: 'RFC 7662; RFC 9701 wraps the same answer',
  },
  {
    id: 'oauth-introspect-application-jwt',
    endpoint: 'oauth-introspect',
    title: 'Introspection as a bare JWT (Accept: application/jwt)',
    contextType: 'IntrospectionTokenProcedureContext',
    source: 'the phantom token pattern',
  },
  {
    id: 'oauth-forward-auth',
    endpoint: 'oauth-forward-auth',
    title: 'A gateway asks whether a request may pass',
    contextType: 'IntrospectionTokenProcedureContext',
    source: 'the phantom token pattern; RFC 6750, RFC 9449 for the request that is asked about',
  },
  {
    id: 'oauth-token-client-credentials',
    endpoint: 'oauth-token',
    title: 'Client credentials grant',
    contextType: 'ClientCredentialsTokenProcedureContext',
    source: 'RFC 6749 section 4.4',
  },
  {
    id: 'oauth-revoke',
    endpoint: 'oauth-revoke',
    title: 'After a revocation (observes only)',
    contextType: 'RevocationProcedureContext',
    source: 'RFC 7009',
  },
];

const byId = new Map<string, Flow>(FLOWS.map((flow) => [flow.id, flow]));

export function findFlow(id: string): Flow | undefined {
  return byId.get(id);
}

export function flowsOf(kind: EndpointKind): readonly Flow[] {
  return FLOWS.filter((flow) => flow.endpoint === kind);
}
