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

const INTROSPECTION: readonly FlowId[] = [
  'oauth-introspect',
  'oauth-introspect-application-jwt',
  'oauth-forward-auth',
  'oauth-token-validation',
];

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
    name: 'code',
    title: 'a client brings the code of the user alice, who has allowed it what it asked for',
    flows: ['oauth-token-authorization-code'],
    members: { client: { id: 'sample-client', scopes: ['read', 'write'] }, user: 'alice' },
  },
  {
    name: 'openid-code',
    title: 'the same of a client that has asked for an id token',
    flows: ['oauth-token-authorization-code'],
    members: { client: { id: 'sample-client', scopes: ['openid', 'read'] }, user: 'alice' },
  },
  {
    name: 'authorization',
    title: 'the user alice has signed in, and allowed a client what it asks for',
    flows: ['oauth-authorize-authorization-code'],
    members: { client: { id: 'sample-client', scopes: ['read', 'write'] }, user: 'alice' },
  },
  {
    name: 'implicit',
    title: 'the same of a client that asks for an access token in the place of a code',
    flows: ['oauth-authorize-implicit'],
    members: { client: { id: 'sample-client', scopes: ['read', 'write'] }, user: 'alice' },
  },
  {
    name: 'openid-implicit',
    title: 'the same of a client that asks for an access token and an id token',
    flows: ['oauth-authorize-implicit'],
    members: { client: { id: 'sample-client', scopes: ['openid', 'read'] }, user: 'alice', form: { response_type: 'id_token token' } },
  },
  {
    name: 'hybrid',
    title: 'the same of a client that asks for a code and an id token',
    flows: ['openid-authorize-hybrid'],
    members: { client: { id: 'sample-client', scopes: ['openid', 'read'] }, user: 'alice', form: { response_type: 'code id_token' } },
  },
  {
    name: 'device',
    title: 'a device without a browser asks for a code',
    flows: ['oauth-device-authorization'],
    members: { client: { id: 'sample-client', scopes: ['read', 'write'] } },
  },
  {
    name: 'device-code',
    title: 'a device asks again, and the user alice has allowed it what it asked for',
    flows: ['oauth-token-device-code'],
    members: { client: { id: 'sample-client', scopes: ['read', 'write'] }, user: 'alice' },
  },
  {
    name: 'openid-device-code',
    title: 'the same of a device that has asked for an id token',
    flows: ['oauth-token-device-code'],
    members: { client: { id: 'sample-client', scopes: ['openid', 'read'] }, user: 'alice' },
  },
  {
    name: 'userinfo',
    title: 'a client asks about the user alice, whose token it has',
    flows: ['openid-userinfo'],
    members: { client: { id: 'sample-client', scopes: ['openid', 'profile', 'email'] }, user: { subject: 'alice', name: 'Alice' } },
  },
  {
    name: 'refresh',
    title: 'a client gets new tokens of the user alice, who has allowed it every scope that it may have',
    flows: ['oauth-token-refresh'],
    members: { client: { id: 'sample-client', scopes: ['read', 'write'] }, user: 'alice' },
  },
  {
    name: 'assertion',
    title: 'a client brings what another service says of its user alice',
    flows: ['oauth-token-assertion'],
    members: { client: { id: 'sample-client', scopes: ['read', 'write'] }, user: 'alice' },
  },
  {
    name: 'password',
    title: 'a client brings name and password of the user alice',
    flows: ['oauth-token-resource-owner-password-credentials'],
    members: { client: { id: 'sample-client', scopes: ['read', 'write'] }, user: 'alice' },
  },
  {
    name: 'backchannel-authentication',
    title: 'a client polls, and the user alice has said yes on another device',
    flows: ['oauth-token-backchannel-authentication'],
    members: { client: { id: 'sample-client', scopes: ['openid', 'read'] }, user: 'alice' },
  },
  {
    name: 'backchannel-request',
    title: 'a client wants the user alice to be asked on another device',
    flows: ['oauth-backchannel-authentication'],
    members: { client: { id: 'sample-client', scopes: ['openid', 'read'] }, user: 'alice' },
  },
  {
    name: 'exchange',
    title: 'a client exchanges a token of the user alice, which another client has given to it',
    flows: ['oauth-token-oauth-token-exchange'],
    members: { client: { id: 'sample-agent', scopes: ['read', 'write'] }, user: 'alice' },
  },
  {
    name: 'foreign-exchange',
    title: 'the same with a token of an issuer that the profile does not trust',
    flows: ['oauth-token-oauth-token-exchange'],
    members: { client: { id: 'sample-agent', scopes: ['read', 'write'] }, token: null },
  },
  {
    name: 'older-exchange',
    title: 'a client exchanges a token of the user alice as before RFC 8693',
    flows: ['oauth-token-token-exchange'],
    members: { client: { id: 'sample-agent', scopes: ['read', 'write'] }, user: 'alice' },
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
  {
    name: 'registration',
    title: 'an application registers itself that people sign in to',
    flows: ['oauth-dynamic-client-registration-pre-processing', 'oauth-dynamic-client-registration-post-processing'],
    members: { metadata: { client_name: 'Sample application', redirect_uris: ['https://app.example/callback'] } },
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
