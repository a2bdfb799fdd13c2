import type { FlowId } from '#libs/oauth';
import { SampleError } from './sample.ts';

/** A sample under a name, for the flows in which it makes sense. */
export interface ShippedSample {
  readonly name: string;
  /** What it stands for, in words. */
  readonly title: string;
  readonly flows: readonly FlowId[];
  readonly members: Readonly<Record<string, unknown>>;
}

const INTROSPECTION: readonly FlowId[] = ['oauth-introspect', 'oauth-introspect-application-jwt', 'oauth-forward-auth'];

/** The first that fits a flow is the one that a test gets without naming any. */
export const SHIPPED_SAMPLES: readonly ShippedSample[] = [
  {
    name: 'user-token',
    title: 'a gateway asks about an active token of the user alice',
    flows: INTROSPECTION,
    members: { client: { id: 'sample-gateway' }, user: 'alice', scopes: ['read', 'write'] },
  },
  {
    name: 'client-token',
    title: 'a gateway asks about an active token that a client got for itself',
    flows: INTROSPECTION,
    members: { client: { id: 'sample-gateway' }, user: 'sample-client', scopes: ['read'] },
  },
  {
    name: 'inactive-token',
    title: 'a gateway asks about a token that has expired, was revoked or never was one',
    flows: INTROSPECTION,
    members: { client: { id: 'sample-gateway' }, token: null },
  },
  {
    name: 'client',
    title: 'a client asks for a token for itself, with every scope that it may have',
    flows: ['oauth-token-client-credentials'],
    members: { client: { id: 'sample-client', scopes: ['read', 'write'] } },
  },
  {
    name: 'revoked-token',
    title: 'a client has revoked an access token of its own',
    flows: ['oauth-revoke'],
    members: { client: { id: 'sample-client' } },
  },
  {
    name: 'unknown-token',
    title: 'a client has asked to revoke a token that nobody knows',
    flows: ['oauth-revoke'],
    members: { client: { id: 'sample-client' }, token: null },
  },
];

/**
 * The members of a sample by its name, or of the flow's own without one; none for a flow that has no sample.
 *
 * @throws SampleError for a name that the flow does not have
 */
export function shippedSample(name: string | null, flow: FlowId): Readonly<Record<string, unknown>> {
  const ofFlow = SHIPPED_SAMPLES.filter(({ flows }) => flows.includes(flow));
  if (name === null) return ofFlow[0]?.members ?? {};
  const found = ofFlow.find((sample) => sample.name === name);
  if (found !== undefined) return found.members;
  const known = ofFlow.map((sample) => `"${sample.name}"`).join(', ');
  throw new SampleError(`flow ${flow} has no sample "${name}"; it has ${known === '' ? 'none' : known}`);
}
